"""Segments and computed fields."""

from __future__ import annotations

from guanxi.platform.apikeys import Scope
from guanxi.rest.segment_examples import CONDITION, SEGMENT
from tests.rest.matrix.known import known_segment
from tests.rest.matrix.row import Ask

ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "list_segments": (Scope.SEGMENTS_READ, lambda caller, _: caller.get("segments")),
    "create_segment": (Scope.SEGMENTS_WRITE, lambda caller, _: caller.post("segments", SEGMENT)),
    "count_condition": (
        Scope.SEGMENTS_READ,
        lambda caller, _: caller.post("segments/count", {"condition": CONDITION}),
    ),
    "show_segment": (Scope.SEGMENTS_READ, lambda caller, _: caller.get(f"segments/{known_segment()}")),
    "save_segment": (
        Scope.SEGMENTS_WRITE,
        lambda caller, _: caller.put(f"segments/{known_segment()}", {"version": 1, "name": "changed?"}),
    ),
    "delete_segment": (
        Scope.SEGMENTS_WRITE,
        lambda caller, _: caller.delete(f"segments/{known_segment()}", version=1),
    ),
    "list_members": (
        Scope.SEGMENTS_READ,
        lambda caller, _: caller.get(f"segments/{known_segment()}/members"),
    ),
    "explain_membership": (
        Scope.SEGMENTS_READ,
        lambda caller, customer: caller.get(f"segments/{known_segment()}/explain", customer=customer),
    ),
    "export_segment": (
        Scope.SEGMENTS_EXPORT,
        lambda caller, _: caller.get(f"segments/{known_segment()}/export", hash="md5"),
    ),
    "list_fields": (Scope.SEGMENTS_READ, lambda caller, _: caller.get("segments/fields")),
    "show_field": (Scope.SEGMENTS_READ, lambda caller, _: caller.get("segments/fields/orders_ever")),
    "set_field": (
        Scope.SEGMENTS_WRITE,
        lambda caller, _: caller.put("segments/fields/orders_ever", {"version": 1, "label_en": "changed?"}),
    ),
    "remove_field": (
        Scope.SEGMENTS_WRITE,
        lambda caller, _: caller.delete("segments/fields/orders_ever", version=1),
    ),
}
