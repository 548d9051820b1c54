"""The generic mapping: which column holds which field, said by people or suggested by the headers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.touchpoints.importing.contracts import MOST_NAMED, Suggestion, Table
from guanxi.touchpoints.importing.reading.headers import normal_name


@dataclass(frozen=True)
class Fields:
    """The fields of a kind of file, each with the headers it usually has; the first of them are surest."""

    kind: str
    names: Mapping[str, Sequence[str]]

    @cached_property
    def usual(self) -> dict[str, tuple[str, ...]]:
        """The usual headers of each field as they are compared."""
        return {field: tuple(map(normal_name, names)) for field, names in self.names.items()}

    @cached_property
    def headers(self) -> frozenset[str]:
        return frozenset(name for names in self.usual.values() for name in names)

    @cached_property
    def telling(self) -> re.Pattern[str]:
        """What a header of any of the fields contains."""
        return re.compile("|".join(map(re.escape, sorted(self.headers))))


VOCABULARY: dict[str, dict[str, list[str]]] = json.loads(
    files(__package__).joinpath("vocabulary.json").read_text(encoding="utf-8")
)
ORDER_FIELDS = Fields("orders", VOCABULARY["orders"])
MEMBER_FIELDS = Fields("members", VOCABULARY["members"])
SPEND_FIELDS = Fields("spend", VOCABULARY["spend"])
FOLLOWER_FIELDS = Fields("followers", VOCABULARY["followers"])

_MEANINGS = ("paid", "placed", "closed", "refunded")
SURE = 0.7  # the confidence from which a suggestion is followed without asking
FIELDS = {fields.kind: fields for fields in (ORDER_FIELDS, MEMBER_FIELDS, SPEND_FIELDS, FOLLOWER_FIELDS)}


def parse_map(pairs: Iterable[str]) -> dict[str, str]:
    """["customer=2", "date=下单时间"] → {"customer": "2", "date": "下单时间"}. Raises Invalid."""
    mapping: dict[str, str] = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        name = name.strip().lower()
        if not equals or not name or not column.strip():
            raise Invalid(
                say("'%(pair)s' does not say which column.", pair=pair),
                remedy=say("Write --map field=column."),
            )
        if name in mapping:
            raise Invalid(
                say("The field '%(name)s' is mapped twice.", name=name),
                remedy=say("Leave one of the two out."),
            )
        mapping[name] = column.strip()
    return mapping


def parse_statuses(pairs: Iterable[str]) -> dict[str, str]:
    """["待付尾款=placed"] → {"待付尾款": "placed"}: what a shop's own statuses mean. Raises Invalid."""
    meanings: dict[str, str] = {}
    for pair in pairs:
        text, _equals, meaning = pair.rpartition("=")
        meaning = meaning.strip().lower()
        if not text.strip() or meaning not in _MEANINGS:
            raise Invalid(
                say("'%(pair)s' does not say what a status means.", pair=pair),
                remedy=say(
                    "Write --status TEXT=MEANING with one of: %(states)s.", states=", ".join(_MEANINGS)
                ),
            )
        meanings[text.strip()] = meaning
    return meanings


def suggest(names: Sequence[str], fields: Fields) -> list[Suggestion]:
    """The fields that the headers seem to hold, each column and field at most once, surest first.

    An exact name counts 0.95, falling a little along the list of usual names; a header that contains a usual
    name of two or more Chinese characters (or six letters) counts 0.5.
    """
    options: list[tuple[float, str, str]] = []
    line_items = any(normal_name(column).startswith("lineitem") for column in names)
    for column in names:
        header = normal_name(column)
        if line_items and header == "name":  # Shopify's: an order is called "#1001" there
            header = "ordername"
        if not fields.telling.search(header):  # most columns of a wide file
            continue
        for name, usual in fields.usual.items():
            options.extend((score, name, column) for score in [_likeness(header, usual)] if score)
    options.sort(key=lambda option: -option[0])
    suggestions: list[Suggestion] = []
    taken: set[str] = set()
    for score, name, column in options:
        if name not in taken and column not in taken:
            suggestions.append(Suggestion(name, column, round(score, 2)))
            taken |= {name, column}
    return suggestions


def _likeness(header: str, usual: Sequence[str]) -> float:
    if header in usual:
        return 0.95 - 0.01 * min(usual.index(header), 20)
    for part in usual:
        if part in header and (len(part) >= 6 or (len(part) >= 2 and not part.isascii())):
            return 0.5
    return 0.0


def resolve(table: Table, mapping: Mapping[str, str], fields: Fields) -> dict[str, int]:
    """Field → column index: as mapped, or as suggested (`SURE` and above) where nothing is mapped at all.

    Raises Invalid for a field or a column that does not exist.
    """
    if not mapping:
        at = {name: index for index, name in enumerate(table.names)}
        return {s.field: at[s.column] for s in suggest(table.names, fields) if s.confidence >= SURE}
    return {name: _column(table, name, column, fields) for name, column in mapping.items()}


def _column(table: Table, name: str, column: str, fields: Fields) -> int:
    if name not in fields.names:
        raise Invalid(
            say("There is no field '%(name)s'.", name=name),
            remedy=say("The fields are: %(fields)s.", fields=", ".join(fields.names)),
        )
    wanted = normal_name(column)
    for index, existing in enumerate(table.names):
        if existing == column or normal_name(existing) == wanted:
            return index
    if column.isascii() and column.isdecimal() and 1 <= int(column) <= len(table.names):
        return int(column) - 1
    raise Invalid(
        say("'%(name)s' has no column '%(column)s'.", name=table.name, column=column),
        remedy=say(
            "Its %(count)s columns are: %(columns)s.",
            count=len(table.names),
            columns=", ".join(table.names[:MOST_NAMED]),
        ),
        columns=table.names[:MOST_NAMED],
    )
