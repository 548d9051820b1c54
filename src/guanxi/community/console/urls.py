from django.urls import path

from guanxi.economics.console import views

urlpatterns = [
    path("community", views.report, {"name": "community"}, name="community"),
    path("community/followers", views.report, {"name": "followers"}, name="followers"),
]
