from django.urls import path

from guanxi.loyalty.draws import member

urlpatterns = [
    path("m/<slug:slug>/draws", member.draws, name="member-draws"),
    path("m/<slug:slug>/draws/<int:draw_id>", member.draw, name="member-draw"),
    path("m/<slug:slug>/draws/<int:draw_id>/enter", member.enter, name="member-draw-enter"),
    path("m/<slug:slug>/draws/<int:draw_id>/winners", member.winners, name="member-draw-winners"),
    path("m/<slug:slug>/prizes/<int:win_id>", member.claim, name="member-claim"),
    path("m/<slug:slug>/prizes/<int:win_id>/claim", member.claim_do, name="member-claim-do"),
]
