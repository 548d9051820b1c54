"""Columns of the list of customers: chosen, in an order, kept for the person and in a view."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from guanxi.customers import services as attributes
from guanxi.platform.models import Membership
from guanxi.touchpoints import services
from guanxi.touchpoints.contracts import Mode
from tests.console.test_pages import questions, text_of
from tests.console.world import as_, build, order

pytestmark = pytest.mark.django_db
EVERY = "columns=phone.city.known.orders.revenue.last.average.first.since.tags.segments.state"


def head(client: Client, address: str) -> list[str]:
    cells = re.findall(
        r"<th scope=\"col\"[^>]*>(.*?)</th>", text_of(client, address).split("<tbody")[0], re.S
    )
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells][1:]


def chosen(client: Client, *names: str, **more: str) -> str:
    answer = client.post("/customers/columns", {"column": list(names), **more})
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_columns_are_chosen_ordered_and_kept_for_the_person_alone() -> None:
    world = build()
    attributes.add_tags(world.brand.pk, ["vip"], [world.customer.pk], actor="cli")
    client, other = as_("operator"), as_("manager")
    usual = head(client, "/customers")
    assert usual == ["Customer", "Phone", "City", "Known from", "Orders", "Revenue", "Last order"]
    assert (
        chosen(client, "orders", "tags", **{"q-show": "never"}) == "/customers?show=never&columns=orders.tags"
    )
    assert head(client, "/customers") == ["Customer", "Orders", "Tags"]
    assert '<span class="tag">vip</span>' in text_of(client, "/customers")
    chosen(client, "orders", "tags", up="tags")
    assert head(client, "/customers") == ["Customer", "Tags", "Orders"]
    assert head(client, "/customers?columns=state") == ["Customer", "State"]  # as a view keeps it
    assert head(other, "/customers") == usual
    chosen(client, "orders", usual="1")
    assert head(client, "/customers") == usual


def test_a_view_keeps_its_columns() -> None:
    build()
    client = as_("operator")
    form = {"listing": "customers", "name": "Tags", "query": "show=all&columns=tags.nonsense.tags"}
    assert client.post("/views/save", form).headers["Location"] == "/customers?columns=tags"
    assert 'aria-current="true">Tags' in text_of(client, "/customers?columns=tags")


def test_hostile_columns_are_none() -> None:
    build()
    client = as_("operator")
    for words in ("' OR 1=1", "\u202e<script>", "phone" * 500, "a.b.c", "."):
        chosen(client, words)
        assert head(client, "/customers")[1] == "Phone"
        assert client.get("/customers", {"columns": words}).status_code == 200
    Membership.objects.update(columns={"customers": ["gone", "<b>", "tags"]})  # of a version that had them
    assert head(client, "/customers") == ["Customer", "Tags"]


def test_who_may_not_see_segments_has_no_column_of_them() -> None:
    build()
    assert "Segments" not in head(as_("associate"), "/customers?columns=segments.tags")
    assert "Segments" in head(as_("operator"), "/customers?columns=segments.tags")


def test_all_columns_ask_as_many_questions_for_many_rows_as_for_few() -> None:
    world = build()
    client = as_("owner")
    few = questions(client, f"/customers?{EVERY}")
    assert questions(client, "/customers") <= 14
    facts = [order(100 + n, ("tmall", f"b{n}")) for n in range(60)]
    services.record(world.brand.pk, "shop", facts, mode=Mode.BACKFILL)
    assert questions(client, f"/customers?{EVERY}") == few <= 20
