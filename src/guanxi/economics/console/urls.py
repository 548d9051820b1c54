from django.urls import path

from guanxi.economics.console import assumptions, rate_card, scenario_views, state_views, views

urlpatterns = [
    path("overview", views.overview, name="overview"),
    path("overview/<slug:name>.csv", views.overview_csv, name="overview-csv"),
    path("reports", views.reports, name="reports"),
    path("reports/<slug:name>", views.report, name="report"),
    path("reports/<slug:name>.csv", views.report_csv, name="report-csv"),
    path("assumptions", assumptions.show, name="assumptions"),
    path("assumptions/choose", assumptions.choose, name="assumptions-choose"),
    path("scenarios", scenario_views.scenarios, name="scenarios"),
    path("scenarios/draw", scenario_views.draw, name="scenarios-draw"),
    path("scenarios/save", scenario_views.save, name="scenarios-save"),
    path("scenarios/compare", scenario_views.compare, name="scenarios-compare"),
    path("scenarios/<int:scenario_id>", scenario_views.scenario, name="scenario"),
    path("scenarios/<int:scenario_id>/remove", scenario_views.remove, name="scenario-remove"),
    path("states", state_views.states, name="states"),
    path("states/draw", state_views.draw, name="state-draw"),
    path("states/preview", state_views.preview, name="state-preview"),
    path("states/change", state_views.change, name="states-change"),
    path("states/change/do", state_views.do_change, name="states-change-do"),
    path("states/<slug:name>/edit", state_views.edit, name="state-edit"),
    path("states/<slug:name>/save", state_views.save, name="state-save"),
    path("rate-card", rate_card.show, name="rate-card"),
    path("rate-card/set", rate_card.change, name="rate-card-set"),
]
