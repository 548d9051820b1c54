"""The audit and the way from follower to advocate as Ibis expressions that know no engine (`rules` says what
each reason means)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import ibis

from guanxi.community.followers.rules import EVIDENCE, REASONS, Thresholds, Verdict
from guanxi.kernel.clock import DAY_MS
from guanxi.warehouse.schemas import per_customer

Table = Any  # Ibis has no types that a checker could hold
Value = Any

MEMBER: Final = "member.joined"
MARKS: Final = ("is_member", "is_advocate", "days", "margin_mfen")


def audited(followers: Table, at: Thresholds) -> Table:
    """A row for each follower: follower_id, platform, subject_id (NULL: tied to nobody), reachable (0, 1),
    as_of_ms, `reason_CODE` (0, 1) for each of `REASONS`, score (hundredths), known (how many fields of
    `EVIDENCE`) and `told_FIELD` (0, 1) for each of them, verdict."""
    told = _counted(followers)
    reasons = {**_of_profile(told, at), **_of_time(told, at)}
    flags = {f"reason_{one.code}": _flag(reasons[one.code]) for one in REASONS}
    known = sum((_flag(told[name].notnull()) for name in EVIDENCE), _whole(0))
    interacted = _flag(told.interactions_30 > 0) + _flag(told.interactions_90 > 0)
    tells = _flag(told.last_active_ms.notnull()) + _flag(told.interactions_90.notnull()) + interacted
    marked = told.mutate(**flags, known=known, tells=tells, lively=_flag(_seen(told, at)) + interacted)
    score = sum((marked[f"reason_{one.code}"] * one.weight for one in REASONS if one.weight), _whole(0))
    scored = marked.mutate(score=score)
    verdict = ibis.cases(
        (scored.score >= at.suspicion, _word(Verdict.SUSPICIOUS)),
        ((scored.known < at.least_known) | (scored.tells == 0), _word(Verdict.INSUFFICIENT)),
        (scored.lively > 0, _word(Verdict.ACTIVE)),
        else_=_word(Verdict.ASLEEP),
    )
    kept = ("follower_id", "platform", "subject_id", "reachable", "as_of_ms", *flags, "score", "known")
    return scored.select(
        *kept, verdict=verdict, **{f"told_{name}": _flag(scored[name].notnull()) for name in EVIDENCE}
    )


def quality(verdicts: Table) -> Table:
    """A row for each platform, in their order: followers, reachable, reachable_suspicious, tied,
    active, asleep, suspicious, insufficient, first_ms and last_ms of the lists, `known_FIELD` for each of
    `EVIDENCE`, and for each reason of how many followers (`all_CODE`) and suspicious ones (`sus_CODE`) it
    holds."""
    suspicious = verdicts.verdict == Verdict.SUSPICIOUS.value
    sums = {one.value: _flag(verdicts.verdict == one.value).sum() for one in Verdict}
    for name in EVIDENCE:
        sums[f"known_{name}"] = verdicts[f"told_{name}"].sum()
    for one in REASONS:
        flag = verdicts[f"reason_{one.code}"]
        sums[f"all_{one.code}"] = flag.sum()
        sums[f"sus_{one.code}"] = ibis.ifelse(suspicious, flag, _whole(0)).sum()
    rows = verdicts.group_by("platform").aggregate(
        followers=verdicts.count(),
        reachable=verdicts.reachable.cast("int64").sum(),
        reachable_suspicious=ibis.ifelse(suspicious, verdicts.reachable.cast("int64"), _whole(0)).sum(),
        tied=_flag(verdicts.subject_id.notnull()).sum(),
        first_ms=verdicts.as_of_ms.min(),
        last_ms=verdicts.as_of_ms.max(),
        **{name: ibis.coalesce(value.cast("int64"), _whole(0)) for name, value in sums.items()},
    )
    return rows.order_by("platform")


def tied(
    verdicts: Table, touchpoints: Table, subject_map: Table, histories: Table, advocating: Sequence[str]
) -> Table:
    """A row for each follower tied to a customer: follower_id, platform, verdict, customer_id, is_member,
    is_advocate (0, 1: has a fact of the kinds `advocating`), days (with a paid order), margin_mfen
    (thousandths of a minor unit). `histories` is as `economics.queries.customer_histories` answers it."""
    found = verdicts.filter(verdicts.subject_id.notnull())
    people = per_customer(found.select("follower_id", "platform", "verdict", "subject_id"), subject_map)
    people = people.filter(people.customer_id.notnull())  # else Ibis makes one join of this and the next
    named = subject_map.filter(subject_map.scheme == "member")
    marked = ibis.union(
        _marked(_having(touchpoints, [MEMBER], subject_map), is_member=_whole(1)),
        _marked(named, is_member=_whole(1)),
        _marked(_having(touchpoints, list(advocating) or ["-"], subject_map), is_advocate=_whole(1)),
        _marked(histories, days=histories.days.cast("int64"), margin_mfen=histories.margin_mfen),
    )
    known = marked.group_by("customer_id").aggregate(
        **{name: marked[name].max() for name in ("is_member", "is_advocate", "days")},
        margin_mfen=marked.margin_mfen.sum().cast("int64"),
    )
    joined = people.left_join(known, "customer_id")
    told = {name: ibis.coalesce(joined[name], _whole(0)) for name in MARKS}
    return joined.select("follower_id", "platform", "verdict", "customer_id", **told).order_by("follower_id")


def _marked(people: Table, **marks: Value) -> Table:
    """Customers (customer_id) with some of `MARKS`, the others 0."""
    all_marks = {**dict.fromkeys(MARKS, _whole(0)), **marks}
    return people.select("customer_id", **{name: mark.cast("int64") for name, mark in all_marks.items()})


def _having(touchpoints: Table, kinds: list[str], subject_map: Table) -> Table:
    """The customers (customer_id, as often as they have them) with facts of these kinds."""
    facts = touchpoints.filter(touchpoints.kind.isin(kinds) & touchpoints.subject_id.notnull())
    return per_customer(facts.select("subject_id").distinct(), subject_map).select("customer_id")


def _counted(followers: Table) -> Table:
    """With how many followers of the platform share the minute, the text and the picture."""
    counts = {}
    for name, column in (("minutes", "followed_minute"), ("bios", "bio_key"), ("pictures", "avatar_key")):
        same = ibis.window(group_by=[followers.platform, followers[column]])
        known = followers[column].notnull() & (followers[column] != 0)
        counts[name] = ibis.ifelse(known, followers.count().over(same), _whole(0))
    return followers.mutate(**counts)


def _of_profile(told: Table, at: Thresholds) -> dict[str, Value]:
    return {
        "blank_profile": (told.has_avatar == 0) & (told.posts == 0),
        "follows_far_more": (told.following >= at.follows_from)
        & (told.following >= (told.followers + 1) * at.times_followed),
        "follows_very_many": told.following > at.follows_most,
        "default_name": told.default_name == 1,
        "same_bio": told.bios >= at.twins,
        "same_picture": told.pictures >= at.twins,
        "followed_in_a_batch": told.minutes >= at.batch,
        "verified": told.verified == 1,
        "is_customer": told.subject_id.notnull(),
        "no_interaction": told.interactions_90 == 0,
    }


def _of_time(told: Table, at: Thresholds) -> dict[str, Value]:
    waited, idle = told.followed_ms - told.registered_ms, told.as_of_ms - told.last_active_ms
    age = told.as_of_ms - told.registered_ms + DAY_MS
    return {
        "made_to_follow": (waited >= 0) & (waited <= at.made_days * DAY_MS),
        "posts_too_fast": told.posts * _whole(DAY_MS) > age * at.posts_a_day,
        "silent_since": told.last_active_ms + DAY_MS < told.followed_ms,
        "dormant_90": idle >= 90 * DAY_MS,
        "dormant_180": idle >= 180 * DAY_MS,
    }


def _seen(told: Table, at: Thresholds) -> Value:
    return told.as_of_ms - told.last_active_ms < at.asleep_days * DAY_MS


def _flag(condition: Value) -> Value:
    """1 where it holds, 0 where it does not or is unknown."""
    return ibis.ifelse(ibis.coalesce(condition, ibis.literal(False)), _whole(1), _whole(0))


def _whole(number: int) -> Value:
    return ibis.literal(number, "int64")


def _word(verdict: Verdict) -> Value:
    return ibis.literal(verdict.value)
