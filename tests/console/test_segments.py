"""The pages of segments: what they say, that two operators do not overwrite each other, how much they ask."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.segments import computed, services
from guanxi.segments.models import Segment
from guanxi.segments.refreshing import refresh
from guanxi.warehouse import services as warehouse
from tests.console.world import BUYERS, World, as_, build

pytestmark = pytest.mark.django_db
ORDERS = {"aggregate": "count", "kinds": ["order.paid"]}
FORM = {"r:mode": "all", "r.0:leaf": "value.frequency", "r.0:at_least": "2", "name": "Twice"}


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def filled() -> World:
    world = build()
    warehouse.sync(world.brand)
    refresh(world.brand)
    return world


@pytest.mark.django_db(transaction=True)
def test_a_segment_is_built_counted_saved_and_found() -> None:
    world = filled()
    client = as_("operator")
    counted = client.post("/segments/preview", FORM).content.decode()
    assert "has at least 2 paid orders" in counted
    assert f'href="/customers/{world.customer.pk}"' in counted
    assert "13800138000" not in counted
    saved = client.post("/segments/create", FORM)
    address = saved.headers["Location"]
    assert "has at least 2 paid orders" in text_of(client, address)
    assert f'href="{address}"' in text_of(client, "/segments?q=twi")
    assert f'href="{address}"' in text_of(client, "/palette?q=twice")


def test_a_form_that_is_not_complete_is_kept_and_says_where() -> None:
    build()
    answer = as_("operator").post("/segments/create", FORM | {"r.0:at_least": "<two>"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="&lt;two&gt;"' in page
    assert "found &quot;&lt;two&gt;&quot;" in page
    assert not Segment.objects.filter(name="Twice").exists()


def test_of_two_who_save_the_second_sees_both_and_chooses() -> None:
    world = build()
    address, pk = f"/segments/{world.segment.pk}/save", world.segment.pk
    first, second = (
        FORM | {"name": "Mine", "version": "1"},
        FORM | {"name": "Yours", "r.0:at_least": "5", "version": "1"},
    )
    assert as_("owner").post(address, first).status_code == 302
    client = as_("manager")
    refused = client.post(address, second)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "has at least 2 paid orders" in page
    assert "has at least 5 paid orders" in page
    assert Segment.objects.get(pk=pk).name == "Mine"
    assert 'name="version" value="2"' in page
    assert client.post(address, second | {"version": "2"}).status_code == 302
    assert Segment.objects.get(pk=pk).name == "Yours"


def test_saving_what_was_not_changed_does_not_compute_it_anew() -> None:
    world = build()
    client = as_("operator")
    before = Segment.objects.get(pk=world.segment.pk)
    form = {"r:mode": "all", "r.0:leaf": "behaviour.did", "r.0:kinds": "order.paid", "r.0:at_least": "2"}
    client.post(f"/segments/{before.pk}/save", form | {"name": "Renamed", "version": "1"})
    after = Segment.objects.get(pk=before.pk)
    assert (after.name, after.condition_version) == ("Renamed", before.condition_version)


def test_json_becomes_the_form_and_wrong_json_says_why() -> None:
    build()
    client = as_("operator")
    json = '{"any": [{"leaf": "value.frequency", "at_least": 7}]}'
    page = client.post("/segments/draw", {"do": "json", "json": json}).content.decode()
    assert 'value="7"' in page
    wrong = client.post(
        "/segments/draw", {"do": "json", "json": '{"leaf": "value.frequency", "at_least": "x"}'}
    )
    assert "At at_least: expected" in wrong.content.decode()


def test_whoever_was_signed_out_is_sent_to_sign_in_by_a_header() -> None:
    build()
    answer = Client().post("/segments/draw", FORM, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/signin")


@pytest.mark.django_db(transaction=True)
def test_why_shows_each_branch_and_its_facts() -> None:
    world = filled()
    client, address = as_("agent"), f"/segments/{world.segment.pk}/why"
    page = text_of(client, f"{address}?customer={world.customer.pk}")
    assert "why-true" in page
    assert "2 found" in page
    assert page.count("¥100.00") == 2
    assert "why-false" in text_of(client, f"{address}?customer={world.second.pk}")
    assert "why-true" in text_of(client, f"{address}?q=13800138000")
    assert "Nobody found" in text_of(client, f"{address}?q=nobody")
    assert client.get(f"{address}?customer=999999").status_code == 404
    assert f"/segments/{world.segment.pk}/why?customer=" in text_of(client, f"/customers/{world.customer.pk}")


@pytest.mark.django_db(transaction=True)
def test_overlap_counts_everybody_once() -> None:
    world = filled()
    page = text_of(as_("analyst"), f"/segments/overlap?s={world.segment.pk}&s={world.segment.pk + 1}")
    assert "2 customers are in at least one of them, 1 in all of them and 1 in just one." in page


def test_what_is_used_is_not_put_away() -> None:
    world = build()
    user = {"version": 1, "leaf": "segment.in", "segment": world.segment.pk}
    services.create(world.brand, "User of it", user, actor="cli")
    client, address = as_("operator"), f"/segments/{world.segment.pk}/archive"
    assert "User of it" in text_of(client, f"{address}/preview")
    assert client.post(f"{address}/do", {"version": 1}).status_code == 409
    assert client.get(f"/segments/{world.segment.pk}/nonsense/preview").status_code == 404


def test_the_list_asks_as_many_questions_for_two_as_for_forty() -> None:
    world = build()
    client = as_("owner")

    def questions(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            text_of(client, address)
        return len(asked)

    few = questions("/segments")
    services.create(world.brand, "named", {"leaf": "segment.in", "segment": world.segment.pk}, actor="cli")
    computed.define(world.brand, "orders", ORDERS, label_zh="订单数", label_en="Orders", actor="cli")
    figures = {"leaf": "computed.is", "field": "orders", "at_least": 2}
    named = {"leaf": "segment.in", "segment": world.segment.pk}
    with_names = questions("/segments")
    for number in range(37):
        condition = {"all": [figures, named]} if number % 2 else BUYERS
        services.create(world.brand, f"segment {number}", condition, actor="cli")
    assert questions("/segments") <= with_names + 1 <= few + 2 <= 19
    assert questions(f"/segments/{world.segment.pk}") <= 26
