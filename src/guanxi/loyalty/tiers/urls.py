from django.urls import path

from guanxi.loyalty.tiers import member
from guanxi.loyalty.tiers.console import editing, views

urlpatterns = [
    path("m/<slug:slug>/tiers", member.benefits, name="member-tiers"),
    path("m/<slug:slug>/tiers/cancel", member.cancel, name="member-membership-cancel"),
    path("loyalty/tiers", views.tiers, name="tiers"),
    path("loyalty/tiers/edit", editing.edit, name="tiers-edit"),
    path("loyalty/tiers/draw", editing.draw, name="tiers-draw"),
    path("loyalty/tiers/preview", editing.preview, name="tiers-preview"),
    path("loyalty/tiers/save", editing.save, name="tiers-save"),
]
