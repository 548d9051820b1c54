"""Figures kept as long as they are true: by the version of the lake they were computed from.

In this process in memory; those of the overview also in a file of the lake, so that whoever looks first after
a sync, in whatever process, need not wait.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, Final

from guanxi.platform.home import home
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.contracts import BrandRow

Rows = list[dict[str, Any]]
MOST_KEPT: Final = 512

_kept: OrderedDict[tuple[str, str, str], Rows] = OrderedDict()
_lock = Lock()
_turns: dict[str, Lock] = {}


def figure(brand: BrandRow, name: str, compute: Callable[[], Rows]) -> Rows:
    """The rows of that name at the lake's present version, computed once for all who ask at once."""
    version = warehouse.version(brand)
    if not version:
        return compute()
    key = (str(_path(brand)), version, name)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
        turn = _turns.setdefault(f"{key[0]} {name}", Lock())
    with turn:
        with _lock:
            if key in _kept:
                return _kept[key]
        kept = _from_file(brand, version)
        rows = kept[name] if name in kept else compute()
        if name in kept or warehouse.version(brand) == version:  # else the lake moved on meanwhile
            _keep(key, rows)
        return rows


def keep_in_file(brand: BrandRow, version: str, figures: dict[str, Rows]) -> None:
    """Write the figures of that version, in place of any older version's."""
    path = _path(brand)
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps({"version": version, "figures": figures}))
    temporary.replace(path)


def forget() -> None:
    """Drop what this process keeps in memory."""
    with _lock:
        _kept.clear()


def _keep(key: tuple[str, str, str], rows: Rows) -> None:
    with _lock:
        _kept[key] = rows
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)


def _path(brand: BrandRow) -> Path:
    return home() / "lake" / brand.slug / "figures.json"


def _from_file(brand: BrandRow, version: str) -> dict[str, Rows]:
    try:
        content = json.loads(_path(brand).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    figures: dict[str, Rows] = content["figures"] if content.get("version") == version else {}
    return figures
