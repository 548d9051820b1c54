from django.urls import path

from guanxi.loyalty.draws.console import changing, views

urlpatterns = [
    path("loyalty/draws", views.draws, name="draws"),
    path("loyalty/draws/new", views.new, name="draw-new"),
    path("loyalty/draws/create", views.save, name="draw-create"),
    path("loyalty/draws/wins/<int:win_id>/hand-out", changing.hand_out, name="draw-hand-out"),
    path("loyalty/draws/<int:draw_id>", views.draw, name="draw"),
    path("loyalty/draws/<int:draw_id>/edit", views.edit, name="draw-edit"),
    path("loyalty/draws/<int:draw_id>/save", views.save, name="draw-save"),
    path("loyalty/draws/<int:draw_id>/evidence", views.evidence_file, name="draw-evidence"),
    path("loyalty/draws/<int:draw_id>/entropy", changing.entropy, name="draw-entropy"),
    path("loyalty/draws/<int:draw_id>/<slug:what>", changing.preview, name="draw-change-preview"),
    path("loyalty/draws/<int:draw_id>/<slug:what>/do", changing.change, name="draw-change"),
]
