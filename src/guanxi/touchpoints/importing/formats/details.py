"""Lines of orders whose money another file tells: `order.detailed`, which carries items and no amount.

Facts are never changed, so the lines come as a fact of their own about the same order
(`<order>:details`), and revenue cannot be counted twice, in whichever order the two files are imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import now_ms
from guanxi.kernel.wording import say
from guanxi.touchpoints.contracts import Fact
from guanxi.touchpoints.importing import values
from guanxi.touchpoints.importing.contracts import Made, Options, Row, RowReject, Table
from guanxi.touchpoints.importing.dates import Dates
from guanxi.touchpoints.importing.formats.columns import (
    Aliases,
    Cells,
    Found,
    locate,
    normal,
    normals,
    refuse_mapping,
    refuse_rounded,
    require,
)
from guanxi.touchpoints.importing.formats.items import Items, put
from guanxi.touchpoints.importing.formats.parsing import Problems, good, groups, rejected
from guanxi.touchpoints.importing.values import Memo


@dataclass(frozen=True)
class DetailsFormat:
    """A platform's file of order lines (contracts.Importer)."""

    name: str
    label_zh: str
    label_en: str
    source: str
    channel: str
    aliases: Aliases
    needed: tuple[tuple[str, ...], ...]
    marks: frozenset[str]

    @property
    def headers(self) -> frozenset[str]:
        return normals(self.aliases)

    def detects(self, names: Sequence[str]) -> float:
        found = locate(names, self.aliases)
        if not all(any(name in found for name in group) for group in self.needed):
            return 0.0
        present = {normal(name) for name in names}
        hits = sum(1 for mark in self.marks if normal(mark) in present)
        return 0.4 + 0.6 * hits / len(self.marks) if hits > 1 else 0.0

    def plan(self, table: Table, options: Options) -> DetailsPlan:
        refuse_mapping(self.name, options.mapping)
        found = locate(table.names, self.aliases)
        require(table, found, self.needed, self.aliases)
        refuse_rounded(table, found["order"])
        return DetailsPlan(self, found, options)


class DetailsPlan:
    """A file of order lines with its columns found (contracts.Plan)."""

    numbered = False

    def __init__(self, form: DetailsFormat, found: Found, options: Options) -> None:
        self.source = form.source
        self.group_by = (found["order"],)
        self._channel = options.channel or form.channel
        self._found = found
        self._dates = Dates(ZoneInfo(options.zone))
        self._now_ms = options.now_ms or now_ms()
        self._items = Items(found)
        self._labels: Memo[str] = Memo(values.clean)

    def make(self, rows: Sequence[Row], occurrences: Sequence[int] | None) -> Made:
        facts: list[Fact] = []
        rejects: list[RowReject] = []
        origins: list[Row] = []
        problems: Problems = {}
        cells = Cells(rows, self._found)
        refs = good([values.identifier(cell) for cell in cells["order"]], "bad_order", problems)
        for at, ref in enumerate(refs):
            if not ref:
                problems.setdefault(at, ("no_order", say("The row has no order number.")))
        dates = good(self._dates.column(cells["date"]), "bad_date", problems)
        lines = self._items.read(cells, len(rows), problems)
        for start, end in groups(refs):
            if problems and any(at in problems for at in range(start, end)):
                rejects.extend(rejected(rows, start, end, problems))
                continue
            payload: dict[str, object] = {"order": refs[start]}
            if status := self._labels[cells["status"][start]]:
                payload["status"] = status
            quantity = put(payload, lines[start:end])
            at_ms = dates[start] or self._now_ms
            named = f"{refs[start]}:details"
            facts.append(
                Fact("order.detailed", named, at_ms, (), None, self._channel, None, quantity, payload)
            )
            origins.append(rows[start])
        return Made(facts, rejects, origins)
