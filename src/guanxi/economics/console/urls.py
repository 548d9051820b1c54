from django.urls import path

from guanxi.economics.console import views

urlpatterns = [
    path("overview", views.overview, name="overview"),
]
