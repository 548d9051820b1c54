"""`rfm`: customers by how recently, how often and for how much they bought."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NoReturn

import numpy as np

from guanxi.economics import metrics
from guanxi.economics.reporting import Drawn, Graph, KeyFigure, Line, Report, Unit
from guanxi.economics.retention import scoring
from guanxi.economics.retention.columns import RFM
from guanxi.economics.retention.reading import NOTHING, iso, span
from guanxi.economics.retention.scoring import NAMED, SCORES, Integers
from guanxi.economics.running import ask
from guanxi.kernel.conditions.features import BrandRow
from guanxi.kernel.errors import Invalid
from guanxi.kernel.money import WITHOUT_MINOR_UNIT
from guanxi.kernel.wording import Wording, say
from guanxi.ui import figures
from guanxi.warehouse import queries as warehouse

QUANTILE: Final = "quantile"
FEN: Final = 100


@dataclass(frozen=True)
class Scored:
    """Customers and their scores, shape (customers,) each; money is paid less given back, in minor units."""

    recency: Integers
    orders: Integers
    money: Integers
    r: Integers
    f: Integers
    m: Integers
    place: Integers

    def __len__(self) -> int:
        return len(self.recency)


def rfm(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """The report; see `declared` for its parameters. Raises Invalid for cuts that are none."""
    cuts = {name: cuts_of(name, values[name]) for name in ("recency", "frequency", "money")}
    known = span(brand, values["until"])
    head: dict[str, Any] = {"grid": values["grid"], "until": iso(known.last) if known else values["until"]}
    if known is None:
        return Report(RFM, [], head, [NOTHING])
    lake = warehouse.tables()
    found = ask(brand, metrics.rfm(lake["touchpoints"], lake["subject_map"], known.last))
    minor = 1 if brand.currency in WITHOUT_MINOR_UNIT else FEN
    cuts["money_fen"] = [cut * minor for cut in cuts.pop("money")]
    scored, used = score(found, None if values["grid"] == QUANTILE else cuts)
    head |= {"customers": len(scored), "cuts": dict(used)}
    rows = _rows(scored)
    return Report(
        columns=RFM,
        rows=rows,
        head=head,
        notes=[*known.notes, *_notes(scored)],
        answers=_answers(brand, rows),
        figures=_figures(rows),
        graphs=[_grid(scored), _ranked(rows)],
    )


def cuts_of(name: str, text: str) -> list[int]:
    """Four growing whole numbers from "30,90,180,365". Raises Invalid for anything else."""
    parts = [part for part in re.split(r"[,，;、\s]+", text.strip()) if part]
    if len(parts) != SCORES - 1 or not all(re.fullmatch(r"\d{1,9}", part) for part in parts):
        _refuse(name, text)
    cuts = [int(part) for part in parts]
    if any(after <= before for before, after in pairwise(cuts)):
        _refuse(name, text)
    return cuts


def _refuse(name: str, text: str) -> NoReturn:
    raise Invalid(
        say("%(name)s cannot be '%(given)s'.", name=name, given=text),
        remedy=say("Write four whole numbers that grow, with commas: 30,90,180,365."),
        field=name,
    )


def score(found: Any, cuts: Mapping[str, list[int]] | None) -> tuple[Scored, Mapping[str, list[int]]]:
    """Score the rows of `metrics.rfm` (an Arrow table) by cuts of recency, frequency and money_fen, or by the
    quintiles of these customers; and the cuts that were used."""
    recency, orders, money = (
        np.asarray(found[name].to_numpy(), dtype=np.int64) for name in ("recency_days", "orders", "net_fen")
    )
    used = cuts or {
        "recency": scoring.quintiles(recency),
        "frequency": scoring.quintiles(orders),
        "money_fen": scoring.quintiles(money),
    }
    r = scoring.reversed_scores(recency, used["recency"])
    f, m = scoring.scores(orders, used["frequency"]), scoring.scores(money, used["money_fen"])
    return Scored(recency, orders, money, r, f, m, scoring.places()[r, f]), used


def _rows(scored: Scored) -> list[dict[str, Any]]:
    count, whole = len(NAMED), max(len(scored), 1)
    size = scoring.sums(scored.place, None, count)
    money, orders = (scoring.sums(scored.place, of, count) for of in (scored.money, scored.orders))
    total = float(money.sum())
    means = {
        name: scoring.sums(scored.place, of, count) / np.maximum(size, 1)
        for name, of in (
            ("recency_days", scored.recency),
            ("r", scored.r),
            ("f", scored.f),
            ("m", scored.m),
        )
    }
    return [
        {
            "group": named.label,
            "customers": int(size[at]),
            "share": size[at] / whole,
            "orders": int(orders[at]),
            "net_fen": int(money[at]),
            "net_share": money[at] / total if total > 0 else None,
            "orders_each": orders[at] / size[at] if size[at] else None,
            "net_each_fen": round(money[at] / size[at]) if size[at] else None,
            **{name: mean[at] if size[at] else None for name, mean in means.items()},
        }
        for at, named in enumerate(NAMED)
    ]


def _notes(scored: Scored) -> list[Wording]:
    said = []
    once = float((scored.orders == 1).mean())
    missing = [score for score in range(1, SCORES + 1) if not (scored.f == score).any()]
    if missing and once > 1 / SCORES:
        said.append(
            say(
                "%(share)s of the customers bought once and have one score, so that no customer has the "
                "frequency %(missing)s: equal customers are never parted.",
                share=figures.share(once),
                missing=", ".join(map(str, missing)),
            )
        )
    if below := int((scored.money < 0).sum()):
        said.append(say("%(n)s customers were given back more than they paid.", n=below))
    return said


def _answers(brand: BrandRow, rows: Sequence[Mapping[str, Any]]) -> list[Wording]:
    of = {named.name: row for named, row in zip(NAMED, rows, strict=True)}
    best, leaving = of["champions"], [of["cannot_lose"], of["at_risk"]]
    said = []
    if best["customers"] and best["net_share"] is not None:
        said.append(
            say(
                "%(n)s champions (%(share)s of the customers) have brought %(part)s of what was paid.",
                n=figures.number(best["customers"]),
                share=figures.share(best["share"]),
                part=figures.share(best["net_share"]),
            )
        )
    if people := sum(row["customers"] for row in leaving):
        said.append(
            say(
                "%(n)s customers who bought often have not come for long; they had brought %(money)s.",
                n=figures.number(people),
                money=figures.money(sum(row["net_fen"] for row in leaving), brand.currency),
            )
        )
    return said


def _figures(rows: Sequence[Mapping[str, Any]]) -> list[KeyFigure]:
    return [
        KeyFigure(row["group"], row["customers"], named.meaning)
        for named, row in zip(NAMED, rows, strict=True)
    ]


def _grid(scored: Scored) -> Graph:
    cells = np.bincount(scored.r * (SCORES + 1) + scored.f, minlength=(SCORES + 1) ** 2)
    grid = cells.reshape(SCORES + 1, SCORES + 1)
    return Graph(
        "grid",
        say("How recently, and how often?"),
        Drawn.HEATMAP,
        [say("F%(score)s", score=score) for score in range(1, SCORES + 1)],
        [
            Line(say("R%(score)s", score=score), [int(n) for n in grid[score, 1:]])
            for score in range(SCORES, 0, -1)
        ],
        definition=say(
            "Customers by their scores: R5 bought most recently, F5 most often. Both go from 1 to 5."
        ),
    )


def _ranked(rows: Sequence[Mapping[str, Any]]) -> Graph:
    ordered = sorted(rows, key=lambda row: -row["net_fen"])
    return Graph(
        "money",
        say("Which groups have paid most?"),
        Drawn.RANKED,
        [row["group"] for row in ordered],
        [Line(say("Paid less given back"), [row["net_fen"] for row in ordered])],
        unit=Unit.FEN,
    )
