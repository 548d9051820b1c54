from django.urls import path

from guanxi.economics.console import assumptions, rate_card, views

urlpatterns = [
    path("overview", views.overview, name="overview"),
    path("overview/<slug:name>.csv", views.overview_csv, name="overview-csv"),
    path("reports", views.reports, name="reports"),
    path("reports/<slug:name>", views.report, name="report"),
    path("reports/<slug:name>.csv", views.report_csv, name="report-csv"),
    path("assumptions", assumptions.show, name="assumptions"),
    path("assumptions/choose", assumptions.choose, name="assumptions-choose"),
    path("rate-card", rate_card.show, name="rate-card"),
    path("rate-card/set", rate_card.change, name="rate-card-set"),
]
