"""Which importer a table is for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.touchpoints.importing import reading
from guanxi.touchpoints.importing.contracts import MOST_NAMED, Detection, Importer, Options, Plan, Table
from guanxi.touchpoints.importing.formats import IMPORTERS
from guanxi.touchpoints.importing.reading.opening import FileTable
from guanxi.touchpoints.importing.reading.sources import Opener


@lru_cache(maxsize=1)
def known_headers() -> frozenset[str]:
    """Every header that some importer knows, in normal form."""
    return frozenset().union(*(importer.headers for importer in IMPORTERS))


def open_tables(
    source: Path | str | BinaryIO | Opener,
    filename: str | None = None,
    *,
    sheet: str | None = None,
    header: int | None = None,
    encoding: str | None = None,
) -> list[FileTable]:
    """`reading.open_tables` that finds headers by what the importers know."""
    return reading.open_tables(
        source, filename, sheet=sheet, header=header, encoding=encoding, known=known_headers()
    )


def detect(table: Table) -> list[Detection]:
    """The importers that may be meant, best first; empty where none is."""
    found = [Detection(importer, importer.detects(table.names)) for importer in IMPORTERS]
    return sorted((one for one in found if one.score > 0), key=lambda one: -one.score)


def choose(table: Table, name: str | None = None) -> Importer:
    """The importer called `name`, or the one that fits best. Raises Invalid, saying what was found and
    needed."""
    if name:
        importer = IMPORTERS.get(name)
        if importer is None:
            raise Invalid(
                say("There is no importer '%(name)s'.", name=name),
                remedy=say("There are: %(names)s.", names=", ".join(IMPORTERS.names())),
            )
        return importer
    ranked = detect(table)
    if ranked:
        return ranked[0].importer
    columns = (
        ", ".join(table.names[:40])
        if table.header_line is not None
        else say("%(count)s, without a header", count=len(table.names))
    )
    raise Invalid(
        say(
            "'%(name)s' is no kind of file that is known here. Its columns: %(columns)s.",
            name=table.name,
            columns=columns,
        ),
        remedy=say(
            "Say what it is and which column holds what, for example: %(example)s.",
            example="--as orders --map customer=1 --map date=2 --map amount=3",
        ),
        columns=table.names[:MOST_NAMED],
        importers=IMPORTERS.names(),
    )


def plan(table: Table, importer: Importer | str | None = None, options: Options | None = None) -> Plan:
    """The importer's plan for this table. Raises Invalid where columns are missing."""
    chosen = choose(table, importer) if importer is None or isinstance(importer, str) else importer
    return chosen.plan(table, options or Options())
