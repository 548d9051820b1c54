"""Signed in on a phone: by a link, until signing out, a merge changes nothing, an erasure ends it."""

from __future__ import annotations

from django.test import Client

from guanxi.customers.consent import links
from guanxi.kernel.clock import DAY_MS, frozen, now_ms
from guanxi.loyalty.member import guards, sessions
from guanxi.loyalty.member.models import MemberSession
from guanxi.platform.middleware import CONTENT_SECURITY_POLICY
from guanxi.platform.models import Brand
from tests.loyalty.member.conftest import Phone


def test_the_card_shows_what_the_member_has(member: Phone) -> None:
    response = member.client.get(f"/m/{member.brand.slug}/")
    text = response.content.decode()
    assert "30" in text
    assert "Member card" in text
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert response.headers["Cache-Control"] == "no-store"
    assert len(response.content) < 20_000
    chinese = member.client.get(f"/m/{member.brand.slug}/?lang=zh").content.decode()
    assert 'lang="zh-Hans"' in chinese
    assert 'lang="zh-Hans"' in member.get()  # it is remembered


def test_whoever_is_not_signed_in_goes_to_the_door_and_comes_back(member: Phone) -> None:
    stranger = Client()
    response = stranger.get(f"/m/{member.brand.slug}/")
    assert response.headers["Location"].startswith(f"/m/{member.brand.slug}/enter?next=%2Fm%2F")
    assert stranger.get(response.headers["Location"]).status_code == 200
    assert stranger.get("/m/nobody/").status_code == 404
    other = Brand.objects.create(slug="other", name="Other")
    assert member.client.get(f"/m/{other.slug}/").status_code == 302
    assert sessions.find(other.pk, member.client.cookies[guards.COOKIE].value) is None


def test_a_form_without_the_key_changes_nothing(member: Phone) -> None:
    assert member.post("leave", key="") == 403
    assert member.post("leave", key="0" * 32) == 403
    assert MemberSession.objects.count() == 1
    assert member.post("leave") == 302
    assert MemberSession.objects.count() == 0
    assert member.client.get(f"/m/{member.brand.slug}/").status_code == 302


def test_a_session_ends_ninety_days_after_it_was_last_used(member: Phone) -> None:
    start = now_ms()
    for day in (80, 160):
        with frozen(start + day * DAY_MS):
            member.get()
    with frozen(start + 251 * DAY_MS):
        assert member.client.get(f"/m/{member.brand.slug}/").status_code == 302


def test_a_revoked_link_ends_what_it_opened_and_nothing_else(member: Phone) -> None:
    by_code = sessions.begin(member.brand.pk, member.subject)
    links.revoke(member.brand.pk, member.customer, actor="test")
    response = member.client.get(f"/m/{member.brand.slug}/")
    assert response.headers["Location"].startswith(f"/m/{member.brand.slug}/enter?")
    assert sessions.find(member.brand.pk, by_code) is not None
    member.open_link()  # a new link opens the card again
    member.get()


def test_a_link_that_was_read_before_it_was_revoked_opens_nothing_after(member: Phone) -> None:
    before = links.round_of(member.subject)
    links.revoke(member.brand.pk, member.customer, actor="test")
    late = sessions.begin(member.brand.pk, member.subject, before)
    assert sessions.find(member.brand.pk, late) is None


def test_the_eleventh_phone_ends_the_oldest(member: Phone) -> None:
    keys = [sessions.begin(member.brand.pk, member.subject) for _ in range(sessions.MOST_PHONES)]
    assert MemberSession.objects.count() == sessions.MOST_PHONES
    assert all(sessions.find(member.brand.pk, key) for key in keys)


def test_where_one_goes_after_signing_in_is_inside() -> None:
    inside = "/m/lanhua/coupons?page=2"
    assert guards.safe_next("lanhua", inside) == inside
    for bad in (
        "",
        "//evil",
        "https://evil",
        "/m/other/",
        "/m/lanhua/\\evil",
        "/m/lanhua//evil",
        "/m/lanhua/\n",
    ):
        assert guards.safe_next("lanhua", bad) == "/m/lanhua/"
