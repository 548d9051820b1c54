from django.urls import path

from guanxi.loyalty.till.console import views

urlpatterns = [
    path("till", views.till, name="till"),
    path("till/read", views.read, name="till-read"),
    path("till/me", views.me, name="till-me"),
    path("till/me/store", views.choose_store, name="till-store"),
    path("till/m/<str:visit>", views.member, name="till-member"),
    path("till/m/<str:visit>/purchase", views.purchase, name="till-purchase"),
    path("till/m/<str:visit>/pay", views.pay, name="till-pay"),
]
