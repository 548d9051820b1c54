"""What each reason means, what they add up to, and that the lake computes the same."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import ibis
import pytest

from guanxi.community.followers import metrics
from guanxi.community.followers.rules import EVIDENCE, REASONS, Account, Judged, Thresholds, Verdict, judge
from guanxi.economics.retention.intervals import wilson
from guanxi.kernel.clock import DAY_MS
from tests.community.made import AS_OF_MS, accounts_of, anybody, population, table_of

DAYS = {
    name: AS_OF_MS - days * DAY_MS for name, days in {"today": 0, "d89": 89, "d90": 90, "d200": 200}.items()
}


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"has_avatar": 0, "posts": 0}, "blank_profile"),
        ({"following": 400, "followers": 19}, "follows_far_more"),
        ({"following": 1_501}, "follows_very_many"),
        ({"default_name": 1}, "default_name"),
        ({"followed_ms": DAYS["d89"], "registered_ms": DAYS["d89"] - 3 * DAY_MS}, "made_to_follow"),
        ({"posts": 101, "registered_ms": AS_OF_MS - DAY_MS}, "posts_too_fast"),
        ({"in_minute": 20}, "followed_in_a_batch"),
        ({"bio_twins": 5}, "same_bio"),
        ({"picture_twins": 5}, "same_picture"),
        ({"followed_ms": DAYS["today"], "last_active_ms": DAYS["d89"]}, "silent_since"),
        ({"verified": 1}, "verified"),
        ({"is_customer": True}, "is_customer"),
        ({"interactions_90": 0}, "no_interaction"),
        ({"last_active_ms": DAYS["d90"]}, "dormant_90"),
    ],
)
def test_each_reason(told: dict[str, Any], code: str) -> None:
    assert judge(Account(AS_OF_MS, **told)).reasons == (code,)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"has_avatar": 0},
        {"has_avatar": 1, "posts": 0},
        {"following": 399, "followers": 19},
        {"following": 199, "followers": 0},
        {"following": 1_500},
        {"default_name": 0},
        {"followed_ms": DAYS["d89"], "registered_ms": DAYS["d89"] - 3 * DAY_MS - 1},
        {"followed_ms": DAYS["d90"], "registered_ms": DAYS["d89"]},
        {"posts": 100, "registered_ms": AS_OF_MS - DAY_MS},
        {"in_minute": 19, "bio_twins": 4, "picture_twins": 4},
        {"last_active_ms": DAYS["d90"] + 1},
        {"verified": 0, "interactions_90": 1},
    ],
)
def test_what_is_short_of_a_reason_or_unknown_is_none(told: dict[str, Any]) -> None:
    assert judge(Account(AS_OF_MS, **told)).reasons == ()


KNOWN = {"posts": 5, "followers": 50, "following": 100}


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({**KNOWN, "last_active_ms": DAYS["d89"]}, Verdict.ACTIVE),
        ({**KNOWN, "last_active_ms": DAYS["d90"]}, Verdict.ASLEEP),
        ({**KNOWN, "last_active_ms": DAYS["d200"], "interactions_90": 1}, Verdict.ACTIVE),
        ({**KNOWN, "interactions_90": 0}, Verdict.ASLEEP),
        ({**KNOWN, "interactions_30": 0}, Verdict.INSUFFICIENT),  # 30 days' silence is not 90
        ({**KNOWN, "interactions_30": 2}, Verdict.ACTIVE),
        (KNOWN, Verdict.INSUFFICIENT),
        ({"posts": 5, "last_active_ms": DAYS["today"]}, Verdict.INSUFFICIENT),
        ({"has_avatar": 0, "posts": 0, "default_name": 1}, Verdict.SUSPICIOUS),
        ({"has_avatar": 0, "posts": 0, "default_name": 1, "is_customer": True}, Verdict.INSUFFICIENT),
        ({**KNOWN, "default_name": 1, "followed_ms": 0, "interactions_90": 3, "verified": 1}, Verdict.ACTIVE),
    ],
)
def test_the_verdict(told: dict[str, Any], verdict: Verdict) -> None:
    assert judge(Account(AS_OF_MS, **told)).verdict is verdict


def test_no_reason_condemns_alone() -> None:
    assert max(reason.weight for reason in REASONS) < Thresholds().suspicion


def in_lake(rows: list[dict[str, Any]], at: Thresholds) -> list[dict[str, Any]]:
    """What DuckDB makes of these followers."""
    connection = ibis.duckdb.connect()
    followers = connection.create_table("followers", table_of(rows))
    found: list[dict[str, Any]] = (
        metrics.audited(followers, at).order_by("follower_id").to_pyarrow().to_pylist()
    )
    return found


@pytest.mark.parametrize("at", [Thresholds(), Thresholds(40, 5, 30, 5, 100, 10, 1, 1, 45, 36)])
def test_the_lake_judges_as_the_rules_do(at: Thresholds) -> None:
    chance = random.Random(7)
    rows = [anybody(chance, number) for number in range(1, 401)]
    wanted = [judge(account, at) for account in accounts_of(rows)]
    found = in_lake(rows, at)
    told = [
        Judged(
            Verdict(row["verdict"]),
            tuple(one.code for one in REASONS if row[f"reason_{one.code}"]),
            row["score"],
            row["known"],
        )
        for row in found
    ]
    assert told == wanted
    assert len({one.verdict for one in wanted}) == 4
    seen = Counter(code for one in wanted for code in one.reasons)
    assert set(seen) == {one.code for one in REASONS}


def test_the_sums_by_platform_are_those_of_the_followers() -> None:
    chance = random.Random(8)
    rows = [anybody(chance, number) for number in range(1, 301)]
    judged = list(zip(rows, [judge(account) for account in accounts_of(rows)], strict=True))
    connection = ibis.duckdb.connect()
    followers = connection.create_table("followers", table_of(rows))
    found = metrics.quality(metrics.audited(followers, Thresholds())).to_pyarrow().to_pylist()
    assert [row["platform"] for row in found] == ["a", "b"]
    for row in found:
        own = [(told, one) for told, one in judged if told["platform"] == row["platform"]]
        suspicious = [one for _told, one in own if one.verdict is Verdict.SUSPICIOUS]
        assert row["followers"] == len(own)
        assert row["tied"] == sum(told.get("subject_id") is not None for told, _one in own)
        for verdict in Verdict:
            assert row[verdict.value] == sum(one.verdict is verdict for _told, one in own)
        for name in EVIDENCE:
            assert row[f"known_{name}"] == sum(told[name] is not None for told, _one in own)
        for reason in REASONS:
            assert row[f"all_{reason.code}"] == sum(reason.code in one.reasons for _told, one in own)
            assert row[f"sus_{reason.code}"] == sum(reason.code in one.reasons for one in suspicious)


def test_fakes_of_known_truth_are_found_as_well_as_the_guide_says() -> None:
    """docs/guide/followers.md tells these figures, and that they are those of made-up followers."""
    made = population(4_000)
    judged = in_lake([one.row for one in made], Thresholds())
    pairs = list(zip(made, judged, strict=True))
    flagged = [one for one, row in pairs if row["verdict"] == "suspicious"]
    hits = [one for one in flagged if one.is_fake]
    by_kind = {
        kind: (sum(one.truth == kind for one in hits), sum(one.truth == kind for one in made))
        for kind in ("batch", "farm", "bought")
    }
    precision, recall = len(hits) / len(flagged), len(hits) / sum(one.is_fake for one in made)
    told = {kind: round(found / of, 2) for kind, (found, of) in by_kind.items()}
    assert (round(precision, 2), round(recall, 2)) == (0.92, 0.89)
    assert told == {"batch": 1.0, "farm": 1.0, "bought": 0.61}
    awake = [row["verdict"] for one, row in pairs if one.truth == "active"]
    asleep = [row["verdict"] for one, row in pairs if one.truth == "asleep"]
    assert awake.count("active") / len(awake) > 0.9
    assert asleep.count("asleep") / len(asleep) > 0.9


def test_the_interval_is_wilson_s() -> None:
    """Against statsmodels' proportion_confint(count, nobs, 0.1, "wilson") and scipy's wilson interval."""
    from scipy.stats import binomtest

    for hits, of in ((0, 10), (1, 10), (5, 10), (10, 10), (81, 263), (15, 148), (0, 20), (1, 29)):
        wanted = binomtest(hits, of).proportion_ci(0.90, method="wilson")
        assert wilson(hits, of) == pytest.approx((wanted.low, wanted.high), abs=1e-9)
    assert wilson(0, 0) == (None, None)
