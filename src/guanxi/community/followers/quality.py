"""`followers`: how many are real, of what kind the others are, and by which reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from guanxi.community.followers.columns import BY_PLATFORM, BY_REASON
from guanxi.community.followers.reading import (
    ALL,
    FIELDS,
    NOBODY,
    by_platform,
    joined,
    stale,
    summed,
    thresholds_of,
    untold,
)
from guanxi.community.followers.rules import EVIDENCE, REASONS, Verdict
from guanxi.economics.reporting import Drawn, Graph, KeyFigure, Line, Report, Unit
from guanxi.economics.retention.intervals import wilson
from guanxi.kernel.channels import named
from guanxi.kernel.wording import Wording, say
from guanxi.ui import figures
from guanxi.warehouse.contracts import BrandRow

LABELS: Final[Mapping[Verdict, Wording]] = {
    Verdict.ACTIVE: say("Real, active"),
    Verdict.ASLEEP: say("Real, asleep"),
    Verdict.SUSPICIOUS: say("Suspicious"),
    Verdict.INSUFFICIENT: say("Insufficient evidence"),
}
MEANINGS: Final[Mapping[Verdict, Wording]] = {
    Verdict.ACTIVE: say("Seen or heard of within the days that count as awake."),
    Verdict.ASLEEP: say("Nothing suspicious, and no sign of life within those days."),
    Verdict.SUSPICIOUS: say("The weights of its reasons come to the threshold."),
    Verdict.INSUFFICIENT: say("Too few fields are known, or nothing tells of any activity."),
}
MOST_REASONS: Final = 3
ALWAYS: Final = (
    say(
        "The weights of the reasons are heuristics, measured on no followers of yours: look at some of the "
        "suspicious before you act on their number."
    ),
    say(
        "The intervals are those of a sample: what the same rules would find among more followers like "
        "these. They say nothing of how often a rule errs."
    ),
)


def followers(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """The report; see `declared` for its parameters."""
    at = thresholds_of(values)
    by_reason = values["by"] == "reason"
    head: dict[str, Any] = {"thresholds": at.as_head}
    columns = BY_REASON if by_reason else BY_PLATFORM
    found = by_platform(brand, at)
    if not found:
        return Report(columns, [], head, [NOBODY])
    whole = summed(found)
    head["known"] = {name: whole[f"known_{name}"] for name in EVIDENCE}
    head["reasons"] = [
        {"platform": row["platform"], **{name: one[name] for name in ("code", "followers", "suspicious")}}
        for row in found
        for one in _reasons(row)
    ]
    platforms = [_row(named(row["platform"]), row) for row in found]
    rows = _reasons(whole) if by_reason else [_row(ALL, whole), *platforms]
    return Report(
        columns=columns,
        rows=rows,
        head=head,
        notes=[*untold(found), *stale(brand, found), *ALWAYS],
        answers=_answers(whole),
        figures=_figures(whole),
        graphs=[_stacked(found), _ranked(whole)],
    )


def _row(name: str, of: Mapping[str, int]) -> dict[str, Any]:
    total = of["followers"]
    row: dict[str, Any] = {"platform": name, "followers": total}
    for verdict in Verdict:
        count = of[verdict.value]
        low, high = wilson(count, total)
        row |= {
            verdict.value: count,
            f"{verdict.value}_share": count / total,
            f"{verdict.value}_low": low,
            f"{verdict.value}_high": high,
        }
    return row


def _reasons(of: Mapping[str, int]) -> list[dict[str, Any]]:
    """A row for each reason, those first that most suspicious followers have."""
    total = of["followers"]
    rows = []
    for one in REASONS:
        count = of[f"all_{one.code}"]
        low, high = wilson(count, total)
        rows.append(
            {
                "reason": one.label,
                "code": one.code,
                "weight": one.weight,
                "followers": count,
                "share": count / total,
                "low": low,
                "high": high,
                "suspicious": of[f"sus_{one.code}"],
                "meaning": one.meaning,
                "source": one.source,
            }
        )
    return sorted(rows, key=lambda row: (-row["suspicious"], -row["followers"]))


def _leading(of: Mapping[str, int]) -> list[dict[str, Any]]:
    """The reasons that most of the suspicious have."""
    told = [one for one in _reasons(of) if one["weight"] > 0 and one["suspicious"]]
    return told[:MOST_REASONS]


def _answers(of: Mapping[str, int]) -> list[Wording]:
    total = of["followers"]
    shares = {one.value: figures.share(of[one.value] / total) for one in Verdict}
    low, high = wilson(of["suspicious"], total)
    said = [
        say(
            "Of %(n)s followers %(active)s are real and active, %(asleep)s real and asleep, %(suspicious)s "
            "suspicious (90%%: %(low)s to %(high)s); of %(insufficient)s the lists tell too little.",
            n=figures.number(total),
            low=figures.share(low or 0),
            high=figures.share(high or 0),
            **shares,
        )
    ]
    if of["insufficient"] * 2 > total:
        missing: list[str] = [FIELDS[name] for name in EVIDENCE if of[f"known_{name}"] * 2 < total]
        said.append(
            say(
                "Insufficient evidence: of more than half of the followers too little is known for a "
                "verdict. Lists with these would tell more: %(fields)s.",
                fields=joined(missing) if missing else "–",
            )
        )
    if leading := _leading(of):
        said.append(
            say(
                "What most of the suspicious have: %(reasons)s.",
                reasons=joined(
                    [
                        say("%(reason)s (%(n)s)", reason=one["reason"], n=figures.number(one["suspicious"]))
                        for one in leading
                    ]
                ),
            )
        )
    return said


def _figures(of: Mapping[str, int]) -> list[KeyFigure]:
    total = of["followers"]
    found = [KeyFigure(say("Followers"), total, say("Accounts, each once on its platform."))]
    for verdict in Verdict:
        count = of[verdict.value]
        bounds = wilson(count, total)
        found.append(KeyFigure(LABELS[verdict], count / total, MEANINGS[verdict], Unit.SHARE, *bounds))
    return found


def _stacked(rows: Sequence[Mapping[str, Any]]) -> Graph:
    return Graph(
        "verdicts",
        say("Who follows on which platform?"),
        Drawn.STACKED,
        [named(row["platform"]) for row in rows],
        [Line(LABELS[one], [row[one.value] for row in rows]) for one in Verdict],
        definition=say("Followers by platform and verdict."),
    )


def _ranked(of: Mapping[str, int]) -> Graph:
    told = [one for one in _reasons(of) if one["followers"]]
    told.sort(key=lambda one: -one["followers"])
    return Graph(
        "reasons",
        say("Which reasons were found?"),
        Drawn.RANKED,
        [one["reason"] for one in told],
        [Line(say("Followers"), [one["followers"] for one in told])],
        definition=say("How many followers each reason holds of; a follower may have several."),
    )
