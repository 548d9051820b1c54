from __future__ import annotations

import pytest

from guanxi.platform.apikeys import Scope
from guanxi.platform.models import Brand
from guanxi.touchpoints import feed
from tests.rest.conftest import Caller, Issue, body, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(caller: Caller) -> Caller:
    caller.post(
        "touchpoints",
        [
            order(
                f"A{at}",
                kind="order.paid" if at % 2 else "order.placed",
                occurred_at=1_795_000_000_000 + at * 1000,
                identities={"member": f"M{at % 3}"},
            )
            for at in range(10)
        ],
    )
    caller.post("touchpoints", [order("B", source="erp", identities={})])
    return caller


def walk(caller: Caller, **query: object) -> list[str]:
    found, cursor, pages = [], None, 0
    while pages < 50:
        answer = body(caller.get("touchpoints", **query, **({"cursor": cursor} if cursor else {})))
        found += [row["source_ref"] for row in answer["touchpoints"]]
        cursor = answer["next"]
        pages += 1
        if cursor is None:
            return found
    raise AssertionError("the pages never end")


def test_following_the_pages_shows_everything_once_in_order(filled: Caller) -> None:
    everything = [*(f"A{at}" for at in range(10)), "B"]
    for limit in (1, 3, 10, 11, 500):
        assert walk(filled, limit=limit) == everything


def test_pages_go_on_over_spans_without_a_hit(filled: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "SPAN", 2)
    assert walk(filled, source="erp") == ["B"]
    assert walk(filled, limit=3) == [*(f"A{at}" for at in range(10)), "B"]


def test_filters_hold_together(filled: Caller) -> None:
    assert walk(filled, kind="order.placed", limit=2) == ["A0", "A2", "A4", "A6", "A8"]
    assert walk(filled, kind="order.placed,order.paid", source="erp") == ["B"]
    assert walk(filled, source="nowhere") == []
    assert walk(filled, until="2020-11-18T10:57:45+08:00") == []
    assert walk(filled, since=1_795_000_003_000, until=1_795_000_005_000) == ["A3", "A4"]
    customer = body(filled.get("touchpoints", limit=1))["touchpoints"][0]["customer"]
    assert walk(filled, customer=customer, limit=2) == ["A0", "A3", "A6", "A9"]
    assert walk(filled, customer=customer, kind="order.paid") == ["A3", "A9"]


def test_resume_reads_what_came_since(filled: Caller) -> None:
    last = body(filled.get("touchpoints", limit=500))
    assert last["next"] is None
    assert body(filled.get("touchpoints", cursor=last["resume"], limit=500))["touchpoints"] == []
    filled.post("touchpoints", [order("C")])
    news = body(filled.get("touchpoints", cursor=last["resume"], limit=500))
    assert [row["source_ref"] for row in news["touchpoints"]] == ["C"]


def test_a_row_says_everything_about_the_fact(caller: Caller) -> None:
    caller.post(
        "touchpoints", [order(channel="store", payload={"order": "1"}), order("anonymous", identities={})]
    )
    first, second = body(caller.get("touchpoints"))["touchpoints"]
    assert first == {
        "id": 1,
        "kind": "order.paid",
        "source": "api",
        "source_ref": "E-1",
        "occurred_at": "2026-11-21T12:15:00.000Z",
        "recorded_at": "2026-11-21T12:16:40.000Z",
        "customer": first["customer"],
        "channel": "store",
        "amount_fen": 19900,
        "quantity": None,
        "payload": {"order": "1"},
    } | {"id": first["id"]}
    assert isinstance(first["customer"], int)
    assert second["customer"] is None
    assert second["payload"] == {}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"cursor": "nonsense"}, 400, "cursor_bad"),
        ({"limit": 0}, 422, "parameter_bad"),
        ({"limit": 501}, 422, "parameter_bad"),
        ({"limit": "many"}, 422, "parameter_bad"),
        ({"customer": "x"}, 422, "parameter_bad"),
        ({"customer": 999_999}, 404, "not_found"),
        ({"customer": 10**30}, 404, "not_found"),
        ({"kind": "order.payed"}, 422, "kind_unknown"),
        ({"since": "yesterday"}, 422, "time_bad"),
        ({"until": "2026-11-21"}, 422, "time_bad"),
    ],
)
def test_a_question_that_makes_no_sense_is_a_problem(
    caller: Caller, query: dict[str, object], status: int, code: str
) -> None:
    response = caller.get("touchpoints", **query)
    assert (response.status_code, body(response)["code"]) == (status, code)
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_cursor_is_for_its_question_and_its_brand(filled: Caller, issue: Issue, other_brand: Brand) -> None:
    cursor = body(filled.get("touchpoints", limit=2))["next"]
    assert body(filled.get("touchpoints", cursor=cursor, kind="order.paid"))["code"] == "cursor_bad"
    assert body(filled.get("touchpoints", cursor=cursor[:-1]))["code"] == "cursor_bad"
    stranger = Caller(issue(Scope.TOUCHPOINTS_READ, brand_id=other_brand.pk))
    assert body(stranger.get("touchpoints", cursor=cursor))["code"] == "cursor_bad"
    assert body(stranger.get("touchpoints"))["touchpoints"] == []
