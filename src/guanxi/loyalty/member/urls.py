from django.urls import path

from guanxi.loyalty.member import entering, pages, views

urlpatterns = [
    path("m/<slug:slug>/", views.card, name="member-card"),
    path("m/<slug:slug>/enter", entering.enter, name="member-enter"),
    path("m/<slug:slug>/leave", views.leave, name="member-leave"),
    path("m/<slug:slug>/open/<str:token>", views.opened, name="member-opened"),
    path("m/<slug:slug>/points", pages.points, name="member-points"),
    path("m/<slug:slug>/profile", pages.profile, name="member-profile"),
    path("m/<slug:slug>/profile/save", pages.save_profile, name="member-profile-save"),
    path("m/<slug:slug>/stores", pages.nearby, name="member-stores"),
    path("m/<slug:slug>/keep", pages.keep, name="member-keep"),
    path("m/<slug:slug>/more", pages.more, name="member-more"),
    path("m/<slug:slug>/inbox", pages.inbox, name="member-inbox"),
    path("m/<slug:slug>/code.svg", pages.code_picture, name="member-code-picture"),
    path("m/<slug:slug>/number.svg", pages.number_picture, name="member-number-picture"),
]
