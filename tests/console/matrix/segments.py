"""Segments and computed fields."""

from __future__ import annotations

from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page

PAGES: dict[str, Page] = {
    "segments": Page(Permission.SEGMENTS_VIEW, lambda w: "/segments"),
    "segment-new": Page(Permission.SEGMENTS_MANAGE, lambda w: "/segments/new"),
    "segment-create": Page(
        Permission.SEGMENTS_MANAGE, lambda w: "/segments/create", lambda w: {"r:mode": "all", "name": "All"}
    ),
    "segment-draw": Page(
        Permission.SEGMENTS_MANAGE, lambda w: "/segments/draw", lambda w: {"segment": w.segment.pk}
    ),
    "segment-preview": Page(
        Permission.SEGMENTS_MANAGE, lambda w: "/segments/preview", lambda w: {"segment": w.segment.pk}
    ),
    "segments-overlap": Page(
        Permission.SEGMENTS_VIEW, lambda w: f"/segments/overlap?s={w.segment.pk}&s={w.segment.pk + 1}"
    ),
    "segments-overlap-csv": Page(
        Permission.SEGMENTS_VIEW, lambda w: f"/segments/overlap.csv?s={w.segment.pk}&s={w.segment.pk + 1}"
    ),
    "computed-fields": Page(Permission.SEGMENTS_VIEW, lambda w: "/segments/fields"),
    "computed-field-new": Page(Permission.SEGMENTS_MANAGE, lambda w: "/segments/fields/new"),
    "computed-field-draw": Page(
        Permission.SEGMENTS_MANAGE, lambda w: "/segments/fields/draw", lambda w: {"do": "row r.0 where"}
    ),
    "computed-field-save": Page(
        Permission.SEGMENTS_MANAGE,
        lambda w: "/segments/fields/save",
        lambda w: {
            "field": "often",
            "label_zh": "次数",
            "label_en": "Often",
            "aggregate": "count",
            "r.0:kinds": "order.paid",
        },
    ),
    "computed-field": Page(Permission.SEGMENTS_MANAGE, lambda w: "/segments/fields/orders_ever/edit"),
    "computed-field-removal": Page(
        Permission.SEGMENTS_MANAGE, lambda w: "/segments/fields/orders_ever/remove"
    ),
    "computed-field-remove": Page(
        Permission.SEGMENTS_MANAGE,
        lambda w: "/segments/fields/orders_ever/remove/do",
        lambda w: {"version": 1},
    ),
    "segment": Page(Permission.SEGMENTS_VIEW, lambda w: f"/segments/{w.segment.pk}"),
    "segment-edit": Page(Permission.SEGMENTS_MANAGE, lambda w: f"/segments/{w.segment.pk}/edit"),
    "segment-save": Page(
        Permission.SEGMENTS_MANAGE,
        lambda w: f"/segments/{w.segment.pk}/save",
        lambda w: {"r:mode": "all", "name": "Everybody", "version": 1},
    ),
    "segment-why": Page(
        Permission.SEGMENTS_VIEW, lambda w: f"/segments/{w.segment.pk}/why?customer={w.customer.pk}"
    ),
    "segment-composition": Page(Permission.SEGMENTS_VIEW, lambda w: f"/segments/{w.segment.pk}/composition"),
    "segment-composition-csv": Page(
        Permission.SEGMENTS_VIEW, lambda w: f"/segments/{w.segment.pk}/composition.csv"
    ),
    "segment-history-csv": Page(Permission.SEGMENTS_VIEW, lambda w: f"/segments/{w.segment.pk}/history.csv"),
    "segment-export": Page(
        Permission.EXPORTS_RUN, lambda w: f"/segments/{w.segment.pk}/export", lambda w: {}
    ),
    "segment-change-preview": Page(
        Permission.SEGMENTS_MANAGE, lambda w: f"/segments/{w.segment.pk}/archive/preview"
    ),
    "segment-change": Page(
        Permission.SEGMENTS_MANAGE, lambda w: f"/segments/{w.segment.pk}/archive/do", lambda w: {"version": 1}
    ),
}
OF_ANY_BRAND = {
    "segments",
    "segment-new",
    "segment-create",
    "computed-fields",
    "computed-field-new",
    "computed-field-draw",
    "computed-field-save",
}
