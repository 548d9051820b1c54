from django.urls import path

from guanxi.loyalty.member import entering, views

urlpatterns = [
    path("m/<slug:slug>/", views.card, name="member-card"),
    path("m/<slug:slug>/enter", entering.enter, name="member-enter"),
    path("m/<slug:slug>/leave", views.leave, name="member-leave"),
    path("m/<slug:slug>/open/<str:token>", views.opened, name="member-opened"),
]
