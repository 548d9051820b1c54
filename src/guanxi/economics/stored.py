"""Reports kept as they were computed: versioned, dated, answered again while what they rest on holds."""

from __future__ import annotations

import hashlib
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final

import orjson
from django.db import IntegrityError, transaction

from guanxi.economics import assumptions, running
from guanxi.economics.models import StoredReport
from guanxi.economics.reporting import Column, Drawn, Flow, Graph, KeyFigure, Line, Report, Unit
from guanxi.kernel.errors import NotFound
from guanxi.kernel.registries import Registry
from guanxi.kernel.wording import Wording, packed, say, unpacked
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.contracts import BrandRow

VERSIONS_KEPT: Final = 24
FORMAT: Final = 1  # raise it where a report's body or a computation changes meaning


@dataclass(frozen=True, slots=True)
class Basis:
    """A part of what reports rest on besides the lake: `state` changes whenever the part does."""

    name: str
    state: Callable[[int], str]


bases: Registry[Basis] = Registry("basis of reports", lambda basis: basis.name)


@dataclass(frozen=True)
class Answer:
    """A report and when it was computed; `version` 0: it was not kept."""

    report: Report
    values: Mapping[str, Any]
    version: int
    computed_ms: int
    seconds: float


def answer(brand: BrandRow, name: str, given: Mapping[str, Any], *, version: int | None = None) -> Answer:
    """The report of those parameters: as kept where it still holds, else computed and kept.

    `version` asks for an earlier one. Raises as `running.run` does, and NotFound for a version not kept.
    """
    values = running.values_of(name, given)
    key = _key(values)
    rows = StoredReport.objects.filter(brand_id=brand.pk, name=name, key=key).order_by("-version")
    if version is not None:
        row = rows.filter(version=version).first()
        if row is None:
            raise NotFound(say("Version %(n)s of this report is not kept.", n=version))
        return _answer(row, values)
    basis = _basis(brand)
    newest = rows.first()
    if basis and newest is not None and newest.basis == basis:
        return _answer(newest, values)
    began = time.perf_counter()
    report = running.compute(brand, name, values)
    seconds = time.perf_counter() - began
    if not basis or _basis(brand) != basis:  # no lake yet, or it moved on meanwhile
        return Answer(report, values, 0, 0, seconds)
    row = StoredReport(brand_id=brand.pk, name=name, key=key, basis=basis, parameters=_plain(values))
    row.body, row.seconds = pack(report), seconds
    return _answer(_keep(row), values)


def versions(brand_id: int, name: str, values: Mapping[str, Any]) -> list[tuple[int, int]]:
    """The kept versions of a report with these parameters: (version, computed_ms), the newest first."""
    rows = StoredReport.objects.filter(brand_id=brand_id, name=name, key=_key(values))
    return list(rows.order_by("-version").values_list("version", "computed_ms"))


def _keep(row: StoredReport) -> StoredReport:
    rows = StoredReport.objects.filter(brand_id=row.brand_id, name=row.name, key=row.key)
    row.version = (rows.order_by("-version").values_list("version", flat=True).first() or 0) + 1
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            rows.filter(version__lte=row.version - VERSIONS_KEPT).delete()
    except IntegrityError:  # somebody else computed the same at once
        return rows.order_by("-version")[:1].get()
    return row


def _basis(brand: BrandRow) -> str:
    """What reports are computed from, as a short text; "" where there is no lake yet."""
    lake = warehouse.version(brand)
    if not lake:
        return ""
    parts = [f"{FORMAT}", lake, f"{assumptions.of(brand.pk).version}"]
    parts += [f"{basis.name}={basis.state(brand.pk)}" for basis in bases]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _key(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(_plain(values), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(values: Mapping[str, Any]) -> Any:
    return orjson.loads(orjson.dumps(dict(values), option=orjson.OPT_NON_STR_KEYS))


def _answer(row: StoredReport, values: Mapping[str, Any]) -> Answer:
    return Answer(unpack(bytes(row.body)), values, row.version, row.computed_ms, row.seconds)


def pack(report: Report) -> bytes:
    """The report as compressed JSON, its sentences still able to be said in another language."""
    return zlib.compress(orjson.dumps(_packed(report), option=orjson.OPT_NON_STR_KEYS), 1)


def unpack(body: bytes) -> Report:
    """The inverse of `pack`."""
    kept = {name: _unpacked(value) for name, value in orjson.loads(zlib.decompress(body)).items()}
    graphs = [
        replace(one, kind=Drawn(one.kind), lines=_each(Line, one.lines), flows=_each(Flow, one.flows))
        for one in _each(Graph, kept.pop("graphs"))
    ]
    columns, figures = _each(Column, kept.pop("columns")), _each(KeyFigure, kept.pop("figures"))
    return Report(columns=columns, figures=figures, graphs=graphs, **kept)


def _each(kind: Any, rows: Sequence[Any]) -> list[Any]:
    typed = [{**row, "unit": Unit(row["unit"])} if "unit" in row else row for row in rows]
    return [kind(**row) for row in typed]


_WORDING: Final = "\u0000say"  # no report has a value of that name


def _packed(value: Any) -> Any:
    if isinstance(value, Wording):
        return {_WORDING: packed(value)}
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _packed(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {name: _packed(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_packed(part) for part in value]
    return value


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        if _WORDING in value:
            return unpacked(value[_WORDING])
        return {name: _unpacked(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_unpacked(part) for part in value]
    return value
