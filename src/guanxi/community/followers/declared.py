"""The reports on those who follow: how many are real, and what they become."""

from __future__ import annotations

from typing import Final

from guanxi.community.followers.rules import Thresholds
from guanxi.economics.reporting import Area, Kind, Param, ReportKind
from guanxi.kernel.wording import Wording, say


def _threshold(name: str, label: Wording, meaning: Wording, least: int, most: int) -> Param:
    default = getattr(Thresholds(), name)
    return Param(name, Kind.INTEGER, label, meaning, default=default, least=least, most=most)


THRESHOLDS: Final = (
    _threshold(
        "suspicion",
        say("Suspicious from"),
        say("A follower is suspicious when the weights of its reasons come to so many hundredths."),
        1,
        500,
    ),
    _threshold(
        "least_known",
        say("Fields at least"),
        say("With fewer known fields there is no verdict, save where the reasons suffice."),
        1,
        10,
    ),
    _threshold(
        "asleep_days", say("Asleep after days"), say("Not active for so many days before the list."), 1, 3_650
    ),
    _threshold(
        "times_followed",
        say("Follows times as many"),
        say("Follows so many times as many as follow it (and at least 200)."),
        1,
        10_000,
    ),
    _threshold(
        "follows_most", say("Follows more than"), say("Follows more accounts than these."), 1, 1_000_000
    ),
    _threshold(
        "made_days",
        say("Registered days before"),
        say("Registered at most so many days before it followed."),
        0,
        365,
    ),
    _threshold(
        "posts_a_day",
        say("Posts a day"),
        say("More posts a day than these since it was registered."),
        1,
        10_000,
    ),
    _threshold("batch", say("A batch is"), say("So many followers of one minute are a batch."), 2, 1_000_000),
    _threshold(
        "twins", say("Twins are"), say("So many followers with one description or one picture."), 2, 1_000_000
    ),
)
BY: Final = Param(
    "by",
    Kind.CHOICE,
    say("By"),
    say("A row for each platform, or for each reason."),
    default="platform",
    choices=("platform", "reason"),
    choice_labels=(say("platform"), say("reason")),
)
NEEDS: Final = say(
    "There is no list of followers yet. Export one from Weibo, Xiaohongshu, Douyin or WeChat, or from the "
    "tool you manage them with, and upload it under Imports as a list of followers."
)
FOLLOWERS: Final[tuple[ReportKind, ...]] = (
    ReportKind(
        "community",
        say("Followers or members"),
        say("How many followers become more than that, and what are they worth without the fakes?"),
        "guanxi.community.followers.worth:community",
        THRESHOLDS,
        Area.COMMUNITY,
        NEEDS,
        guide="followers#how-far-they-come-guanxi-report-community",
    ),
    ReportKind(
        "followers",
        say("Quality of followers"),
        say("How many followers are real, and how many of them are awake?"),
        "guanxi.community.followers.quality:followers",
        (BY, *THRESHOLDS),
        Area.COMMUNITY,
        NEEDS,
        guide="followers#who-is-real-guanxi-report-followers",
    ),
)
