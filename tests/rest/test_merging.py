"""Who is one person, by the API: looked at, merged, separated; reviews listed and answered."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.customers.models import Review
from guanxi.platform.models import AuditEntry, Brand
from tests.rest.conftest import Caller, body, order
from tests.rest.matrix.known import open_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(caller: Caller) -> tuple[int, int]:
    caller.post("touchpoints", [order("A"), order("B", identities={"member": "M-77"}, amount_fen=100)])
    found = [body(caller.get("customers", identity=who)) for who in ("phone:13800138000", "member:M-77")]
    one, other = (told["customers"][0]["id"] for told in found)
    return one, other


def decisions() -> list[str]:
    rows = AuditEntry.objects.filter(action__startswith="customer.").order_by("pk")
    return [row.action for row in rows]


def test_a_merge_is_looked_at_done_and_taken_back(caller: Caller, two: tuple[int, int]) -> None:
    one, other = two
    looked = body(caller.post(f"customers/{one}/merge", {"other": other, "dry_run": True}))
    assert (looked["done"], looked["customer"], looked["merged"]) == (False, one, other)
    assert [side["revenue_fen"] for side in looked["sides"]] == [19900, 100]
    assert looked["sides"][0]["subjects"][0]["value"] == "138****8000"
    assert decisions() == []
    done = body(caller.post(f"customers/{other}/merge", {"other": one, "reason": "said so"}))
    assert done == {**looked, "done": True}
    assert caller.post(f"customers/{one}/merge", {"other": other}).status_code == 409
    seen = body(caller.post(f"customers/{one}/unmerge", {"dry_run": True}))
    assert ([len(seen[side]["subjects"]) for side in ("stays", "leaves")], seen["done"]) == ([2, 0], False)
    leaving = [row["id"] for row in seen["stays"]["subjects"] if row["scheme"] == "member"]
    apart = body(caller.post(f"customers/{one}/unmerge", {"subjects": leaving}))
    assert (apart["others"], apart["leaves"]["revenue_fen"], apart["stays"]["orders"]) == ([other], 100, 1)
    assert caller.post(f"customers/{one}/unmerge", {"subjects": leaving}).status_code == 409
    assert decisions() == ["customer.merged", "customer.unmerged"]


@pytest.mark.parametrize(
    ("verb", "given", "status"),
    [
        ("merge", {}, 422),
        ("merge", {"other": "2"}, 422),
        ("merge", {"other": True}, 422),
        ("merge", {"other": 1 << 63}, 422),
        ("merge", {"other": 999_999}, 404),
        ("merge", {"other": 999_999, "dry_run": True}, 404),
        ("merge", {"other": 0, "dry_run": "yes"}, 422),
        ("unmerge", {}, 422),
        ("unmerge", {"subjects": {}, "dry_run": 1}, 422),
        ("unmerge", {"subjects": ["1"]}, 422),
        ("unmerge", {"subjects": [999_999], "dry_run": True}, 409),
        ("unmerge", {"reason": "x" * 201}, 422),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    caller: Caller, two: tuple[int, int], verb: str, given: Any, status: int
) -> None:
    assert caller.post(f"customers/{two[0]}/{verb}", given).status_code == status
    assert caller.post(f"customers/{two[0]}/merge", {"other": two[0]}).status_code == 422
    assert decisions() == []


def test_reviews_come_by_page_and_are_answered_once(
    caller: Caller, brand: Brand, two: tuple[int, int]
) -> None:
    open_review(brand, *two)
    Review.objects.create(brand_id=brand.pk, a_id=two[0], b_id=two[1], code="two_birthdays")
    page = body(caller.get("reviews", limit=1))
    assert [one["customers"] for one in page["reviews"]] == [list(two)]
    (last,) = body(caller.get("reviews", limit=1, cursor=page["next"]))["reviews"]
    assert last["code"] == "two_birthdays"
    assert caller.get("reviews", state="merged", cursor=page["next"]).status_code == 400
    shown = body(caller.get(f"reviews/{last['id']}"))
    assert [side["orders"] for side in shown["sides"]] == [1, 1]
    answered = body(caller.post(f"reviews/{last['id']}", {"verdict": "different"}))
    assert (answered["state"], answered["decided_by"][:4]) == ("kept_apart", "key:")
    assert caller.post(f"reviews/{last['id']}", {"verdict": "same"}).status_code == 409
    assert body(caller.post(f"reviews/{last['id']}", {"verdict": "perhaps"}))["field"] == "verdict"
    first = page["reviews"][0]["id"]
    assert caller.post(f"reviews/{first}", {"verdict": "same"}).status_code == 409, "they are two"
    assert caller.get("reviews", state="lost").status_code == 422
