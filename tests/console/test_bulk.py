"""Bulk actions on the pages: ticked, looked at, confirmed, taken back; also without scripts."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from guanxi.customers import services as attributes
from guanxi.customers.bulk.models import BulkAction
from guanxi.customers.models import Customer, Tagging
from tests.console.test_pages import questions, text_of
from tests.console.test_segments import filled
from tests.console.world import as_, build

pytestmark = pytest.mark.django_db


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the bar, as a browser sends them."""
    bar = page.split('id="bulk"')[1].split("</form>", maxsplit=1)[0]
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', bar))


def wanted(client: Client, address: str, **more: object) -> str:
    """Send the bar of a list; where it leads."""
    fields = {**form_of(text_of(client, address)), "action": "add_tag", "tag": "vip", **more}
    answer = client.post("/bulk/preview", fields)
    assert answer.status_code == 302
    return answer.headers["Location"]


def main_of(page: str) -> str:
    return page.split("<main")[1].split("</main>", maxsplit=1)[0]


def test_ticked_customers_are_looked_at_changed_and_given_back() -> None:
    world = build()
    Customer.objects.filter(pk=world.customer.pk).update(orders=2)
    client = as_("operator")
    preview = wanted(client, "/customers?show=repeat", id=[world.customer.pk, world.second.pk])
    page = main_of(text_of(client, preview))
    assert "Put “贵宾” on 2 customers?" in page
    assert "Bought again · ticked" in page
    assert not Tagging.objects.exists()
    back = client.post(f"{preview}/confirm").headers["Location"]
    assert back == f"/customers?show=repeat&done={preview.rpartition('/')[2]}"
    assert client.post(f"{preview}/confirm").headers["Location"] == back
    assert "“贵宾” was put on 2 customers." in text_of(client, back)
    assert f'action="{preview}/undo"' in text_of(client, "/bulk")
    assert "taken back for 2 of 2 customers" in text_of(
        client, client.post(f"{preview}/undo").headers["Location"]
    )
    assert not Tagging.objects.exists()
    assert f'action="{preview}/undo"' not in text_of(client, "/bulk")


def test_all_that_a_list_finds_are_those_it_shows() -> None:
    world = build()
    Customer.objects.filter(pk=world.customer.pk).update(orders=2)
    client = as_("operator")
    preview = wanted(client, "/customers?show=repeat", all="1", id=[world.second.pk])
    action = BulkAction.objects.get(pk=int(preview.rpartition("/")[2]))
    assert (action.fresh, action.everybody, action.ids) == (1, True, f"[{world.customer.pk}]")


@pytest.mark.django_db(transaction=True)
def test_the_members_of_a_segment_are_a_list_too() -> None:
    world = filled()
    client = as_("operator")
    here = f"/segments/{world.segment.pk}"
    preview = wanted(client, here, all="1")
    assert "Members of a segment · Buyers" in text_of(client, preview)
    back = client.post(f"{preview}/confirm").headers["Location"]
    assert back == f"{here}?done={preview.rpartition('/')[2]}#members"
    assert "“贵宾” was put on 1 customer." in text_of(client, back)
    associate = as_("associate")  # may tag, but sees no segments
    form = {"list": "segment", "q-segment": world.segment.pk, "all": "1", "action": "add_tag", "tag": "vip"}
    associate.post("/bulk/preview", form)
    assert BulkAction.objects.count() == 2


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"list": "customers", "action": "add_tag", "tag": "vip"},
        {"list": "customers", "action": "add_tag", "tag": "<script>alert(1)</script>", "all": "1"},
        {"list": "'; DROP TABLE x --", "action": "add_tag", "tag": "vip", "all": "1"},
        {
            "list": "segment",
            "q-segment": "99999999999999999999",
            "all": "1",
            "action": "add_tag",
            "tag": "vip",
        },
        {"list": "customers", "action": "\u202eadd", "tag": "vip", "id": ["1", "²", "-5", "9" * 40]},
        {"list": "customers", "action": "add_tag", "tag": "vip\x00", "id": "1"},
    ],
)
def test_a_hostile_form_comes_back_with_words(form: dict[str, object]) -> None:
    build()
    client = as_("operator")
    answer = client.post("/bulk/preview", form)
    assert answer.status_code == 302
    page = text_of(client, answer.headers["Location"])
    assert "note-bad" in page
    assert "<script>alert" not in page
    assert BulkAction.objects.count() == 1


def test_a_hostile_tag_is_shown_as_text() -> None:
    world = build()
    attributes.define_tag(world.brand.pk, "x", label='"><img src=x>\u202e', actor="cli")
    client = as_("operator")
    preview = wanted(client, "/customers", tag="x", id=[world.customer.pk])
    assert "<img src=x>" not in text_of(client, preview)
    client.post(f"{preview}/confirm")
    assert "<img src=x>" not in text_of(client, "/bulk")


def test_a_preview_is_its_authors_and_an_undo_anybodys_who_may_tag() -> None:
    world = build()
    client, other = as_("operator"), as_("manager")
    preview = wanted(client, "/customers", id=[world.customer.pk])
    assert other.get(preview).status_code == 404
    assert other.post(f"{preview}/confirm").status_code == 404
    client.post(f"{preview}/confirm")
    other.post(f"{preview}/undo")
    assert not Tagging.objects.exists()


def test_who_may_not_tag_sees_no_boxes() -> None:
    build()
    assert 'id="bulk"' not in text_of(as_("analyst"), "/customers")
    assert 'form="bulk"' in text_of(as_("operator"), "/customers")


def test_the_pages_ask_as_many_questions_for_many_as_for_one() -> None:
    world = build()
    client = as_("owner")
    both, asked = [world.customer.pk, world.second.pk], []
    for action in ("add_tag", "remove_tag", "add_tag", "remove_tag"):
        preview = wanted(client, "/customers", id=both, action=action)
        client.post(f"{preview}/confirm")
        asked.append((questions(client, "/bulk"), questions(client, preview)))
    assert set(asked) == {(8, 7)}
