"""Whether an account that follows is somebody: reasons with weights, and what they add up to. Pure.

No single reason condemns: weights are hundredths, a follower is suspicious from `Thresholds.suspicion` on.
What is unknown is no reason. Two reasons speak for a follower. The weights are heuristics of this product,
calibrated on nothing; `source` says where each reason comes from. `metrics.audited` computes the same in the
lake, and a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final, NamedTuple

from guanxi.kernel.clock import DAY_MS
from guanxi.kernel.wording import Wording, say

OURS: Final = say("a heuristic of this product")
CHECKS: Final = say("among the checks that audience audits of social accounts commonly make")


class Verdict(StrEnum):
    ACTIVE = "active"
    ASLEEP = "asleep"
    SUSPICIOUS = "suspicious"
    INSUFFICIENT = "insufficient"


class Reason(NamedTuple):
    """`weight` in hundredths towards suspicion; 0 says only that the follower is asleep."""

    code: str
    weight: int
    label: Wording
    meaning: Wording
    source: Wording


REASONS: Final[tuple[Reason, ...]] = (
    Reason("blank_profile", 60, say("Empty profile"), say("No picture and not one post."), CHECKS),
    Reason(
        "follows_far_more",
        40,
        say("Follows far more than follow it"),
        say("It follows many, and many times as many as follow it."),
        CHECKS,
    ),
    Reason(
        "follows_very_many",
        30,
        say("Follows very many"),
        say("It follows more than most people can read."),
        CHECKS,
    ),
    Reason(
        "default_name",
        30,
        say("A name of digits"),
        say("The nickname is one that a platform gives, or ends in a row of digits."),
        CHECKS,
    ),
    Reason(
        "made_to_follow",
        40,
        say("Registered just before it followed"),
        say("The account was made within a few days before it followed."),
        OURS,
    ),
    Reason(
        "posts_too_fast",
        40,
        say("More posts than its age allows"),
        say("It has more posts a day since it was registered than a person writes."),
        OURS,
    ),
    Reason(
        "followed_in_a_batch",
        40,
        say("Followed in a batch"),
        say("Very many others followed in the same minute. A post that is shared widely does the same."),
        OURS,
    ),
    Reason(
        "same_bio",
        40,
        say("A profile that others have"),
        say("Other followers have the same description."),
        OURS,
    ),
    Reason(
        "same_picture",
        20,
        say("A picture that others have"),
        say("Other followers have the same picture."),
        OURS,
    ),
    Reason(
        "silent_since",
        20,
        say("Silent since it followed"),
        say("It was never active after the day on which it followed."),
        OURS,
    ),
    Reason("verified", -50, say("Verified"), say("The platform has verified who it is."), OURS),
    Reason("is_customer", -70, say("A customer"), say("It leads to one customer of the brand."), OURS),
    Reason(
        "dormant_90",
        0,
        say("Not active for 90 days"),
        say("Last active 90 days or more before the list."),
        CHECKS,
    ),
    Reason(
        "dormant_180",
        0,
        say("Not active for 180 days"),
        say("Last active 180 days or more before the list."),
        OURS,
    ),
    Reason(
        "no_interaction",
        0,
        say("No interaction for 90 days"),
        say("No like, comment or share of the brand's posts."),
        OURS,
    ),
)
WEIGHTS: Final[Mapping[str, int]] = {reason.code: reason.weight for reason in REASONS}
# What speaks for or against a follower; the more of these are known, the more a verdict rests on.
EVIDENCE: Final = (
    "has_avatar",
    "posts",
    "followers",
    "following",
    "followed_ms",
    "registered_ms",
    "last_active_ms",
    "default_name",
    "bio_key",
    "interactions_90",
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where reasons begin. `suspicion` in hundredths; `least_known` of the fields in `EVIDENCE`."""

    suspicion: int = 70
    least_known: int = 3
    asleep_days: int = 90
    times_followed: int = 20
    follows_from: int = 200
    follows_most: int = 1_500
    made_days: int = 3
    posts_a_day: int = 50
    batch: int = 20
    twins: int = 5

    @property
    def as_head(self) -> dict[str, int]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


class Account(NamedTuple):
    """A follower as the rules look at it, None is unknown. `in_minute`, `bio_twins` and `picture_twins` count
    the followers of the platform, this one included, of the same minute, text and picture."""

    as_of_ms: int
    has_avatar: int | None = None
    posts: int | None = None
    followers: int | None = None
    following: int | None = None
    followed_ms: int | None = None
    registered_ms: int | None = None
    last_active_ms: int | None = None
    default_name: int | None = None
    bio_key: int | None = None
    interactions_30: int | None = None
    interactions_90: int | None = None
    verified: int | None = None
    is_customer: bool = False
    in_minute: int = 0
    bio_twins: int = 0
    picture_twins: int = 0


class Judged(NamedTuple):
    verdict: Verdict
    reasons: tuple[str, ...]
    score: int
    known: int


def judge(of: Account, at: Thresholds | None = None) -> Judged:
    """The verdict on a follower, with every reason that holds."""
    at = at or Thresholds()
    holds = {**_of_profile(of, at), **_of_time(of, at)}
    reasons = tuple(reason.code for reason in REASONS if holds[reason.code])
    score = sum(WEIGHTS[code] for code in reasons)
    known = sum(getattr(of, name) is not None for name in EVIDENCE)
    return Judged(_verdict(of, at, score, known), reasons, score, known)


def _of_profile(of: Account, at: Thresholds) -> dict[str, bool]:
    following = of.following or 0
    return {
        "blank_profile": of.has_avatar == 0 and of.posts == 0,
        "follows_far_more": of.followers is not None
        and following >= at.follows_from
        and following >= at.times_followed * (of.followers + 1),
        "follows_very_many": following > at.follows_most,
        "default_name": of.default_name == 1,
        "same_bio": of.bio_twins >= at.twins,
        "same_picture": of.picture_twins >= at.twins,
        "followed_in_a_batch": of.in_minute >= at.batch,
        "verified": of.verified == 1,
        "is_customer": of.is_customer,
        "no_interaction": of.interactions_90 == 0,
    }


def _of_time(of: Account, at: Thresholds) -> dict[str, bool]:
    followed, registered, active = of.followed_ms, of.registered_ms, of.last_active_ms
    idle_ms = None if active is None else of.as_of_ms - active
    return {
        "made_to_follow": followed is not None
        and registered is not None
        and 0 <= followed - registered <= at.made_days * DAY_MS,
        "posts_too_fast": of.posts is not None
        and registered is not None
        and of.posts * DAY_MS > at.posts_a_day * (of.as_of_ms - registered + DAY_MS),
        "silent_since": followed is not None and active is not None and active + DAY_MS < followed,
        "dormant_90": idle_ms is not None and idle_ms >= 90 * DAY_MS,
        "dormant_180": idle_ms is not None and idle_ms >= 180 * DAY_MS,
    }


def _verdict(of: Account, at: Thresholds, score: int, known: int) -> Verdict:
    if score >= at.suspicion:
        return Verdict.SUSPICIOUS
    has_interacted = (of.interactions_30 or 0) > 0 or (of.interactions_90 or 0) > 0
    tells_activity = of.last_active_ms is not None or of.interactions_90 is not None or has_interacted
    if known < at.least_known or not tells_activity:
        return Verdict.INSUFFICIENT
    seen = of.last_active_ms is not None and of.as_of_ms - of.last_active_ms < at.asleep_days * DAY_MS
    return Verdict.ACTIVE if seen or has_interacted else Verdict.ASLEEP
