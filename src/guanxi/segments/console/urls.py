from django.urls import path

from guanxi.segments.console import building, fields, views

urlpatterns = [
    path("segments", views.segments, name="segments"),
    path("segments/new", building.new, name="segment-new"),
    path("segments/create", building.create, name="segment-create"),
    path("segments/draw", building.draw, name="segment-draw"),
    path("segments/preview", building.preview, name="segment-preview"),
    path("segments/overlap", views.overlap_page, name="segments-overlap"),
    path("segments/overlap.csv", views.overlap_csv, name="segments-overlap-csv"),
    path("segments/fields", fields.listed, name="computed-fields"),
    path("segments/fields/new", fields.new, name="computed-field-new"),
    path("segments/fields/draw", fields.draw, name="computed-field-draw"),
    path("segments/fields/save", fields.save, name="computed-field-save"),
    path("segments/fields/<slug:name>/edit", fields.edit, name="computed-field"),
    path("segments/fields/<slug:name>/remove", fields.removal, name="computed-field-removal"),
    path("segments/fields/<slug:name>/remove/do", fields.remove, name="computed-field-remove"),
    path("segments/<int:segment_id>", views.segment, name="segment"),
    path("segments/<int:segment_id>/edit", building.edit, name="segment-edit"),
    path("segments/<int:segment_id>/save", building.save, name="segment-save"),
    path("segments/<int:segment_id>/why", views.why_page, name="segment-why"),
    path("segments/<int:segment_id>/composition", views.composition, name="segment-composition"),
    path("segments/<int:segment_id>/composition.csv", views.composition_csv, name="segment-composition-csv"),
    path("segments/<int:segment_id>/history.csv", views.history_csv, name="segment-history-csv"),
    path("segments/<int:segment_id>/export", views.export, name="segment-export"),
    path(
        "segments/<int:segment_id>/<slug:what>/preview", views.change_preview, name="segment-change-preview"
    ),
    path("segments/<int:segment_id>/<slug:what>/do", views.change, name="segment-change"),
]
