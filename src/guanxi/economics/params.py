"""Parameters that several reports share."""

from __future__ import annotations

from typing import Final

from guanxi.economics.reporting import Kind, Param
from guanxi.kernel.wording import say

SINCE: Final = Param(
    "since", Kind.DATE, say("From day"), say("The first day. Default: the first day of the lake.")
)
UNTIL: Final = Param(
    "until",
    Kind.DATE,
    say("Until"),
    say("As if today were that day: nothing after it is known. Default: the last day of the lake."),
)
UNIT: Final = Param(
    "unit",
    Kind.CHOICE,
    say("Unit of time"),
    say("The unit in which parameters that are times are told. It changes no forecast."),
    default="week",
    choices=("day", "week"),
    choice_labels=(say("day"), say("week")),
)
