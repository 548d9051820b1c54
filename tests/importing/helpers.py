"""What tests of importers share: write a file, see what is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from guanxi.touchpoints.contracts import Fact
from guanxi.touchpoints.importing import detect, grouping
from guanxi.touchpoints.importing.contracts import Options, RowReject
from guanxi.touchpoints.importing.mapping import parse_map


class Understood(NamedTuple):
    """A file as it was understood."""

    importers: list[str]
    facts: list[Fact]
    rejects: list[RowReject]
    rows: int
    unstated_refunds: int = 0

    @property
    def codes(self) -> list[tuple[int, str]]:
        return [(reject.line, reject.code) for reject in self.rejects]

    def kind(self, kind: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.kind == kind]


def understood(
    path: Path, importer: str | None = None, maps: Sequence[str] = (), **options: object
) -> Understood:
    """All tables of the file, by the importer named or detected."""
    seen = Understood([], [], [], 0)
    given = Options(mapping=parse_map(maps), now_ms=1_700_000_000_000, **options)  # type: ignore[arg-type]  # by name
    for table in detect.open_tables(path):
        chosen = detect.choose(table, importer)
        plan = chosen.plan(table, given)
        seen.importers.append(chosen.name)
        for chunk in grouping.iter_facts(table, plan, chunk_rows=given.chunk_rows):
            seen.facts.extend(chunk.facts)
            seen.rejects.extend(chunk.rejects)
            seen = seen._replace(
                rows=seen.rows + chunk.rows_read,
                unstated_refunds=seen.unstated_refunds + chunk.unstated_refunds,
            )
    return seen


def facts_of(
    path: Path, importer: str | None = None, maps: Sequence[str] = (), **options: object
) -> list[Fact]:
    return understood(path, importer, maps, **options).facts


def write(
    path: Path, rows: Sequence[Sequence[str]], *, encoding: str = "utf-8", delimiter: str = ","
) -> Path:
    """A CSV as most programs write it."""
    import csv

    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path
