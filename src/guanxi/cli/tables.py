"""Small tables from files: CSV with a header, as spreadsheets save it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say

MOST_BYTES: Final = 64 * 1024 * 1024


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV by the names of its header, without empty ones; UTF-8 or GB 18030. Raises Invalid."""
    if path.stat().st_size > MOST_BYTES:
        raise Invalid(
            say("'%(name)s' is larger than %(most)s MiB.", name=path.name, most=MOST_BYTES >> 20),
            remedy=say("Split it."),
        )
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    if "\0" in text:
        raise Invalid(say("'%(name)s' is no CSV.", name=path.name), remedy=say("Save the sheet as CSV."))
    rows = csv.DictReader(io.StringIO(text, newline=""), restval="")
    try:
        found = [{(name or "").strip(): cell or "" for name, cell in row.items()} for row in _whole(rows)]
    except csv.Error as error:
        raise Invalid(say("'%(name)s' is no CSV: %(error)s.", name=path.name, error=error)) from None
    return [row for row in found if any(cell.strip() for cell in row.values())]


def _whole(rows: csv.DictReader[str]) -> list[dict[str, str]]:
    """Rows with as many cells as the header at most; more would belong to no column."""
    whole: list[dict[str, str]] = []
    for row in rows:
        if any(name is None for name in row):
            raise Invalid(say("Line %(line)s has more cells than the header.", line=rows.line_num))
        whole.append(row)
    return whole
