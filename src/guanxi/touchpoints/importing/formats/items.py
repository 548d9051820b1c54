"""The lines of an order, as its payload keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from guanxi.kernel.wording import Wording
from guanxi.touchpoints.importing import values
from guanxi.touchpoints.importing.formats.columns import Cells
from guanxi.touchpoints.importing.formats.parsing import Problems, is_service
from guanxi.touchpoints.importing.values import REMEMBERED, Bad

MOST_ITEMS = 1_000  # of one order, kept in its payload
_FIELDS = ("quantity", "price", "sku", "title", "spec", "category")


class Line(NamedTuple):
    """One line: `item` for the payload (None where it names no article), its pieces, and what is wrong."""

    item: dict[str, object] | None
    quantity: int | None
    problem: tuple[str, Wording] | None = None


class Items(dict[tuple[str, ...], Line]):
    """Lines by their cells. A shop sells the same things again and again, so most have been read before;
    equal lines share one item, which nobody may change. `flags_services`: what is no goods is marked."""

    def __init__(self, found: Mapping[str, int], *, flags_services: bool = False) -> None:
        super().__init__()
        self._fields = [name for name in _FIELDS if name in found]
        self._flags_services = flags_services
        self.has_articles = bool(found.keys() & {"sku", "title", "spec", "category"})

    def read(self, cells: Cells, count: int, problems: Problems) -> Sequence[Line]:
        """The line of each row."""
        if not self._fields:
            return [Line(None, None)] * count
        lines = [self[key] for key in zip(*[cells[name] for name in self._fields], strict=True)]
        for at, line in enumerate(lines):
            if line.problem:
                problems.setdefault(at, line.problem)
        return lines

    def __missing__(self, key: tuple[str, ...]) -> Line:
        if len(self) >= REMEMBERED:
            self.clear()
        self[key] = line = self._line(dict(zip(self._fields, key, strict=True)))
        return line

    def _line(self, cells: dict[str, str]) -> Line:
        quantity = _pieces(cells.pop("quantity", ""))
        price = values.micros(cells.pop("price", ""))
        for value, code in ((quantity, "bad_quantity"), (price, "bad_price")):
            if isinstance(value, Bad):
                return Line(None, None, (code, value.message))
        pieces = quantity if isinstance(quantity, int) else None
        item: dict[str, object] = {name: text for name, cell in cells.items() if (text := values.clean(cell))}
        if not item:
            return Line(None, pieces)
        if pieces is not None:
            item["quantity"] = pieces
        if isinstance(price, int):
            item["price_fen"] = values.to_fen(price)
        if self._flags_services and is_service(str(item.get("sku", ""))):
            item["service"] = True
        return Line(item, pieces)


def _pieces(text: str) -> int | Bad | None:
    """Pieces of an article; what is weighed (1.25) has none."""
    number = values.count(text)
    if isinstance(number, Bad) and not isinstance(values.number(text), Bad):
        return None
    return number


def put(payload: dict[str, object], lines: Sequence[Line]) -> int | None:
    """Adds an order's lines to its payload; answers the number of pieces."""
    if len(lines) == 1:
        item, quantity, _ = lines[0]
        if item:
            payload["items"] = [item]
        return quantity
    items = [line.item for line in lines if line.item]
    if items:
        payload["items"] = items[:MOST_ITEMS]
    if len(items) > MOST_ITEMS:
        payload["items_omitted"] = len(items) - MOST_ITEMS
    known = [line.quantity for line in lines if line.quantity is not None]
    return sum(known) if known else None
