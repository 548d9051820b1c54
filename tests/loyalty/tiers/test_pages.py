"""Tiers on the phone, in the console, over REST and by command; and conditions about them, both ways."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import Any

import pytest

from guanxi.cli import main as cli
from guanxi.customers.hooks import Happening, tell
from guanxi.kernel.clock import DAY_MS, frozen, now_ms
from guanxi.kernel.conditions import Moment, parse, sentence
from guanxi.kernel.errors import Conflict
from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.tiers import queries, services
from guanxi.loyalty.tiers.console.draft import EXAMPLE, Draft
from guanxi.loyalty.tiers.forecast import forecast
from guanxi.loyalty.tiers.parsing import dump_programme, parse_programme
from guanxi.platform import apikeys
from guanxi.platform.language import tongue
from guanxi.platform.rates import BUCKETS
from guanxi.segments.compiling import expression
from guanxi.segments.evaluating import evaluate
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse import services as lake
from tests.loyalty.member.conftest import Phone, _fresh, member
from tests.loyalty.rules.conftest import NOON_MS
from tests.loyalty.tiers.conftest import TIERS, Club
from tests.rest.conftest import Caller, body

__all__ = ["_fresh", "member"]
LATER_MS = NOON_MS + 2 * DAY_MS
PLAN = {"code": "plus", "name_zh": "黑金", "price_fen": 9_900, "days": 30, "tier": "gold", "renews": True}


def test_the_card_shows_the_tier_and_what_the_next_takes(member: Phone) -> None:
    assert "progress" not in member.get()
    services.put(member.brand, {"tiers": TIERS, "plans": [PLAN]}, 0, actor="test")
    page = member.get()
    assert "Member" in page
    assert '<progress id="toward-1" max="100" value="0">' in page
    assert "¥1,000.00 spent more in the last 365 days" in page
    benefits = member.get("tiers")
    assert "Free delivery" in benefits
    assert "¥99.00" in benefits
    assert len(benefits) < 100_000


def test_a_membership_is_cancelled_with_one_press(member: Phone) -> None:
    services.put(member.brand, {"tiers": TIERS, "plans": [PLAN]}, 0, actor="test")
    tell(member.brand.pk, [Happening("membership.bought", member.subject, now_ms(), {"plan": "plus"})])
    assert "Do not renew" in member.get("tiers")
    assert "Gold" in member.get()
    assert member.post("tiers/cancel", plan="plus", key="wrong") == 403
    assert "Do not renew" in member.get("tiers")
    assert member.post("tiers/cancel", plan="plus") == 302
    assert member.post("tiers/cancel", plan="plus") == 302
    page = member.get("tiers?cancelled=1")
    assert "Do not renew" not in page
    assert "It will not renew" in page


@pytest.mark.parametrize(
    ("plans", "stays"),
    [
        ([], False),
        ([PLAN | {"days": 29}], False),
        ([PLAN | {"tier": "silver"}], False),
        ([PLAN | {"days": 60, "price_fen": 12_900}], True),
        ([PLAN, PLAN | {"code": "other"}], True),
    ],
)
def test_a_plan_that_was_sold_gives_no_less(member: Phone, plans: list[Any], stays: bool) -> None:
    services.put(member.brand, {"tiers": TIERS, "plans": [PLAN]}, 0, actor="test")
    tell(member.brand.pk, [Happening("membership.bought", member.subject, now_ms(), {"plan": "plus"})])
    with nullcontext() if stays else pytest.raises(Conflict, match="'plus' was sold"):
        services.put(member.brand, {"tiers": TIERS, "plans": plans}, 1, actor="test")
    assert "Gold" in member.get()


def test_a_draft_says_what_was_read_and_what_a_button_did() -> None:
    told = dump_programme(parse_programme({**EXAMPLE, "plans": [PLAN]}))
    draft = Draft.from_definition(told, 3)
    assert dump_programme(parse_programme(draft.definition())) == told
    draft.act("tier")
    draft.act("way t.3")
    assert len(draft.tiers[3]["ways"]) == 2
    draft.act("drop t.3.w.0")
    draft.act("drop t.3")
    draft.act("drop p.0")
    for nonsense in ("", "drop t.99", "drop x", "way t.0", "drop t.1.w.9", "tier t.1.w.1.w.1"):
        draft.act(nonsense)
    assert len(draft.tiers) == 4  # the last was a tier
    assert draft.plans == []


def test_the_forecast_counts_who_would_be_where(club: Club) -> None:
    with frozen(LATER_MS):
        club.record(*(club.order(f"c{number}", 300 * number) for number in range(1, 21)))
        found = forecast(club.brand, parse_programme({"tiers": TIERS}))
        assert (found.total, found.looked, found.rise, found.fall) == (20, 20, 17, 0)
        assert [line.would for line in found.lines] == [3, 13, 4]
        assert found.lines[2].extra_points == 300 * (17 + 18 + 19 + 20)  # twice the points
        few = forecast(club.brand, parse_programme({"tiers": TIERS}), sample=5)
        assert (few.total, few.looked) == (20, 5)
        assert few.scaled(few.looked) == 20


def test_rest_reads_puts_and_cancels(club: Club) -> None:
    BUCKETS.clear()
    scopes = ["programme:read", "programme:write"]
    caller = Caller(apikeys.issue(club.brand.pk, "t", scopes, actor="cli").plaintext)
    assert body(caller.get("tiers"))["version"] == 0
    made = caller.put("tiers", {"version": 0, "programme": {"tiers": TIERS, "plans": [PLAN]}})
    assert body(made)["version"] == 1
    assert caller.put("tiers", {"version": 0, "programme": {"tiers": TIERS}}).status_code == 409
    wrong = caller.put("tiers", {"version": 1, "programme": {"tiers": []}})
    assert wrong.status_code == 422
    with frozen(LATER_MS):
        club.record(club.order("li", 1_200), club.did("li", "membership.bought", "m", plan="plus", fen=9_900))
        li = club.customer("li")
        shown = body(caller.get(f"customers/{li}/tier"))
        assert (shown["tier"], shown["earned"]) == ("gold", "silver")
        assert shown["memberships"][0]["renews"] is True
        shown = body(caller.post(f"customers/{li}/membership/cancel", {"plan": "plus"}))
        assert shown["memberships"][0]["renews"] is False
        changes = body(caller.get(f"customers/{li}/tier/history"))["changes"]
    assert [(one["from"], one["to"]) for one in changes] == [("member", "gold")]
    assert caller.get("customers/999999/tier").status_code == 404


def test_the_command_shows_and_recomputes(
    club: Club, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("GUANXI_BRAND", club.brand.slug)
    source = tmp_path / "tiers.json"
    source.write_text(json.dumps({"tiers": TIERS}), encoding="utf-8")
    with frozen(LATER_MS):
        club.record(club.order("li", 1_200))
        who = str(club.customer("li"))
        for words in (["put", str(source)], ["recompute"], ["show"], ["show", "--customer", who]):
            assert cli.run(["tiers", *words, "--json"]) == 0
            told = json.loads(capsys.readouterr().out)
            if words == ["recompute"]:
                assert told == {"looked": 1, "changed": 1}
    assert told["tier"] == "silver"


def test_conditions_answer_the_same_from_database_and_lake(club: Club) -> None:
    club.programme()
    with frozen(LATER_MS):
        for number, who in enumerate(("a", "b", "c", "d")):
            club.record(club.order(who, 700 * (number * 3 + 1)))
            step = Move(
                Account("points", Place.ISSUED),
                Account("points", Place.WALLET, club.customer(who)),
                10 * (number + 1),
            )
            post(club.brand.pk, [Posting(f"p{number}", "t", [step], NOON_MS)], actor="t")
        lake.sync(club.brand)
        leaves: list[dict[str, Any]] = [
            {"leaf": "loyalty.tier", "at_least": "silver"},
            {"leaf": "loyalty.tier", "at_least": "member"},
            {"leaf": "loyalty.tier", "among": ["member", "gold"]},
            {"leaf": "loyalty.tier", "at_least": "no-such"},
            {"leaf": "loyalty.balance", "asset": "points", "at_least": 20},
            {"leaf": "loyalty.balance", "asset": "points", "at_most": 20},
            {"leaf": "loyalty.balance", "asset": "none", "at_most": 0},
        ]
        conditions = {at: parse({"version": 1, "all": [one]}) for at, one in enumerate(leaves)}
        people = [club.customer(who) for who in "abcd"]
        moment = Moment(LATER_MS)
        now = evaluate(club.brand, conditions, people, moment)
        for row in warehouse.run(club.brand, expression(club.brand, conditions, moment)).to_pylist():
            assert {at for at in conditions if row[f"s{at}"]} == now[row["customer_id"]].holds
        assert all(sentence(condition, tongue("en")) for condition in conditions.values())
    sizes = [sum(at in now[one].holds for one in people) for at in conditions]
    assert sizes == [3, 4, 2, 0, 3, 2, 4]
    assert queries.tiers_of(club.brand.pk, people)[people[3]] == "gold"
