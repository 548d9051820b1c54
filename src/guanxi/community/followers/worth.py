"""`community`: how far followers come, and what the community is worth without the fakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from guanxi.community.followers import ladder, metrics
from guanxi.community.followers.columns import FUNNEL
from guanxi.community.followers.ladder import Integers, Step, Tied
from guanxi.community.followers.reading import (
    ALL,
    NOBODY,
    audited,
    by_platform,
    joined,
    stale,
    summed,
    thresholds_of,
)
from guanxi.community.followers.rules import Thresholds, Verdict
from guanxi.community.followers.writable import writable
from guanxi.economics import assumptions, queries, running
from guanxi.economics.forecasts.purchasing import Z90
from guanxi.economics.lifetime.outlook import Outlook, outlook
from guanxi.economics.reporting import Drawn, Graph, KeyFigure, Line, Report, Unit
from guanxi.economics.retention.intervals import wilson
from guanxi.kernel.channels import named
from guanxi.kernel.conditions.features import BrandRow
from guanxi.kernel.wording import Wording, say
from guanxi.touchpoints.kinds import KINDS
from guanxi.ui import figures
from guanxi.warehouse import queries as warehouse

ADVOCATING: Final = frozenset({"referral", "share", "review", "ugc", "post"})  # what such facts are called
LEAST: Final = 30  # customers from which a mean and a forecast are told
MONTHS: Final = 12
STAGES: Final[Mapping[str, Wording]] = {
    "follower": say("Follower"),
    "known": say("Identifier known"),
    "reachable": say("May be written to"),
    "member": say("Member"),
    "buyer": say("Buyer"),
    "repeat": say("Repeat buyer"),
    "advocate": say("Advocate"),
}
REACHABLE: Final = say(
    "An identifier is a phone, a UnionID or an OpenID of the follower. May be written to: it leads to a "
    "customer who has agreed to marketing, and not withdrawn it, on a channel that one of their identities "
    "serves."
)
NO_CONSENTS: Final = say(
    "Insufficient evidence on who may be written to: the ledger of consent holds no word on marketing yet."
)
TIED: Final = say(
    "Members, buyers and margin are known only of followers whose phone or WeChat id leads to one customer. "
    "The others may buy as well: all that is said from members on is at least so much."
)
NO_ADVOCATES: Final = say(
    "Insufficient evidence on advocates: no fact tells yet of a follower who recommends, shares or reviews."
)


def community(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """The report; see `declared` for its parameters."""
    at = thresholds_of(values)
    head: dict[str, Any] = {"thresholds": at.as_head}
    found = by_platform(brand, at)
    if not found:
        return Report(FUNNEL, [], head, [NOBODY])
    advocating = [kind.name for kind in KINDS if kind.name.partition(".")[0] in ADVOCATING]
    reached = writable(brand)
    tied = _tied(brand, at, advocating, reached)
    gaps = {"advocate": (not tied.advocate.any(), NO_ADVOCATES), "reachable": (reached is None, NO_CONSENTS)}
    unknown = [stage for stage, (is_gap, _note) in gaps.items() if is_gap]
    accounts = summed(found)
    counted, people = ladder.once(accounts, tied)
    whole = ladder.steps(counted, people, unknown)
    rows = _rows(ALL, whole)
    for row in found:
        own = ladder.steps(row, tied.of(row["platform"]), unknown)
        rows += _rows(named(row["platform"]), [step for step in own if step.people is not None])
    real = people.at(people.real)
    expected = outlook(brand, real.customer, MONTHS) if int((real.days > 0).sum()) >= LEAST else None
    platforms = [row["platform"] for row in found]
    assumed = assumptions.of(brand.pk)
    notes = [REACHABLE, TIED, *(gaps[stage][1] for stage in unknown), *assumed.notes]
    return Report(
        columns=FUNNEL,
        rows=rows,
        head={**head, "accounts": accounts["followers"], "tied": len(tied), "customers": len(people)},
        notes=[*notes, *_untied(found), *_too_little(real, expected), *stale(brand, found)],
        answers=_answers(brand, counted, whole, real, expected),
        figures=_figures(accounts, counted, people, real, expected),
        graphs=_graphs(whole, found, tied, platforms),
    )


def _tied(brand: BrandRow, at: Thresholds, advocating: Sequence[str], reached: Integers | None) -> Tied:
    lake = warehouse.tables()
    table = running.ask(
        brand,
        metrics.tied(
            audited(at),
            lake["touchpoints"],
            lake["subject_map"],
            queries.customer_histories(brand),
            advocating,
        ),
    )
    columns = {name: table.column(name).to_numpy(zero_copy_only=False) for name in table.column_names}
    customers = columns["customer_id"].astype(np.int64)
    return Tied(
        platform=columns["platform"],
        customer=customers,
        real=columns["verdict"] != Verdict.SUSPICIOUS.value,
        writable=np.isin(customers, [] if reached is None else reached),
        member=columns["is_member"] > 0,
        advocate=columns["is_advocate"] > 0,
        days=columns["days"].astype(np.int64),
        margin_fen=columns["margin_mfen"] / ladder.MFEN,
    )


def _rows(platform: str, steps: Sequence[Step]) -> list[dict[str, Any]]:
    rows, before = [], None
    total = steps[0].real
    for step in steps:
        low, high = (
            (None, None) if not before or step.from_before is None else wilson(step.from_before, before)
        )
        rows.append(
            {
                "platform": platform,
                "stage": STAGES[step.stage],
                "people": step.people,
                "real": step.real,
                "of_before": step.from_before / before if before and step.from_before is not None else None,
                "low": low,
                "high": high,
                "of_followers": step.real / total if total and step.real is not None else None,
                "margin_fen": step.margin_fen,
            }
        )
        before = step.real
    return rows


def mean_margin(real: Tied) -> tuple[float, float, float] | None:
    """What a customer among them has left on average, and its 90% interval (normal); None of fewer than
    `LEAST`."""
    if len(real) < LEAST:
        return None
    mean, half = float(real.margin_fen.mean()), Z90 * float(real.margin_fen.std(ddof=1)) / len(real) ** 0.5
    return mean, mean - half, mean + half


def _untied(found: Sequence[Mapping[str, Any]]) -> list[Wording]:
    platforms = [named(row["platform"]) for row in found if not row["reachable"]]
    if not platforms:
        return []
    return [
        say(
            "Insufficient evidence on who becomes a member or a buyer on %(platforms)s: the lists hold no "
            "phone and no WeChat id.",
            platforms=joined(platforms),
        )
    ]


def _too_little(real: Tied, expected: Outlook | None) -> list[Wording]:
    said = []
    if len(real) < LEAST:
        said.append(
            say(
                "Insufficient evidence on worth: only %(n)s customers are tied to a follower who is not "
                "suspicious; from %(least)s on a mean is told. Lists with phones or UnionIDs tie more.",
                n=len(real),
                least=LEAST,
            )
        )
    if expected is None:
        said.append(
            say("Insufficient evidence on what is to come: too few of them have bought, or no model fits.")
        )
    return [*said, *(expected.notes if expected else [])]


def _answers(
    brand: BrandRow,
    counted: Mapping[str, int],
    whole: Sequence[Step],
    real: Tied,
    expected: Outlook | None,
) -> list[Wording]:
    said = [_reached(whole)]
    genuine, left = whole[0].real or 0, float(real.margin_fen.sum())
    if len(real) >= LEAST:
        each = left / max(genuine, 1)
        said.append(
            say(
                "Without the fakes the community has left a margin of at least %(total)s so far: %(each)s "
                "for each real follower, and not %(naive)s as all %(all)s accounts would suggest.",
                total=figures.money(round(left), brand.currency),
                each=figures.money(round(each), brand.currency),
                naive=figures.money(round(left / max(counted["followers"], 1)), brand.currency),
                all=figures.number(counted["followers"]),
            )
        )
    if expected is not None:
        money = [round(one) for one in (expected.margin_fen, expected.low_fen, expected.high_fen)]
        said.append(
            say(
                "In the next %(months)s months, %(buyers)s of them who have bought are expected to leave "
                "%(margin)s more, with 90%% confidence %(low)s to %(high)s.",
                months=expected.months,
                buyers=figures.number(expected.buyers),
                **{
                    name: figures.money(fen, brand.currency)
                    for name, fen in zip(("margin", "low", "high"), money, strict=True)
                },
            )
        )
    return said


def _reached(whole: Sequence[Step]) -> Wording:
    counts = {step.stage: step.real for step in whole}
    told = {name: figures.number(count) for name, count in counts.items() if count is not None}
    if "member" not in told:
        return say(
            "Insufficient evidence: of none of the %(follower)s followers who are not suspicious a phone or "
            "a WeChat id is known, so nothing tells what becomes of them.",
            **told,
        )
    if "reachable" not in told:
        return say(
            "Of %(follower)s followers who are not suspicious, an identifier of %(known)s is known, "
            "%(member)s are members, %(buyer)s have bought and %(repeat)s have come again.",
            **told,
        )
    return say(
        "Of %(follower)s followers who are not suspicious, an identifier of %(known)s is known, "
        "%(reachable)s may be written to, %(member)s are members, %(buyer)s have bought and %(repeat)s have "
        "come again.",
        **told,
    )


def _figures(
    accounts: Mapping[str, int],
    counted: Mapping[str, int],
    people: Tied,
    real: Tied,
    expected: Outlook | None,
) -> list[KeyFigure]:
    total, alive = accounts["followers"], accounts["active"]
    left = float(real.margin_fen.sum())
    genuine = counted["followers"] - counted["suspicious"]
    each = mean_margin(real)
    return [
        KeyFigure(
            say("Active share"),
            alive / total,
            say("Followers who are real and active, of all."),
            Unit.SHARE,
            *wilson(alive, total),
        ),
        KeyFigure(
            say("Worth so far"),
            float(people.margin_fen.sum()) if len(people) else None,
            say("The margin that all customers tied to a follower have left."),
            Unit.FEN,
        ),
        KeyFigure(
            say("Worth without the fakes"),
            left if len(real) else None,
            say("The same of those who are not suspicious."),
            Unit.FEN,
        ),
        KeyFigure(
            say("For each real follower"),
            left / genuine if genuine and len(real) >= LEAST else None,
            say(
                "Worth without the fakes by followers who are not suspicious, tied or not: at least so much."
            ),
            Unit.FEN,
        ),
        KeyFigure(
            say("For each customer among them"),
            each[0] if each else None,
            say("The mean margin of customers tied to a follower who is not suspicious."),
            Unit.FEN,
            *(each[1:] if each else ()),
        ),
        KeyFigure(
            say("To come in 12 months"),
            expected.margin_fen if expected else None,
            say("The discounted margin expected of them, by the model of the report on lifetime value."),
            Unit.FEN,
            *((expected.low_fen, expected.high_fen) if expected else ()),
        ),
    ]


def _graphs(
    whole: Sequence[Step], found: Sequence[Mapping[str, Any]], tied: Tied, platforms: Sequence[str]
) -> list[Graph]:
    told = [step for step in whole if step.real is not None]
    graphs = [
        Graph(
            "funnel",
            say("How far do followers come?"),
            Drawn.RANKED,
            [STAGES[step.stage] for step in told],
            [Line(say("Not suspicious"), [step.real for step in told])],
            definition=say("How many followers who are not suspicious are in each stage."),
        )
    ]
    platforms = [name for name in platforms if (tied.platform == name).any()]
    if len(platforms) > 1:
        shared = ladder.overlap(tied, platforms)
        graphs.append(
            Graph(
                "overlap",
                say("Who follows on several platforms?"),
                Drawn.HEATMAP,
                [named(name) for name in platforms],
                [Line(named(name), row) for name, row in zip(platforms, shared, strict=True)],
                definition=say(
                    "Customers who follow on both platforms, and on the diagonal on the one; of those alone "
                    "who are tied to a customer."
                ),
            )
        )
    return graphs
