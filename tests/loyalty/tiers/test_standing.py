"""Tiers at work: orders, refunds, merges, time, the ledger, and what others got wrong."""

from __future__ import annotations

import pytest

from guanxi.customers.services import merge, unmerge
from guanxi.kernel.clock import DAY_MS, frozen
from guanxi.kernel.errors import Conflict, NotFound
from guanxi.loyalty.ledger.contracts import Account, ClawBack, Move, Place, Posting
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.queries import asset
from guanxi.loyalty.tiers import queries, services
from guanxi.loyalty.tiers.models import MembershipNotice, TierChange, TierStanding
from guanxi.touchpoints.contracts import Mode
from guanxi.touchpoints.models import Touchpoint
from tests.loyalty.rules.conftest import NOON_MS
from tests.loyalty.tiers.conftest import TIERS, Club

LATER_MS = NOON_MS + 2 * DAY_MS


def test_a_tier_is_reached_at_once_and_told_once(club: Club) -> None:
    club.programme()
    with frozen(LATER_MS):
        club.record(club.order("li", 999), club.order("wang", 6_000))
        assert (club.tier("li"), club.tier("wang")) == ("member", "gold")
        club.record(club.order("li", 1, "o9"))
        assert club.tier("li") == "silver"
        club.record(club.order("li", 1, "o9"))  # again: nothing new
    assert club.told() == [("member", "gold", "reached"), ("member", "silver", "reached")]


def test_a_tier_reached_without_buying(club: Club) -> None:
    """Status is not bought: two courses and a review make gold."""
    club.programme()
    with frozen(LATER_MS):
        for number, kind in enumerate(("training.completed", "training.completed", "review.written")):
            assert club.tier("li") == "member" if number else True
            club.record(club.did("li", kind, f"r{number}", what="tea"))
    assert club.tier("li") == "gold"
    assert club.has("li").posted == 0


def test_status_units_that_rules_give_count_in_the_same_transaction(club: Club) -> None:
    asset(club.brand.pk, "status")
    club.rule({"effect": "give", "asset": "status", "units": 40}, on="event.attended")
    way = {"way": "asset", "asset": "status", "window": "year", "at_least": 80}
    club.programme(tiers=[TIERS[0], {"code": "friend", "name_en": "Friend", "ways": [way]}])
    with frozen(LATER_MS):
        club.record(club.did("li", "event.attended", "e1", what="tea"))
        assert club.tier("li") == "member"
        club.record(club.did("li", "event.attended", "e2", what="tea"))
        assert club.tier("li") == "friend"


def test_units_given_by_hand_are_found_by_the_worker_and_taken_back(club: Club) -> None:
    asset(club.brand.pk, "status")
    way = {"way": "asset", "asset": "status", "window": "ever", "at_least": 80}
    club.programme(tiers=[TIERS[0], {"code": "friend", "name_en": "Friend", "ways": [way]}])
    with frozen(LATER_MS):
        club.record(club.order("li", 1))
        subject = club.customer("li")
        step = Move(Account("status", Place.ISSUED), Account("status", Place.WALLET, subject), 100)
        given = post(club.brand.pk, [Posting("k1", "test", [step], NOON_MS)], actor="test")[0]
        assert club.tier("li") == "member"
        club.due()
        assert club.tier("li") == "friend"
        post(club.brand.pk, [Posting("k2", "test", [ClawBack(given.moves[0], 30)], NOON_MS)], actor="test")
        club.due()
        assert club.tier("li") == "member"


def test_the_refund_of_what_made_a_tier_takes_it_back(club: Club) -> None:
    """Refund keeps points so they can be farmed (odoo, erpnext#32951): nor can tiers be."""
    club.programme(kept={"years": 1})
    with frozen(LATER_MS):
        club.record(club.order("li", 6_000, "o1"))
        club.record(club.refund("li", 1_500, "o1"))
        assert club.tier("li") == "silver"
        club.record(club.refund("li", 9_000, "o1"))  # more than was left: the whole, and no debt of spend
        assert club.tier("li") == "member"
        club.record(club.order("li", 1_000))
        assert club.tier("li") == "silver"
    assert [why for _before, _after, why in club.told()] == ["reached", "refunded", "refunded", "reached"]


def test_a_programme_may_let_a_refund_keep_what_was_kept(club: Club) -> None:
    club.programme(kept={"days": 365}, refunds="keep")
    with frozen(LATER_MS):
        club.record(club.order("li", 6_000, "o1"), club.refund("li", 6_000, "o1"))
        assert club.tier("li") == "gold"
    with frozen(NOON_MS + 365 * DAY_MS):
        club.due()
        assert club.tier("li") == "member"


def test_time_takes_a_tier_when_its_day_has_come_and_says_so(club: Club) -> None:
    club.programme(grace_days=10)
    with frozen(LATER_MS):
        club.record(club.order("li", 6_000))
    with frozen(NOON_MS + 375 * DAY_MS - 1):
        assert club.due()["changed"] == 0
        assert club.tier("li") == "gold"
    with frozen(NOON_MS + 375 * DAY_MS):
        assert club.due()["changed"] == 1
        assert club.due()["looked"] == 0
    assert club.tier("li") == "member"
    assert club.told()[-1] == ("gold", "member", "ended")


