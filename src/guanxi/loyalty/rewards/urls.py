from django.urls import path

from guanxi.loyalty.rewards.member import family, mine, pages

urlpatterns = [
    path("m/<slug:slug>/rewards", pages.catalogue, name="member-rewards"),
    path("m/<slug:slug>/rewards/<str:code>", pages.one, name="member-reward"),
    path("m/<slug:slug>/rewards/<str:code>/confirm", pages.confirm, name="member-reward-confirm"),
    path("m/<slug:slug>/rewards/<str:code>/take", pages.take, name="member-reward-take"),
    path("m/<slug:slug>/redemptions", mine.listed, name="member-redemptions"),
    path("m/<slug:slug>/redemptions/<int:redemption_id>", mine.one, name="member-redemption"),
    path(
        "m/<slug:slug>/redemptions/<int:redemption_id>/cancel", mine.cancel, name="member-redemption-cancel"
    ),
    path("m/<slug:slug>/redemptions/<int:redemption_id>/have", mine.have, name="member-redemption-have"),
    path(
        "m/<slug:slug>/redemptions/<int:redemption_id>/review", mine.review, name="member-redemption-review"
    ),
    path("m/<slug:slug>/family", family.family, name="member-family"),
    path("m/<slug:slug>/family/invite", family.invite, name="member-family-invite"),
    path("m/<slug:slug>/family/accept", family.accept, name="member-family-accept"),
    path("m/<slug:slug>/family/part", family.part, name="member-family-part"),
    path("m/<slug:slug>/family/give", family.give, name="member-family-give"),
    path("reward-picture/<str:name>", pages.picture, name="reward-picture"),
]
