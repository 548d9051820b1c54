"""The pages of computed fields and of the tag that a segment keeps."""

from __future__ import annotations

import pytest
from django.test import Client

from guanxi.customers import services as customers
from guanxi.customers.tag_dictionary import Origin
from guanxi.segments import computed, services
from guanxi.segments.models import ComputedField, Segment
from tests.console.world import World, as_, build

pytestmark = pytest.mark.django_db
FORM = {
    "field": "net_90d",
    "label_zh": "近 90 天净消费",
    "label_en": "Net in 90 days",
    "aggregate": "sum",
    "of": "net_fen",
    "r.0:kinds": ["order.paid", "order.refunded"],
    "r.0:within:form": "days",
    "r.0:within:days": "90",
}
SPEC = {
    "aggregate": "sum",
    "of": "net_fen",
    "kinds": ["order.paid", "order.refunded"],
    "within": {"days": 90},
}


def save(client: Client, form: dict[str, object]) -> tuple[int, str]:
    answer = client.post("/segments/fields/save", form)
    return answer.status_code, answer.content.decode()


def test_a_field_is_made_said_and_compared() -> None:
    world = build()
    client = as_("operator")
    assert save(client, FORM)[0] == 302
    assert computed.field(world.brand.pk, "net_90d").spec == SPEC
    page = client.get("/segments/fields").content.decode()
    assert "the amount after refunds in total, of all times they ordered or had a refund" in page
    condition = {"r:mode": "all", "r.0:leaf": "computed.is", "r.0:field": "net_90d", "r.0:at_least": "500"}
    assert client.post("/segments/create", condition | {"name": "Spenders"}).status_code == 302
    assert Segment.objects.get(name="Spenders").condition["at_least"] == 50_000
    assert "Spenders" in client.get("/segments/fields").content.decode()


def test_comparisons_are_added_and_kept() -> None:
    build()
    client = as_("operator")
    drawn = client.post("/segments/fields/draw", FORM | {"do": "row r.0 where"}).content.decode()
    assert 'name="r.0:where:0:field"' in drawn
    assert 'value="net_90d"' in drawn
    counted = client.post("/segments/fields/draw", FORM | {"aggregate": "count"}).content.decode()
    assert '<select class="form-select" id="of"' not in counted


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"field": "Net 90"}, "lower-case letters"),
        ({"label_zh": " "}, "a label in Chinese"),
        ({"r.0:kinds": []}, "Expected"),
        ({"r.0:within:days": "<soon>"}, "&lt;soon&gt;"),
        ({"field": "orders_ever"}, "There is a field named"),
        ({"aggregate": "median"}, "A computed field counts"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(change: dict[str, object], word: str) -> None:
    build()
    status, page = save(as_("operator"), FORM | change)
    assert status in {409, 422}
    assert word in page
    assert "Net in 90 days" in page
    assert ComputedField.objects.count() == 1


def test_of_two_who_save_the_second_sees_both_and_chooses() -> None:
    world = build()
    first, second = FORM | {"field": "orders_ever", "version": "1"}, FORM | {"field": "orders_ever"}
    second |= {"version": "1", "label_en": "Of the second"}
    assert save(as_("owner"), first)[0] == 302
    client = as_("manager")
    status, page = save(client, second)
    assert status == 409
    assert "Net in 90 days" in page
    assert "Of the second" in page
    assert computed.field(world.brand.pk, "orders_ever").label_en == "Net in 90 days"
    assert 'name="version" value="2"' in page
    assert save(client, second | {"version": "2"})[0] == 302
    assert computed.field(world.brand.pk, "orders_ever").label_en == "Of the second"


def test_a_field_is_removed_only_where_nobody_uses_or_changed_it() -> None:
    world = build()
    client, address = as_("operator"), "/segments/fields/orders_ever/remove"
    uses = {"leaf": "computed.is", "field": "orders_ever", "at_least": 1}
    number = services.create(world.brand, "User of it", uses, actor="cli")
    assert "User of it" in client.get(address).content.decode()
    assert client.post(f"{address}/do", {"version": 1}).status_code == 409
    services.delete(world.brand, number, 1, actor="cli")
    assert client.post(f"{address}/do", {"version": 7}).status_code == 409
    assert client.post(f"{address}/do", {"version": 1}).status_code == 302
    assert not ComputedField.objects.exists()
    assert client.post(f"{address}/do", {"version": 1}).status_code == 404


def kept(world: World) -> str:
    return Segment.objects.get(pk=world.segment.pk).tag


def test_a_tag_follows_the_segment_from_its_page() -> None:
    world = build()
    customers.define_tag(world.brand.pk, "buyers", label="买家", origin=Origin.RULE, actor="cli")
    client, address = as_("operator"), f"/segments/{world.segment.pk}/tag"
    page = client.get(f"{address}/preview").content.decode()
    assert "买家" in page
    assert "贵宾" not in page  # kept by people
    assert client.post(f"{address}/do", {"version": 1, "tag": "vip"}).status_code == 409
    assert kept(world) == ""
    assert client.post(f"{address}/do", {"version": 1, "tag": "buyers"}).status_code == 302
    assert client.post(f"{address}/do", {"version": 1, "tag": ""}).status_code == 409
    assert kept(world) == "buyers"
    assert client.post(f"{address}/do", {"version": 2, "tag": ""}).status_code == 302
    assert kept(world) == ""
