"""Postings by programs: once, all or nothing, and each refusal with its status."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.loyalty.ledger.models import Posting
from guanxi.loyalty.ledger.proving import prove
from guanxi.platform.models import Brand
from guanxi.rest.ledger_examples import ASSET_WANTED
from tests.rest.conftest import Caller, body, order

pytestmark = pytest.mark.django_db
LATER = "2027-01-01T00:00:00+08:00"


@pytest.fixture
def customer(caller: Caller) -> int:
    caller.post("touchpoints", [order()])
    caller.post("ledger/assets", ASSET_WANTED)
    return int(body(caller.get("touchpoints"))["touchpoints"][0]["customer"])


def post(caller: Caller, *steps: dict[str, Any], key: str = "", **more: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    given = {"reason": "test", "steps": list(steps), **more}
    if not key:
        given.setdefault("key", f"k{Posting.objects.count()}")
    return caller.post("ledger/postings", given, **headers)


def give(customer: int, units: Any = 100, **more: Any) -> dict[str, Any]:
    return {"do": "give", "asset": "points", "customer": customer, "units": units, **more}


def has(caller: Caller, customer: int) -> Any:
    (balance,) = body(caller.get(f"customers/{customer}/balances"))["balances"]
    return [balance[name] for name in ("spendable", "held", "coming", "owed")]


def test_a_posting_is_sent_again_and_answers_what_it_did(caller: Caller, customer: int) -> None:
    first = body(post(caller, give(customer), key="till:1"))
    again = body(post(caller, give(customer), key="till:1"))
    assert (first["state"], again["state"]) == ("posted", "exists")
    assert first["moves"] == again["moves"]
    other = post(caller, give(customer, 101), key="till:1")
    assert (other.status_code, body(other)["code"]) == (409, "key_conflict")
    assert body(other)["remedy"]
    shown = body(caller.get(f"ledger/postings/{first['posting']}"))
    assert (shown["key"], shown["moves"][0]["to"]["customer"]) == ("api:till:1", customer)
    assert has(caller, customer) == [100, 0, 0, 0]


def test_an_order_is_held_paid_refunded_and_its_points_taken_back(
    caller: Caller, customer: int, brand: Brand
) -> None:
    fact = body(caller.get("touchpoints"))["touchpoints"][0]["id"]
    earned = body(post(caller, give(customer, expires_at=LATER), touchpoint=int(fact), rule="12:3"))
    hold = {"do": "hold", "asset": "points", "customer": customer, "units": 60, "until": LATER}
    held = body(post(caller, hold))
    assert has(caller, customer) == [40, 60, 0, 0]
    (move,) = held["moves"]
    post(caller, {"do": "post", "move": move, "units": 50})
    assert has(caller, customer) == [50, 0, 0, 0]
    assert body(post(caller, {"do": "void", "move": move}))["code"] == "already_resolved"
    post(caller, {"do": "give_back", "move": move, "units": 10, "grace_days": 30})
    post(caller, {"do": "take_back", "move": earned["moves"][0], "units": 100})
    assert has(caller, customer) == [0, 0, 0, 40]
    account = body(caller.get("ledger/assets/points/accounts", place="wallet"))["accounts"][0]
    told = body(caller.get(f"ledger/accounts/{account['id']}/entries", limit=2))
    assert [one["balance"] for one in told["entries"]] == [0, 60]
    rest = body(caller.get(f"ledger/accounts/{account['id']}/entries", limit=2, cursor=told["next"]))
    assert [(one["units"], one["balance"], one["rule"]) for one in rest["entries"]] == [
        (-50, 50, None),
        (100, 100, "12:3"),
    ]
    assert rest["entries"][1]["touchpoint"] == int(fact)
    assert prove(brand.pk).ok


@pytest.mark.parametrize(
    ("step", "status", "code"),
    [
        ({"units": 0}, 422, "units"),
        ({"units": 1 << 61}, 422, "units"),
        ({"units": -1}, 422, "field_bad"),
        ({"units": 1.5}, 422, "field_bad"),
        ({"units": True}, 422, "field_bad"),
        ({"units": 1 << 62}, 422, "field_bad"),
        ({"customer": 4711}, 404, "customer_unknown"),
        ({"customer": "1"}, 422, "field_bad"),
        ({"asset": "gold"}, 404, "not_found"),
        ({"asset": "po\u0000ints"}, 422, "field_bad"),
        ({"place": "wallet"}, 422, "field_bad"),
        ({"place": "budget"}, 409, "insufficient"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 422, "field_bad"),
        ({"until": 1 << 62}, 422, "time_bad"),
        ({"until": "soon"}, 422, "time_bad"),
        ({"do": "steal"}, 422, "field_bad"),
        ({"do": ["give"]}, 422, "field_bad"),
        ({"do": "take"}, 409, "insufficient"),
        ({"do": "hold"}, 422, "field_missing"),
        ({"move": 1}, 422, "field_unknown"),
    ],
)
def test_what_cannot_be_posted_says_why_and_posts_nothing(
    caller: Caller, customer: int, step: dict[str, Any], status: int, code: str
) -> None:
    before = [] if step.get("do") == "take" else [give(customer)]
    answer = post(caller, *before, give(customer) | step)
    assert (answer.status_code, body(answer)["code"]) == (status, code)
    assert not Posting.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        [],
        {"reason": "r"},
        {"reason": "r", "steps": []},
        {"reason": "r", "steps": [1]},
        {"reason": "r", "steps": [{}] * 201},
        {"reason": "", "steps": [{}]},
        {"reason": "x" * 41, "steps": [{}]},
        {"reason": "r", "steps": [{"do": "void", "move": "1"}], "key": "k"},
        {"reason": "r", "steps": [{"do": "void", "move": 1}]},
        {"reason": "r", "steps": [{"do": "void", "move": 1}], "key": "x" * 117},
        {"reason": "r", "steps": [{"do": "void", "move": 1}], "key": "a\nb"},
    ],
)
def test_what_cannot_be_asked(caller: Caller, customer: int, given: Any) -> None:
    assert caller.post("ledger/postings", given).status_code == 422


def test_moves_and_facts_of_another_brand_are_not_there(
    caller: Caller, customer: int, issue: Any, other_brand: Brand
) -> None:
    (move,) = body(post(caller, give(customer, until=LATER)))["moves"]
    stranger = Caller(issue(brand_id=other_brand.pk))
    stranger.post("ledger/assets", ASSET_WANTED)
    for step in ({"do": "void", "move": move}, {"do": "take_back", "move": move, "units": 1}):
        assert body(post(stranger, step))["status"] == 404
    fact = int(body(caller.get("touchpoints"))["touchpoints"][0]["id"])
    assert body(post(caller, give(customer), touchpoint=fact + 99))["code"] == "touchpoint_unknown"
    assert has(caller, customer) == [0, 0, 100, 0]
