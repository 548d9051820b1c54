from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from guanxi.economics.contracts import Channel, CohortCell, Month, Overview

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "metrics.md"


@pytest.mark.parametrize("figures", [Overview, Month, CohortCell, Channel])
def test_every_figure_is_defined_in_the_guide(figures: type) -> None:
    text = GUIDE.read_text()
    undefined = [field.name for field in fields(figures) if f"`{field.name}`" not in text]
    assert not set(undefined) - {"month", "channel"}
