"""Finding an importer's columns in a table by their headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.touchpoints.importing.contracts import MOST_NAMED, Row, Table
from guanxi.touchpoints.importing.reading.headers import normal_name

Aliases = Mapping[str, tuple[str, ...]]
Found = dict[str, int]


@lru_cache(maxsize=4096)
def normal(name: str) -> str:
    return normal_name(name)


def normals(aliases: Aliases) -> frozenset[str]:
    """Every header that these fields may have, in normal form."""
    return frozenset(normal(name) for names in aliases.values() for name in names)


def locate(names: Sequence[str], aliases: Aliases) -> Found:
    """Field → column index. Of a field's aliases the first that occurs wins; of repeated columns the
    first."""
    at: dict[str, int] = {}
    for index, name in enumerate(names):
        at.setdefault(normal(name), index)
    found: Found = {}
    for field, options in aliases.items():
        present = [at[normal(option)] for option in options if normal(option) in at]
        if present:
            found[field] = present[0]
    return found


def require(
    table: Table, found: Mapping[str, int], needed: Sequence[tuple[str, ...]], aliases: Aliases
) -> None:
    """Raises Invalid, naming what is missing and what there is, where none of the fields of one of the groups
    was found."""
    missing = [
        "/".join(aliases[field][0] for field in group if field in aliases)
        for group in needed
        if not any(field in found for field in group)
    ]
    if missing:
        raise Invalid(
            say("'%(name)s' has no column %(missing)s.", name=table.name, missing=", ".join(missing)),
            remedy=say(
                "Its columns are: %(columns)s. Say --as orders or --as members, and --map field=column.",
                columns=", ".join(table.names[:MOST_NAMED]),
            ),
            missing=missing,
            columns=table.names[:MOST_NAMED],
        )


_EXACT_DIGITS = 15  # Excel's numbers have no more
_SURELY_ROUNDED = 6  # zeros: one file in a million


def refuse_rounded(table: Table, column: int) -> None:
    """Raises Invalid where all long order numbers end in zeros: Excel has saved them as numbers, so several
    orders have become one."""
    rows = {tuple(row.cells) for row in table.sample}
    cells = [cells[column].strip("\t '=\"") for cells in rows]
    long = [cell for cell in cells if len(cell) > _EXACT_DIGITS and cell.isdecimal()]
    zeros = "".join(cell[_EXACT_DIGITS:] for cell in long)
    if len(zeros) >= _SURELY_ROUNDED and not zeros.strip("0"):
        raise Invalid(
            say(
                "The order numbers of '%(name)s' were rounded: %(example)s.",
                name=table.name,
                example=max(long),
            ),
            remedy=say("Export the file again, and import it without opening and saving it in Excel."),
        )


def refuse_mapping(importer: str, mapping: Mapping[str, str]) -> None:
    """Raises Invalid where a mapping is given for a file that is understood by its own headers."""
    if mapping:
        raise Invalid(
            say("%(importer)s finds its columns by itself; a mapping changes nothing.", importer=importer),
            remedy=say("Leave --map out, or import the file with --as orders or --as members."),
        )


class Cells:
    """Some rows by column: a field that the table has not answers blanks."""

    def __init__(self, rows: Sequence[Row], found: Mapping[str, int]) -> None:
        self._columns = list(zip(*[row[1] for row in rows], strict=True))
        self._found = found
        self._blanks = ("",) * len(rows)

    def __getitem__(self, field: str) -> Sequence[str]:
        index = self._found.get(field)
        return self._blanks if index is None else self._columns[index]
