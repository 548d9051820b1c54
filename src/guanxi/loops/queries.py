"""What became of a brand's loops, as of the last sync of its warehouse."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, Final
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loops import figures
from guanxi.loops.contracts import LOOPS, MARGINS, Loop, Turn
from guanxi.loops.figures import Cohort, Count
from guanxi.platform.home import home
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.contracts import BrandRow
from guanxi.warehouse.schemas import month_label

EPOCH: Final = date(1970, 1, 1)
MOST_KEPT: Final = 64
MOST_PEOPLE: Final = 500
Rows = list[dict[str, Any]]

_kept: OrderedDict[tuple[str, ...], Rows] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Measured:
    """A loop's figures as of the end of a day. `month` is the last full one, "" before there is one;
    `margin_mille` what was taken for the margin. Without facts `until` is None and nothing is counted."""

    loop: Loop
    until: date | None
    month: str
    margin_mille: int | None
    counts: list[Count]
    cohorts: list[Cohort]
    whole: Cohort

    def count(self, turn: Turn, month: str = "") -> Count | None:
        wanted = month or self.month
        return next((one for one in self.counts if one.turn is turn and one.month == wanted), None)

    @property
    def newest_closed(self) -> Cohort | None:
        """The last month of entry of which all is known."""
        return next((one for one in reversed(self.cohorts) if one.entered and not one.open), None)


@dataclass(frozen=True)
class Cycle:
    """One cycle behind a number; days are ISO dates, None where it did not come to that."""

    customer_id: int
    entered: str
    acted: str | None
    produced: str | None
    cost_fen: int
    revenue_fen: int


def find(name: str) -> Loop:
    """Raises NotFound, naming those there are."""
    loop = LOOPS.get(name)
    if loop is None:
        raise NotFound(
            say("There is no loop '%(name)s'.", name=name),
            remedy=say("Loops: %(names)s.", names=", ".join(LOOPS.names()) or "–"),
        )
    return loop


def measure(
    brand: BrandRow, name: str, *, until: date | None = None, margin_mille: int | None = None
) -> Measured:
    """The loop's figures as of the end of a day (that of the last fact), at the margin that the brand assumes
    or another. Raises NotFound, and Invalid for a margin that is none."""
    loop, margin = find(name), margin_mille
    if margin is not None and not 0 <= margin <= figures.PER_MILLE:
        raise Invalid(
            say("A margin of %(n)s thousandths cannot be.", n=margin),
            remedy=say("Give thousandths of revenue, 0 to 1000."),
            field="margin",
        )
    if margin is None:
        margin = next((found for one in MARGINS if (found := one.per_mille(brand.pk)) is not None), None)
    last = last_day(brand, until)
    if last is None:
        return Measured(loop, None, "", margin, [], [], figures.whole(loop, [], [], margin))
    rows = {
        name: _rows(brand, f"{loop.name} {name} {last}", asked)
        for name, asked in expressions(loop, last).items()
    }
    full = _month_of(last + 1) - 1
    first = min((row["local_month"] for row in rows["turns"]), default=full)
    return Measured(
        loop,
        _date(last),
        month_label(full) if first <= full else "",
        margin,
        figures.counts(rows["turns"], first, max(full, _month_of(last))),
        figures.cohorts(loop, rows["months"], rows["times"], margin),
        figures.whole(loop, rows["months"], rows["times"], margin),
    )


def people(
    brand: BrandRow, name: str, turn: Turn, month: str, *, by_entry: bool, until: date | None = None
) -> list[Cycle]:
    """The cycles behind a number, the last first, at most 500. Raises NotFound, and Invalid for what is no
    month."""
    loop, last = find(name), last_day(brand, until)
    number = month_number(month)
    if last is None:
        return []
    asked = _metrics().cycle_people(
        loop, warehouse.tables(), last, turn, number, by_entry=by_entry, limit=MOST_PEOPLE
    )
    return [
        Cycle(
            row["customer_id"],
            _date(row["entry_day"]).isoformat(),
            _iso(row["action_day"]),
            _iso(row["output_day"]),
            row["cost_fen"],
            row["revenue_fen"],
        )
        for row in warehouse.run(brand, asked).to_pylist()
    ]


def expressions(loop: Loop, until_day: int) -> Mapping[str, Callable[[], Any]]:
    """What the figures are computed from, each written out when it is called."""
    metrics, tables = _metrics(), warehouse.tables()
    return {
        "turns": lambda: metrics.cycle_turns(loop, tables, until_day),
        "months": lambda: metrics.cycle_months(loop, tables, until_day),
        "times": lambda: metrics.cycle_times(loop, tables, until_day),
    }


def sql(loop: Loop, until: date) -> list[str]:
    """The questions that the figures come from, in the dialect of the engine in use."""
    return [warehouse.sql(asked()) for asked in expressions(loop, (until - EPOCH).days).values()]


def last_day(brand: BrandRow, until: date | None = None) -> int | None:
    """The last local day with a fact, up to a day (today); None without any."""
    today = to_datetime(now_ms(), ZoneInfo(brand.timezone)).date()
    most = (min(until or today, today) - EPOCH).days
    asked = _metrics().last_day
    rows = _rows(brand, f"last day {most}", lambda: asked(warehouse.tables()["touchpoints"], most))
    found: int | None = rows[0]["last_day"]
    return most if until and found is not None else found


def month_number(month: str) -> int:
    """ "2026-05" → 24316. Raises Invalid."""
    try:
        at = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Invalid(
            say("'%(month)s' is no month.", month=month), remedy=say("Write it as 2026-05."), field="month"
        ) from None
    return at.year * 12 + at.month - 1


def _rows(brand: BrandRow, name: str, expression: Callable[[], Any]) -> Rows:
    """The answer, kept while the lake stays as it is."""
    version = warehouse.version(brand)
    key = (str(home()), brand.slug, version, name)
    with _lock:
        if version and key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    rows: Rows = warehouse.run(brand, expression()).to_pylist()
    if version and warehouse.version(brand) == version:
        with _lock:
            _kept[key] = rows
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return rows


def _metrics() -> Any:
    from guanxi.loops import metrics  # noqa: PLC0415 - Ibis takes half a second to load

    return metrics


def _month_of(day: int) -> int:
    at = _date(day)
    return at.year * 12 + at.month - 1


def _date(day: int) -> date:
    return date.fromordinal(EPOCH.toordinal() + day)


def _iso(day: int | None) -> str | None:
    return None if day is None else _date(day).isoformat()