def test_merged_keeps_the_higher_and_unmerged_each_has_its_own(club: Club) -> None:
    club.programme()
    with frozen(LATER_MS):
        club.record(club.order("li", 4_000), club.order("wang", 1_500))
        li, wang = club.customer("li"), club.customer("wang")
        done = merge(club.brand.pk, [li, wang], actor="test")
        assert club.tier("li") == club.tier("wang") == "gold"
        assert TierStanding.objects.filter(brand_id=club.brand.pk).count() == 1
        club.record(club.order("wang", 10))
        unmerge(club.brand.pk, done.customer_id, [wang], actor="test")
        assert (club.tier("li"), club.tier("wang")) == ("silver", "silver")
        assert [row.why for row in queries.history(club.brand.pk, wang)] == ["merged", "reached"]


def test_history_in_any_order_comes_to_the_same_and_a_replay_changes_nothing(club: Club) -> None:
    club.programme(kept={"years": 1})
    year = 365 * DAY_MS
    facts = [
        club.order("li", 6_000, "a", at_ms=NOON_MS - 3 * year),
        club.order("li", 2_000, "b", at_ms=NOON_MS - 40 * DAY_MS),
        club.refund("li", 500, "b", at_ms=NOON_MS - 30 * DAY_MS),
    ]
    with frozen(NOON_MS):
        for fact in reversed(facts):
            club.record(fact, mode=Mode.BACKFILL)
        assert club.tier("li") == "silver"
        row = TierStanding.objects.get(pk=club.customer("li"))
        before = TierChange.objects.count()
        club.record(*facts, mode=Mode.BACKFILL)
        assert TierChange.objects.count() == before
        assert TierStanding.objects.get(pk=row.pk).since_ms == row.since_ms
    assert not Touchpoint.objects.filter(kind="tier.changed", live=True).exists()


def test_a_rule_gives_once_for_a_new_tier(club: Club) -> None:
    """Refunded and bought again is the same move up again: a rule that is limited gives once."""
    club.programme()
    reached = [{"field": "up", "op": "eq", "value": True}, {"field": "why", "op": "eq", "value": "reached"}]
    club.rule(
        {"effect": "give", "asset": "points", "units": 500},
        on="tier.changed",
        where=reached,
        limit={"per": "ever", "times": 1},
    )
    with frozen(LATER_MS):
        club.record(club.order("li", 1_000, "o1"))
        club.record(club.refund("li", 1_000, "o1"))
        club.record(club.order("li", 1_000, "o2"))
    assert club.has("li").posted == 500


def test_a_membership_gives_its_tier_is_announced_and_can_be_cancelled(club: Club) -> None:
    plan = {"code": "plus", "name_zh": "黑金", "price_fen": 9_900, "days": 30, "tier": "gold", "renews": True}
    club.programme(plans=[plan])
    with frozen(LATER_MS):
        club.record(club.did("li", "membership.bought", "m1", plan="plus", fen=9_900, order="z1"))
        assert (club.tier("li"), club.due()["notices"]) == ("gold", 0)
    li = club.customer("li")
    with frozen(NOON_MS + 24 * DAY_MS):
        assert club.due()["notices"] == 1
        assert club.due()["notices"] == 0
        notice = MembershipNotice.objects.get()
        assert notice.ends_ms - notice.at_ms >= 5 * DAY_MS
        services.cancel(club.brand, li, "plus")
        services.cancel(club.brand, li, "plus")
        assert Touchpoint.objects.filter(kind="membership.cancelled").count() == 1
        assert club.tier("li") == "gold"  # it lasts until it ends
    with frozen(NOON_MS + 30 * DAY_MS):
        club.due()
        assert club.tier("li") == "member"
        with pytest.raises(NotFound):
            services.cancel(club.brand, li, "plus")
        club.record(
            club.did("li", "membership.bought", "m2", plan="plus", order="z2", at_ms=NOON_MS + 30 * DAY_MS)
        )
        assert club.tier("li") == "gold"
        club.record(club.refund("li", 99, "z2", at_ms=NOON_MS + 30 * DAY_MS))
        assert club.tier("li") == "member"


def test_who_saves_second_is_told(club: Club) -> None:
    assert club.programme() == 1
    with pytest.raises(Conflict):
        services.put(club.brand, {"tiers": TIERS}, 0, actor="test")
    with pytest.raises(NotFound):
        way = {"way": "asset", "asset": "no", "window": "ever", "at_least": 1}
        tiers = [TIERS[0], {"code": "x", "name_en": "X", "ways": [way]}]
        services.put(club.brand, {"tiers": tiers}, 1, actor="test")


def test_a_new_programme_moves_everybody_as_history(club: Club) -> None:
    with frozen(LATER_MS):
        club.record(club.order("li", 1_200))
        club.programme()
        assert club.tier("li") == "silver"
        cheaper = [*TIERS[:1], {**TIERS[1], "code": "jade", "ways": [{**TIERS[1]["ways"][0], "at_least": 1}]}]
        club.programme(tiers=cheaper)
        assert club.tier("li") == "jade"
        shares = queries.shares(club.brand.pk, queries.in_force(club.brand.pk).programme)  # type: ignore[union-attr]
    assert [(one.customers, one.customers_share) for one in shares] == [(0, 0), (1, 1000)]
    assert {why for _before, _after, why in club.told()} == {"programme"}
