"""docs/guide/conditions.md says what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from guanxi.kernel.conditions import LEAVES, dump, parse, sentence
from guanxi.platform.language import tongue

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "conditions.md"


def section(name: str) -> str:
    found = re.search(rf"^### `{re.escape(name)}`.*?(?=^##)", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    return found[0] if found else ""


@pytest.mark.parametrize("name", LEAVES.names())
def test_every_leaf_is_documented(name: str) -> None:
    leaf, text = LEAVES[name], section(name)
    assert leaf.label_zh in text
    assert leaf.doc in text
    for param in leaf.params:
        assert f"| `{param.name}` | {param.type.value} |" in text
        assert param.doc in text
    assert "```json" in text


def test_every_documented_leaf_exists() -> None:
    names = re.findall(r"^### `([\w.]+)`", GUIDE.read_text(encoding="utf-8"), re.M)
    assert set(names) == set(LEAVES.names())


@pytest.mark.django_db  # segments are said by their names
@pytest.mark.parametrize("example", re.findall(r"```json\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S))
def test_every_example_parses_and_can_be_said(example: str) -> None:
    condition = parse(json.loads(example))
    assert parse(dump(condition)) == condition
    english, chinese = sentence(condition, tongue("en")), sentence(condition, tongue("zh-hans"))
    assert english != chinese
    assert not re.search("[a-z]{4,} [a-z]{3,}", chinese)


def test_the_first_example_reads_as_it_is_written() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    condition = parse(json.loads(re.findall(r"```json\n(.*?)```", text, re.S)[0]))
    assert f"{sentence(condition, tongue('en'))} · {sentence(condition, tongue('zh-hans'))}" in text
