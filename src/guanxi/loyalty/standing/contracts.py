"""What counts as giving, asking and attitude (docs/guide/standing.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from guanxi.kernel.conditions import Op
from guanxi.kernel.conditions.leaves import Comparison
from guanxi.kernel.registries import Registry

ASK: Final = "message.sent"
OF_CAMPAIGNS: Final = Comparison("campaign", Op.NE, "")
YEAR: Final = 365
REPEATS: Final = 3  # purchase days in a year from which on somebody repeats


@dataclass(frozen=True, slots=True)
class Act:
    """A kind of facts that no purchase asks for: who does it turns to the brand by themselves."""

    kind: str


ATTITUDE: Registry[Act] = Registry("act of attitude", lambda act: act.kind)


def register() -> None:
    for kind in ("preference.stated", "code.scanned", "consent.given"):
        ATTITUDE.register(Act(kind))
