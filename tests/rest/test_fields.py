"""Computed fields over the API: made, changed by whoever has read them, removed where nobody uses them."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.platform.models import AuditEntry, Brand
from guanxi.rest.field_examples import FIELD, SPEC
from guanxi.segments import services
from guanxi.segments.models import ComputedField, Segment
from tests.rest.conftest import Caller, body

pytestmark = pytest.mark.django_db
HERE = "segments/fields/net_90d"


def test_a_field_is_made_listed_changed_and_removed(caller: Caller) -> None:
    made = body(caller.put(HERE, FIELD))
    assert (made["version"], made["spec"], made["used_by"]) == (1, SPEC, [])
    assert made["sentence_en"].startswith("the amount after refunds in total")
    assert made["sentence_zh"].startswith("近 90 天内")
    assert body(caller.get("segments/fields")) == {"fields": [made]}
    changed = body(caller.put(HERE, {"version": 1, "label_en": "Net"}))
    assert changed == {**made, "version": 2, "label_en": "Net"}
    assert body(caller.get(HERE)) == changed
    assert body(caller.delete(HERE, version=2)) == {"name": "net_90d", "removed": True}
    assert not ComputedField.objects.exists()
    entries = AuditEntry.objects.filter(object_kind="computed").order_by("pk")
    assert [entry.action for entry in entries] == ["computed.defined", "computed.defined", "computed.removed"]
    assert {entry.actor.partition(":")[0] for entry in entries} == {"key"}


def test_whoever_has_read_another_version_changes_nothing(caller: Caller) -> None:
    caller.put(HERE, FIELD)
    caller.put(HERE, {"version": 1, "label_en": "Net"})
    for response in (
        caller.put(HERE, FIELD),
        caller.put(HERE, {"version": 1, "label_en": "Late"}),
        caller.delete(HERE, version=1),
    ):
        assert (response.status_code, body(response)["code"]) == (409, "conflict")
    assert body(caller.get(HERE))["label_en"] == "Net"


def test_segments_that_use_a_field_keep_it_and_are_computed_anew(caller: Caller, brand: Brand) -> None:
    caller.put(HERE, FIELD)
    rich = {"leaf": "computed.is", "field": "net_90d", "at_least": 50_000}
    number = services.create(brand, "Rich", rich, actor="cli")
    user = {"kind": "segment", "id": number, "name": "Rich", "tag": None}
    refused = caller.delete(HERE, version=1)
    assert (refused.status_code, body(refused)["used_by"]) == (409, [user])
    changed = body(caller.put(HERE, {"version": 1, "spec": {**SPEC, "within": {"days": 30}}}))
    assert changed["used_by"] == [user]
    assert Segment.objects.get(pk=number).condition_version == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"label_zh": None}, "label_zh"),
        ({"label_en": " \x00"}, "label_en"),
        ({"label_en": "x" * 61}, "label_en"),
        ({"description": "x" * 301}, "description"),
        ({"description": 7}, "description"),
        ({"spec": [SPEC]}, "spec"),
        ({"spec": {}}, "kinds"),
        ({"spec": {**SPEC, "aggregate": "median"}}, "aggregate"),
        ({"spec": {**SPEC, "of": ["net_fen"]}}, "of"),
        ({"spec": {**SPEC, "kinds": ["order.gone"]}}, "kinds[0]"),
        ({"spec": {**SPEC, "within": {"days": -1}}}, "within.days"),
        ({"spec": {**SPEC, "whose": "'; --"}}, "whose"),
        ({"archived": True}, "archived"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(
    caller: Caller, change: dict[str, Any], field: str
) -> None:
    response = caller.put(HERE, {**FIELD, **change})
    assert (response.status_code, body(response)["field"]) == (422, field)
    assert not ComputedField.objects.exists()


@pytest.mark.parametrize("name", ["Net", "9net", "净", "a b", "x" * 61, "a%00"])
def test_a_name_that_no_condition_could_say_is_refused(caller: Caller, name: str) -> None:
    assert caller.put(f"segments/fields/{name}", FIELD).status_code == 422
    assert not ComputedField.objects.exists()


def test_what_is_not_there_cannot_be_changed(caller: Caller) -> None:
    for response in (
        caller.get(HERE),
        caller.put(HERE, {"version": 1, "label_en": "Net"}),
        caller.delete(HERE, version=1),
    ):
        assert (response.status_code, body(response)["code"]) == (404, "not_found")
