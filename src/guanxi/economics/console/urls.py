from django.urls import path

from guanxi.economics.console import views

urlpatterns = [
    path("overview", views.overview, name="overview"),
    path("overview/<slug:name>.csv", views.overview_csv, name="overview-csv"),
]
