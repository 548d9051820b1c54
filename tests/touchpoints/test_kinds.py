"""The kinds of facts are documented, each field of them."""

from __future__ import annotations

import re
from pathlib import Path

from guanxi.touchpoints.kinds import ITEM_FIELDS, KINDS

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "kinds.md"


def sections() -> dict[str, str]:
    parts = re.split(r"^## (.+)$", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def documented(section: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE))


def test_every_kind_and_field_is_documented() -> None:
    found = sections()
    assert set(found) == {*KINDS.names(), "An order line"}
    for kind in KINDS:
        assert documented(found[kind.name]) == {field.name for field in kind.fields}
        assert kind.label_zh in found[kind.name]
    assert documented(found["An order line"]) == set(ITEM_FIELDS)
