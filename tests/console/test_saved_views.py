"""Saved views of lists: kept, shared, opened first, found; and what strangers' queries do."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from guanxi.platform.models import AuditEntry, DefaultView, SavedView, User
from guanxi.ui.saved_views import listings
from tests.console.world import as_, build

pytestmark = pytest.mark.django_db
HOSTILE = (
    'next=//evil.example&show="><script>alert(1)</script>',
    "show=never&after=1.1&sort=' OR 1=1 --",
    "\u202eshow=bought&tag=%3Cb%3E",
    "show=bought" + "&x=1" * 5_000,
    "tag==cmd|' /C calc'!A0",
    "%00%ff&&&===",
)


def text_of(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.status_code
    return str(b"".join(answer), "utf-8")


def save(client: Client, name: str, query: str = "show=repeat", **more: str) -> SavedView | None:
    form = {"listing": "customers", "name": name, "query": query, **more}
    answer = client.post("/views/save", form)
    assert answer.status_code == 302
    assert answer.headers["Location"].split("?")[0] == "/customers"
    return SavedView.objects.filter(name=name).order_by("-pk").first()


def test_a_view_is_kept_opened_found_and_removed() -> None:
    build()
    client = as_("operator")
    view = save(client, "Came again", "show=repeat&sort=orders&after=5.1&q=13800138000")
    assert view
    assert view.query == "show=repeat&sort=orders"  # no place in the list, no search for a person
    page = text_of(client, "/customers")
    assert 'href="/customers?show=repeat&amp;sort=orders"' in page
    assert 'aria-current="true">Came again' in text_of(client, "/customers?sort=orders&show=repeat")
    assert "Came again" in text_of(client, "/palette?q=again")
    answer = client.post(f"/views/{view.pk}/change", {"name": "Twice <b>", "default": "on"})
    assert answer.headers["Location"] == "/customers?show=repeat&sort=orders"
    assert "<b>" not in re.sub(r"<b>\d", "", text_of(client, f"/views/{view.pk}").split("<main")[1])
    client.post(f"/views/{view.pk}/remove")
    assert not SavedView.objects.exists()
    assert not DefaultView.objects.exists()
    actions = AuditEntry.objects.filter(object_kind="view").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["view.saved", "view.changed", "view.removed"]


def test_a_list_opens_with_the_default_but_its_own_links_still_mean_everything() -> None:
    build()
    client = as_("operator")
    save(client, "Bought", "show=bought", default="on")
    assert client.get("/customers").headers["Location"] == "/customers?show=bought"
    bare = {"referer": "http://testserver/customers?show=bought"}
    assert "Everybody" in text_of(client, "/customers", **bare)
    assert "Everybody" in text_of(client, "/customers?show=never")
    assert as_("manager").get("/customers").status_code == 200


def test_a_shared_view_is_everybodys_and_only_its_owner_changes_it() -> None:
    build()
    mine, other = as_("operator"), as_("analyst")
    private, shared = save(mine, "Private one"), save(mine, "Shared one", shared="on")
    assert private
    assert shared
    page = text_of(other, "/customers")
    assert "Shared one" in page
    assert "Private one" not in page
    assert "Private one" not in text_of(other, "/palette?q=one")
    for verb in ("", "/change", "/remove"):
        address = f"/views/{private.pk}{verb}"
        answer = other.post(address, {"name": "taken"}) if verb else other.get(address)
        assert answer.status_code == 404
    other.post(f"/views/{shared.pk}/change", {"name": "taken", "default": "on"})
    assert SavedView.objects.get(pk=shared.pk).name == "Shared one"
    assert other.get("/customers").headers["Location"] == "/customers?show=repeat"
    assert other.post(f"/views/{shared.pk}/remove").status_code == 404
    mine.post(f"/views/{shared.pk}/change", {"name": "Shared one"})
    assert other.get("/customers").status_code == 200  # private again, so nobody else's default
    mine.post(f"/views/{shared.pk}/change", {"name": "Shared one", "shared": "on"})
    assert as_("owner").post(f"/views/{shared.pk}/remove").status_code == 302


def test_another_brand_and_a_role_without_the_list_see_no_view() -> None:
    build()
    client = as_("manager")
    form = {"listing": "audit", "name": "Exports", "query": "action=audit.exported", "shared": "on"}
    client.post("/views/save", form)
    view = SavedView.objects.get()
    for name, status in (("analyst", 403), ("stranger", 404)):
        somebody = as_(name)
        assert somebody.get(f"/views/{view.pk}").status_code == status
        assert "/settings/audit?action" not in text_of(somebody, "/palette?q=Exports")
        assert somebody.post(f"/views/{view.pk}/remove").status_code == status
    assert as_("analyst").post("/views/save", form).status_code == 403
    assert as_("analyst").post("/views/save", {**form, "listing": "nothing"}).status_code == 404
    assert Client().post("/views/save", form).headers["Location"].startswith("/signin")
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize("query", HOSTILE)
def test_a_hostile_query_is_harmless(query: str) -> None:
    build()
    client = as_("operator")
    save(client, "Odd", query)
    for view in SavedView.objects.all():
        SavedView.objects.filter(pk=view.pk).update(query=query[:2_000])  # as if it had come by another way
    page = text_of(client, "/customers")
    assert "<script>alert" not in page
    for link in re.findall(r'class="saved-view"><a class="ellipsis" href="([^"]*)"', page):
        assert link.startswith("/customers")
        assert client.get(link.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize("name", ["", "  ", "\u0007\u202e", "x" * 81])
def test_a_view_needs_a_name(name: str) -> None:
    build()
    save(as_("operator"), name)
    assert not SavedView.objects.exists()


def test_a_name_saved_again_takes_the_new_filters_and_fifty_are_enough() -> None:
    build()
    client = as_("operator")
    save(client, "One")
    save(client, "One", "show=never")
    assert SavedView.objects.get().query == "show=never"
    owner = User.objects.get(username="operator")
    first = SavedView.objects.get()
    SavedView.objects.bulk_create(
        SavedView(brand_id=first.brand_id, owner=owner, listing="customers", name=f"v{n}") for n in range(49)
    )
    save(client, "One too many")
    assert SavedView.objects.count() == 50
    other = SavedView.objects.get(name="v7")
    assert client.post(f"/views/{other.pk}/change", {"name": "One"}).status_code == 409


def test_every_list_gives_back_its_own_addresses() -> None:
    build()
    client = as_("owner")
    assert {"customers", "log", "segments", "audit"} <= set(listings.names())
    for listing in listings:
        address = listing.url("kind=order.paid&show=live&who=cli&from=2026-11-01&after=1.1&start=50")
        assert listing.url(address.partition("?")[2]) == address
        assert client.get(address).status_code == 200
        assert 'name="listing" value="' + listing.name in text_of(client, address)
