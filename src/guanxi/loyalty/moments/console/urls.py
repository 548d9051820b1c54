from django.urls import path

from guanxi.loyalty.moments.console import views

urlpatterns = [path("loyalty/moments", views.moments, name="moments")]
