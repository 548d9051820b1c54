"""Currency and time zone change until the first fact, and never after; when messages may go out."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from guanxi.customers.contracts import Identity
from guanxi.platform import brand_settings, people
from guanxi.platform.brand_settings import SendingHours
from guanxi.platform.contracts import Role
from guanxi.platform.models import AuditEntry, Brand
from guanxi.touchpoints import services
from guanxi.touchpoints.contracts import Fact
from tests.console.test_pages import text_of
from tests.console.world import PASSWORD, as_, build

pytestmark = pytest.mark.django_db
FORM = {"currency": "hkd", "timezone": "Asia/Hong_Kong", "version": 1}
ADDRESS = "/settings/brand/basis"


@pytest.fixture
def brand() -> Brand:
    """One of which nothing is known yet, with an owner."""
    made = people.create_brand("new", "新", actor="cli")
    user = people.create_user("mei", PASSWORD, language="en", actor="cli")
    people.add_membership(user.pk, made.pk, Role.OWNER, actor="cli")
    return made


def basis(brand: Brand) -> tuple[str, str, int]:
    kept = Brand.objects.get(pk=brand.pk)
    return kept.currency, kept.timezone, kept.version


def test_they_change_until_the_first_fact_is_recorded(brand: Brand) -> None:
    client = as_("mei")
    assert 'name="timezone"' in text_of(client, "/settings/brand")
    assert client.post(ADDRESS, FORM).status_code == 302
    assert basis(brand) == ("HKD", "Asia/Hong_Kong", 2)
    assert client.post(ADDRESS, {**FORM, "currency": "USD"}).status_code == 409  # a tab of before
    entry = AuditEntry.objects.get(action="brand.changed")
    assert entry.detail == {"fields": ["currency", "timezone"]}

    fact = Fact("order.paid", "1", 1_700_000_000_000, (Identity("member", "m1"),), amount_fen=100)
    services.record(brand.pk, "test", [fact])
    page = text_of(client, "/settings/brand")
    assert 'name="timezone"' not in page
    assert "Facts have been recorded" in page
    refused = client.post(ADDRESS, {**FORM, "currency": "USD", "version": 2})
    assert refused.status_code == 409
    assert "Facts have been recorded" in refused.content.decode()
    assert basis(brand) == ("HKD", "Asia/Hong_Kong", 2)


@pytest.mark.parametrize(
    "change",
    [
        {"currency": "¥"},
        {"currency": "CN1"},
        {"currency": "<b>"},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"timezone": "Asia/Shanghai\x00"},
        {"version": "²"},
    ],
)
def test_what_is_no_currency_or_zone_is_refused(brand: Brand, change: dict[str, str]) -> None:
    assert as_("mei").post(ADDRESS, {**FORM, **change}).status_code == 422
    assert basis(brand) == ("CNY", "Asia/Shanghai", 1)


def test_a_brand_with_imports_or_prices_is_settled_too() -> None:
    world = build()
    assert as_("owner").post(ADDRESS, FORM).status_code == 409
    assert basis(world.brand) == ("CNY", "Asia/Shanghai", 1)


def local(text: str, zone: str = "Asia/Shanghai") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def test_messages_wait_for_the_brands_hours(brand: Brand) -> None:
    hours = brand_settings.sending_hours(brand.pk)
    assert hours == SendingHours(8, 21, "Asia/Shanghai")
    for at, goes in (
        ("2026-11-21T07:59:59", "2026-11-21T08:00"),
        ("2026-11-21T08:00:00", "2026-11-21T08:00"),
        ("2026-11-21T20:59:59", "2026-11-21T20:59:59"),
        ("2026-11-21T21:00:00", "2026-11-22T08:00"),
        ("2026-12-31T23:30:00", "2027-01-01T08:00"),
    ):
        assert hours.next_ms(local(at)) == local(goes)
        assert hours.includes(local(goes))
    berlin = SendingHours(8, 21, "Europe/Berlin")  # the night in which the clock is set back
    assert berlin.next_ms(local("2026-10-24T22:00", "Europe/Berlin")) == local(
        "2026-10-25T08:00", "Europe/Berlin"
    )
    assert SendingHours(0, 24, "UTC").next_ms(5) == 5
