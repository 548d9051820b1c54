"""A segment as CSV over the API: digests of phones, a page at a time, in the audit log."""

from __future__ import annotations

import csv
import hashlib
import io
import logging
from collections.abc import Iterator

import pytest
from django.http import HttpResponseBase, StreamingHttpResponse

from guanxi.customers import lookup
from guanxi.platform.apikeys import SCOPE_PERMISSIONS, Scope
from guanxi.platform.models import AuditEntry, Brand
from guanxi.platform.roles import Permission
from guanxi.segments import exporting, services
from guanxi.segments.models import Membership
from tests.rest.conftest import Caller, Issue, body, order

pytestmark = pytest.mark.django_db
PHONES = ("13800138000", "13900139000", "13700137000")


@pytest.fixture
def number(caller: Caller, brand: Brand) -> int:
    """A segment of three customers with phones and one without."""
    known = [{"phone": phone} for phone in PHONES] + [{"shop:westlake": "C-1"}]
    caller.post("touchpoints", [order(f"E-{at}", identities=one) for at, one in enumerate(known)])
    buyers = {"leaf": "behaviour.did", "kinds": ["order.paid"]}
    made = services.create(brand, "buyers", buyers, actor="cli")
    Membership.objects.bulk_create(
        Membership(segment_id=made, customer_id=one, since_ms=0) for one in lookup.live_ids(brand.pk)
    )
    return made


def rows(response: HttpResponseBase) -> list[list[str]]:
    assert isinstance(response, StreamingHttpResponse)
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def test_the_file_has_the_digests_of_national_numbers(caller: Caller, number: int) -> None:
    response = caller.get(f"segments/{number}/export", hash=["sha256", "md5", "md5"])
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    heading, *found = rows(response)
    assert heading == ["customer", "phone_sha256", "phone_md5"]
    assert {tuple(row[1:]) for row in found} == {
        (hashlib.sha256(phone.encode()).hexdigest(), hashlib.md5(phone.encode()).hexdigest())
        for phone in PHONES
    }
    assert len(rows(caller.get(f"segments/{number}/export"))) == 5
    entries = AuditEntry.objects.filter(action="segment.exported").order_by("pk")
    assert [entry.detail["digests"] for entry in entries] == [["sha256", "md5"], []]
    assert all(entry.actor.startswith("key:") and entry.object_id == str(number) for entry in entries)


def test_nothing_is_exported_that_is_unknown_or_unasked(caller: Caller, number: int, issue: Issue) -> None:
    assert body(caller.get(f"segments/{number}/export", hash="rot13"))["field"] == "hash"
    assert caller.get(f"segments/{number}/export", hash=["md5"] * 9).status_code == 422
    assert caller.get("segments/999999/export").status_code == 404
    reader = Caller(issue(Scope.SEGMENTS_READ, Scope.SEGMENTS_WRITE, Scope.CUSTOMERS_UNMASK))
    assert body(reader.get(f"segments/{number}/export"))["code"] == "scope_missing"
    assert not AuditEntry.objects.filter(action="segment.exported").exists()


def test_pages_are_read_as_they_are_sent(
    caller: Caller, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 1)
    read: list[int] = []
    phones_of = lookup.phones_of

    def counted(brand_id: int, page: list[int]) -> object:
        read.append(len(page))
        return phones_of(brand_id, page)

    monkeypatch.setattr(lookup, "phones_of", counted)
    response = caller.get(f"segments/{number}/export", hash="md5")
    assert isinstance(response, StreamingHttpResponse)
    pieces = iter(response)
    next(pieces)
    next(pieces)
    assert read == [1]
    assert len(list(pieces)) == 3
    assert read == [1] * 4


def test_a_file_that_breaks_off_says_so(
    caller: Caller, number: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The status is long gone by then, and half a file looks like a whole one."""

    def broken(*_: object) -> Iterator[list[int]]:
        yield [1]
        raise ConnectionError("13800138000")

    monkeypatch.setattr(exporting, "_pages", broken)
    with caplog.at_level(logging.ERROR, logger="guanxi.rest"):
        assert rows(caller.get(f"segments/{number}/export"))[-1] == ["incomplete"]
    assert "ConnectionError" in caplog.text
    assert "13800138000" not in caplog.text


def test_a_key_acts_with_the_permissions_of_its_scopes() -> None:
    assert set(SCOPE_PERMISSIONS) == set(Scope)
    personal = [
        scope for scope, granted in SCOPE_PERMISSIONS.items() if Permission.EXPORTS_PERSONAL in granted
    ]
    assert personal == [Scope.SEGMENTS_EXPORT]
    # What is great power is a scope of its own, and no other scope brings it.
    alone = {
        Permission.USERS_MANAGE: [Scope.PEOPLE_MANAGE],
        Permission.API_MANAGE: [Scope.WEBHOOKS_MANAGE],
        Permission.CUSTOMERS_MERGE: [Scope.CUSTOMERS_MERGE, Scope.PEOPLE_MANAGE],
        Permission.CONSENT_DEFINE: [Scope.CONSENTS_DEFINE],
        Permission.AUDIT_VIEW: [Scope.AUDIT_READ],
        Permission.RIGHTS_MANAGE: [Scope.RIGHTS_MANAGE],
        Permission.BRAND_MANAGE: [],
    }
    for permission, scopes in alone.items():
        granted_by = [scope for scope, granted in SCOPE_PERMISSIONS.items() if permission in granted]
        assert granted_by == scopes, permission
