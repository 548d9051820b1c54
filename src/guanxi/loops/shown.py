"""A loop's figures as programs get them: plain values, money in minor units, shares 0 to 1."""

from __future__ import annotations

from typing import Any

from guanxi.kernel.wording import Wording, say
from guanxi.loops.contracts import Loop
from guanxi.loops.figures import Cohort, Count, Rate
from guanxi.loops.queries import Measured

CAVEAT = say(
    "Some would have come back anyway. Those without an action stand beside the others for comparison, but "
    "they are other customers: only an experiment that leaves the choice to chance says what the action "
    "brought."
)


def declared(loop: Loop) -> dict[str, Any]:
    """What the loop is, in wordings."""
    stations = (("input", loop.input), ("action", loop.action), ("output", loop.output))
    return {
        "name": loop.name,
        "title": loop.title,
        "question": loop.question,
        "stations": [
            {"station": name, "label": one.label, "meaning": one.meaning, "kinds": list(one.kinds)}
            for name, one in stations
        ],
        "reinvested": loop.reinvested,
        "act_days": loop.act_days,
        "return_days": loop.return_days,
    }


def measured(found: Measured) -> dict[str, Any]:
    """All figures, without words."""
    return {
        "loop": found.loop.name,
        "until": found.until.isoformat() if found.until else None,
        "month": found.month or None,
        "margin_mille": found.margin_mille,
        "turns": [_count(one) for one in found.counts],
        "months": [cohort(one) for one in found.cohorts],
        "whole": cohort(found.whole),
    }


def cohort(one: Cohort) -> dict[str, Any]:
    money = one.money
    return {
        **({"month": one.month} if one.month else {}),
        **{name: getattr(one, name) for name in ("entered", "acted", "produced", "alone", "open")},
        "act_rate": _rate(one.act),
        "return_rate": _rate(one.back),
        "alone_rate": _rate(one.alone_back),
        "yield": one.yielded,
        "days": {"low": one.days.low, "median": one.days.median, "high": one.days.high, "of": one.days.of},
        "cycles": money.cycles,
        "revenue_fen": money.revenue_fen,
        "margin_fen": money.margin_fen,
        "cost_fen": money.cost_fen,
        "return_on_cost": money.return_on_cost,
    }


def answers(found: Measured) -> list[Wording]:
    """What the figures say, in sentences; the first for whoever reads no other."""
    from guanxi.ui import figures  # noqa: PLC0415 - words of a page, which metrics need not

    back, alone = found.whole.back, found.whole.alone_back
    if not back.of:
        return [
            say(
                "Not enough data yet: a cycle is known %(days)s days after it began, and of none that acted "
                "so much has passed.",
                days=found.loop.window_days,
            )
        ]
    names = {"action": found.loop.action.label, "output": found.loop.output.label}
    said = [
        say(
            "After “%(action)s”, %(share)s of the cycles came to “%(output)s” within %(days)s days (90%% "
            "interval %(low)s to %(high)s, of %(n)s).",
            **names,
            share=figures.share(back.share),
            days=found.loop.return_days,
            low=figures.share(back.low),
            high=figures.share(back.high),
            n=figures.number(back.of),
        )
    ]
    if alone.of:
        said.append(
            say(
                "Without it, %(share)s did (%(low)s to %(high)s, of %(n)s).",
                share=figures.share(alone.share),
                low=figures.share(alone.low),
                high=figures.share(alone.high),
                n=figures.number(alone.of),
            )
        )
    if back.is_small:
        said.append(say("These are few cycles: read the interval, not the share."))
    elif alone.is_small:
        said.append(say("Those without are few: read the interval, not the share."))
    return said


def _count(one: Count) -> dict[str, Any]:
    return {
        "turn": one.turn.value,
        "month": one.month,
        "cycles": one.cycles,
        "customers": one.customers,
        "change": one.change,
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {"hits": rate.hits, "of": rate.of, "share": rate.share, "low": rate.low, "high": rate.high}
