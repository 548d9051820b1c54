"""Computing a report: its parameters checked, its SQL kept, its numbers fit to be shown."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import Any, Final, NoReturn

from guanxi.economics.catalogue import REPORTS
from guanxi.economics.reporting import Graph, Kind, Param, Report, ReportKind
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.kernel.wording import Wording, say
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.contracts import BrandRow

MOST_ROWS: Final = 100_000
MOST_BYTES: Final = 320 << 20  # of answers that reports share
MOST_BYTES_OF_ONE: Final = 200 << 20


def kind_of(name: str) -> ReportKind:
    """The report of that name. Raises NotFound, naming those there are."""
    if name not in REPORTS:
        raise NotFound(
            say("There is no report '%(name)s'.", name=name),
            remedy=say("Reports: %(names)s.", names=", ".join(REPORTS)),
        )
    return REPORTS[name]


def run(brand: BrandRow, name: str, given: Mapping[str, Any]) -> Report:
    """Compute a report of those parameters; see `values_of` and `compute`."""
    return compute(brand, name, values_of(name, given))


def values_of(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters' values. `given` holds texts (from a URL) or values; what is absent or "" takes its
    default. Raises NotFound for an unknown report and Invalid for a parameter that cannot be, saying what it
    may be."""
    kind = kind_of(name)
    known = {param.name: param for param in kind.params}
    if unknown := sorted(set(given) - set(known)):
        raise Invalid(
            say("The report %(report)s has no parameter '%(name)s'.", report=name, name=unknown[0]),
            remedy=say("Parameters: %(names)s.", names=", ".join(known) or "–"),
        )
    return {param.name: _value(param, given.get(param.name)) for param in kind.params}


def compute(brand: BrandRow, name: str, values: Mapping[str, Any]) -> Report:
    """Compute a report of checked parameters: with its SQL, and nothing in it that is not to be shown."""
    with _listening() as asked:
        report = _function(kind_of(name).compute)(brand, values)
    return replace(
        report,
        rows=[_plain(row) for row in report.rows[:MOST_ROWS]],
        head=_plain(report.head),
        figures=[replace(one, **_plain_parts(one, "value", "low", "high")) for one in report.figures],
        graphs=[_plain_graph(graph) for graph in report.graphs],
        sql=[*report.sql, *asked],
    )


def ask(brand: BrandRow, expression: Any) -> Any:
    """Answer an Ibis expression from the lake (an Arrow table), keeping its SQL for whoever looks."""
    text, shared = warehouse.sql(expression), _shared.get()

    def answer() -> Any:
        return warehouse.run_written(brand, expression, text)

    table = shared.answer(brand, text, answer) if shared else answer()
    if (asked := _asked.get()) is not None and text not in asked:
        asked.append(text)
    return table


def once(brand: BrandRow, name: str, work: Callable[[], Any]) -> Any:
    """The result of the work, done once for all reports that are computed within one `sharing`."""
    shared = _shared.get()
    return shared.result(brand, name, work) if shared else work()


class Shared:
    """What several reports ask alike, of one version of the lake: its answers, the last that were used up to
    `MOST_BYTES` together, and what is computed from them. Nothing is kept while the lake has no version, nor
    where it moved on meanwhile."""

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[str, str, str], Any] = OrderedDict()
        self._results: dict[tuple[str, str, str], Any] = {}

    def answer(self, brand: BrandRow, text: str, ask: Callable[[], Any]) -> Any:
        key = (brand.slug, warehouse.version(brand), text)
        if key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]
        table = ask()
        if table.nbytes <= MOST_BYTES_OF_ONE and _holds(brand, key[1]):
            self._answers[key] = table
        while sum(one.nbytes for one in self._answers.values()) > MOST_BYTES:
            self._answers.popitem(last=False)
        return table

    def result(self, brand: BrandRow, name: str, work: Callable[[], Any]) -> Any:
        key = (brand.slug, warehouse.version(brand), name)
        if key in self._results:
            return self._results[key]
        found = work()
        if _holds(brand, key[1]):
            self._results[key] = found
        return found


def _holds(brand: BrandRow, version: str) -> bool:
    return bool(version) and warehouse.version(brand) == version


_shared: ContextVar[Shared | None] = ContextVar("shared", default=None)


@contextmanager
def sharing() -> Iterator[None]:
    """Reports computed within ask the lake only once what they ask alike."""
    token = _shared.set(Shared())
    try:
        yield
    finally:
        _shared.reset(token)


_asked: ContextVar[list[str] | None] = ContextVar("asked", default=None)


@contextmanager
def _listening() -> Iterator[list[str]]:
    asked: list[str] = []
    token = _asked.set(asked)
    try:
        yield asked
    finally:
        _asked.reset(token)


def _value(param: Param, given: Any) -> Any:
    if given is None or given == "":
        return param.default
    if param.kind is Kind.CHOICE:
        if given not in param.choices:
            _refuse(param, given, say("It is one of: %(choices)s.", choices=", ".join(param.choices)))
        return given
    if param.kind is Kind.DATE:
        if isinstance(given, date):
            return given
        try:
            return date.fromisoformat(str(given))
        except ValueError:
            _refuse(param, given, say("Write it as 2026-11-21."))
    if param.kind is Kind.TEXT:
        return str(given)
    return _number(param, given)


def _number(param: Param, given: Any) -> Any:
    try:
        number = int(str(given)) if param.kind is Kind.INTEGER else float(given)
    except ValueError:
        _refuse(param, given, say("It is a number."))
    least = -math.inf if param.least is None else param.least
    most = math.inf if param.most is None else param.most
    if not math.isfinite(number) or not least <= number <= most:
        _refuse(param, given, say("It lies between %(least)s and %(most)s.", least=least, most=most))
    return number


def _refuse(param: Param, given: Any, remedy: Wording) -> NoReturn:
    raise Invalid(
        say("%(name)s cannot be '%(given)s'.", name=param.name, given=given), remedy=remedy, field=param.name
    )


def _plain(value: Any) -> Any:
    """Without numpy's types, and with None for what is no number: nobody is ever shown NaN."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple) or getattr(value, "ndim", False):
        return [_plain(part) for part in value]
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return value


def _plain_parts(of: object, *names: str) -> dict[str, Any]:
    return {name: _plain(getattr(of, name)) for name in names}


def _plain_graph(graph: Graph) -> Graph:
    lines = [replace(line, **_plain_parts(line, "values", "low", "high")) for line in graph.lines]
    flows = [replace(flow, value=_plain(flow.value)) for flow in graph.flows]
    return replace(graph, lines=lines, flows=flows)


def _function(path: str) -> Callable[[BrandRow, Mapping[str, Any]], Report]:
    module, _, name = path.partition(":")
    function: Callable[[BrandRow, Mapping[str, Any]], Report] = getattr(import_module(module), name)
    return function
