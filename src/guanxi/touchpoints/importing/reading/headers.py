"""Which row is the header. Exports put notices above it; some files have none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from unicodedata import normalize

LOOK_AT = 30

_DATA = re.compile(
    r"""[+\-]?[¥￥$]?[\d,]*\.?\d+(e[+\-]?\d+)?%?        # numbers, money, ids
      | \d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}.*)?           # dates
      | \d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}.*
      | 1\d{0,4}[*＊]{2,}\d{0,6}                          # masked phones
      | [^@\s]+@[^@\s]+\.\w+ """,
    re.VERBOSE | re.IGNORECASE,
)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_GAPS = re.compile(r"[\s_]+")
_UNITS = re.compile(r"[(\[【](元|¥|￥|rmb|cny|yuan|件|个|单位.{0,3})[)\]】]$")


@lru_cache(maxsize=4096)
def normal_name(name: str) -> str:
    """A header as it is compared: no wrappers, spaces, case, full-width forms, nor a unit in brackets."""
    text = normalize("NFKC", name).translate(_INVISIBLE).strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    text = _GAPS.sub("", text.strip("'\"*﹡ ")).casefold()
    return _UNITS.sub("", text)


def find_header(rows: Sequence[Sequence[str]], known: Collection[str]) -> int | None:
    """The index of the header among a table's first rows, or None where the first row is data already.

    The row with most names that importers know (`known`, in normal form) wins, if it has two (one in a narrow
    table); else the first row that is as wide as the table and holds nothing but distinct labels.
    """
    rows = rows[:LOOK_AT]
    if not rows:
        return None
    matches = [len({normal_name(cell) for cell in cells if len(cell) <= 60} & set(known)) for cells in rows]
    best = max(matches)
    width = _width(rows)
    if best >= 2 or (best == 1 and width <= 3):
        at = matches.index(best)
        if _filled(rows[at]) * 2 > len(rows[at]) or best >= 3:
            return at
    for at, cells in enumerate(rows):
        filled = _filled(cells)
        if filled >= width * 0.6:
            return at if _are_labels(cells) and (filled > 2 or filled == len(trimmed(cells))) else None
    return None


def trimmed(cells: Sequence[str]) -> Sequence[str]:
    """A header without the empty cells at its end, which spreadsheets leave."""
    count = len(cells)
    while count > 1 and not cells[count - 1].strip():
        count -= 1
    return cells[:count]


def _width(rows: Sequence[Sequence[str]]) -> int:
    counts = Counter(_filled(cells) for cells in rows)
    return max(counts.items(), key=lambda item: (item[1], item[0]))[0]


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _are_labels(cells: Sequence[str]) -> bool:
    texts = [cell.strip() for cell in cells if cell.strip()]
    return all(len(text) <= 60 and not _DATA.fullmatch(text) for text in texts) and len(set(texts)) * 2 > len(
        texts
    )


def unique_names(cells: Sequence[str]) -> list[str]:
    """Header names, cleaned and made unique: "分销员", "分销员#2"; an empty one is called by its number."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = normalize("NFKC", cell).translate(_INVISIBLE).strip()
        if name.startswith('="') and name.endswith('"'):
            name = name[2:-1]
        name = " ".join(name.strip("'\" ").split()) or f"#{number}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names
