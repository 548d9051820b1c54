"""A rule of a style sheet that is not closed swallows all that follow, and nothing else says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import guanxi.ui

SHEETS = sorted((Path(guanxi.ui.__file__).parent / "static" / "ui").glob("*.css"))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_rule_is_closed_before_the_next_section(sheet: Path) -> None:
    depth = 0
    for number, line in enumerate(sheet.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("/*"):
            assert depth == 0, f"line {number} stands within a rule that is not closed"
        bare = re.sub(r'/\*.*?\*/|"[^"]*"', "", line)
        depth += bare.count("{") - bare.count("}")
        assert depth >= 0, f"line {number} closes more than was opened"
    assert depth == 0
