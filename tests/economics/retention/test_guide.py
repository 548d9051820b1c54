"""Every column of these reports is defined in the guide."""

from __future__ import annotations

from pathlib import Path

import pytest

from guanxi.economics.reporting import Column
from guanxi.economics.retention import columns

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "retention.md"


@pytest.mark.database_free
@pytest.mark.parametrize(
    ("report", "told"),
    [
        ("cohorts", columns.COHORTS),
        ("repeat", columns.REPEAT),
        ("rfm", columns.RFM),
        ("alive", columns.ALIVE),
    ],
)
def test_every_column_is_defined(report: str, told: tuple[Column, ...]) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    section = text.partition(f"`guanxi report {report}`)")[2].partition("\n## ")[0]
    assert not [column.name for column in told if f"`{column.name}`" not in section]
