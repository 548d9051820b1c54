from django.urls import path

from guanxi.economics.console import assumptions, state_views, views

urlpatterns = [
    path("overview", views.overview, name="overview"),
    path("overview/<slug:name>.csv", views.overview_csv, name="overview-csv"),
    path("reports", views.reports, name="reports"),
    path("reports/<slug:name>", views.report, name="report"),
    path("reports/<slug:name>.csv", views.report_csv, name="report-csv"),
    path("assumptions", assumptions.show, name="assumptions"),
    path("assumptions/choose", assumptions.choose, name="assumptions-choose"),
    path("states", state_views.states, name="states"),
    path("states/draw", state_views.draw, name="state-draw"),
    path("states/preview", state_views.preview, name="state-preview"),
    path("states/change", state_views.change, name="states-change"),
    path("states/change/do", state_views.do_change, name="states-change-do"),
    path("states/<slug:name>/edit", state_views.edit, name="state-edit"),
    path("states/<slug:name>/save", state_views.save, name="state-save"),
]
