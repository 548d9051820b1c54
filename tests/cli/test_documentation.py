"""The guide's lists of settings and commands are complete and true."""

from __future__ import annotations

import re
from pathlib import Path

from guanxi.cli import reference
from guanxi.platform import keys

ROOT = Path(__file__).resolve().parents[2]
READING = re.compile(
    r'(?:environ(?:\.get)?[\[(]|environ\.setdefault\(|\b(?:number|flag|words|one_of|secret_from)\(|envvar=)\s*"([A-Z_]+)"'
)


def read_in_the_source() -> set[str]:
    sources = (ROOT / "src" / "guanxi").rglob("*.py")
    return {name for path in sources for name in READING.findall(path.read_text(encoding="utf-8"))} | {
        keys.VARIABLE
    }


def documented() -> set[str]:
    rows = re.findall(
        r"^\| (`[^|]*`) \|", (ROOT / "docs/guide/settings.md").read_text(encoding="utf-8"), re.M
    )
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def test_every_environment_variable_is_documented_and_every_documented_one_exists() -> None:
    assert read_in_the_source() - documented() == set(), "add these to docs/guide/settings.md"
    assert documented() - read_in_the_source() - {"GUANXI_PARENT"} == set(), (
        "docs/guide/settings.md has too many"
    )


def test_the_reference_of_commands_is_what_the_commands_say() -> None:
    page = (ROOT / "docs/guide/commands.md").read_text(encoding="utf-8")
    assert page == reference.render(), (
        "run: PYTHONPATH=src python -m guanxi.cli.reference > docs/guide/commands.md"
    )
