"""`guanxi fields`: from JSON to a figure that conditions compare, and back."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from guanxi.cli import main as cli
from guanxi.platform.models import AuditEntry, Brand
from guanxi.segments import services
from guanxi.segments.models import ComputedField, Segment
from guanxi.warehouse.engines import close_all

pytestmark = pytest.mark.django_db(transaction=True)
SPEC = {
    "aggregate": "sum",
    "of": "net_fen",
    "kinds": ["order.paid", "order.refunded"],
    "within": {"days": 90},
}
LABELS = ("--label-zh", "近 90 天净消费", "--label-en", "Net in 90 days")
Command = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    with translation.override(None):
        yield
    close_all()


@pytest.fixture(autouse=True)
def brand(transactional_db: None) -> Brand:
    return Brand.objects.create(slug="lanhua", name="兰花", is_default=True)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> tuple[int, dict[str, Any]]:
        code = cli.run(["fields", *words, "--json"])
        (said,) = capsys.readouterr().out.splitlines()
        return code, json.loads(said)

    return run


def written(folder: Path, content: object) -> str:
    path = folder / "field.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def test_a_field_is_made_shown_changed_and_removed(command: Command, tmp_path: Path) -> None:
    assert command("list") == (0, {"fields": []})
    code, made = command("set", "net_90d", written(tmp_path, SPEC), *LABELS)
    assert (code, made["version"], made["spec"]) == (0, 1, SPEC)
    assert command("show", "net_90d") == (0, made)
    assert command("list") == (0, {"fields": [made]})
    changed = command("set", "net_90d", "--label-en", "Net")[1]
    assert changed == {**made, "version": 2, "label_en": "Net"}
    assert command("remove", "net_90d", "--version", "1")[0] == 6
    assert command("remove", "net_90d", "--version", "2") == (0, {"name": "net_90d", "removed": True})
    assert command("show", "net_90d")[0] == 4
    entries = AuditEntry.objects.filter(object_kind="computed")
    assert {(entry.actor, entry.action) for entry in entries} == {
        ("cli", "computed.defined"),
        ("cli", "computed.removed"),
    }


def test_what_is_shown_can_be_given_back_once(command: Command, tmp_path: Path) -> None:
    """Its version comes with it, so that nobody writes over what they have not seen."""
    shown = command("set", "net_90d", written(tmp_path, SPEC), *LABELS)[1]
    given = written(tmp_path, shown | {"description": "for the spring offer"})
    assert command("set", "net_90d", given)[1]["version"] == 2
    code, refused = command("set", "net_90d", given)
    assert (code, refused["error"]["code"]) == (6, "conflict")
    copied = command("set", "copy", given)[1]
    assert (copied["version"], copied["description"]) == (1, "for the spring offer")


def test_standard_input_is_read(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(SPEC).encode())))
    assert command("set", "net_90d", "-", *LABELS)[1]["spec"] == SPEC


def test_a_field_in_use_stays_and_says_by_whom(command: Command, brand: Brand, tmp_path: Path) -> None:
    command("set", "net_90d", written(tmp_path, SPEC), *LABELS)
    rich = {"leaf": "computed.is", "field": "net_90d", "at_least": 50_000}
    number = services.create(brand, "Rich", rich, actor="cli")
    code, refused = command("remove", "net_90d")
    assert (code, refused["error"]["used_by"]) == (
        6,
        [{"kind": "segment", "id": number, "name": "Rich", "tag": None}],
    )
    assert command("set", "net_90d", written(tmp_path, {**SPEC, "within": {"days": 30}}))[0] == 0
    assert Segment.objects.get(pk=number).condition_version == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not JSON"),
        ("[]", "JSON object"),
        (" " * 300_000, "KiB"),
        ({**SPEC, "kinds": ["order.gone"]}, "kinds[0]"),
        ({**SPEC, "median": True}, "no part 'median'"),
        ({**SPEC, "aggregate": "median"}, "computed field counts"),
        ({"spec": [], "label_zh": "a"}, "no field"),
        ({"spec": SPEC, "label_zh": 7}, "no field"),
    ],
)
def test_what_is_no_field_is_refused(command: Command, tmp_path: Path, content: object, said: str) -> None:
    code, answer = command("set", "wrong", written(tmp_path, content), *LABELS)
    assert (code, said in answer["error"]["message"]) == (2, True), answer
    assert not ComputedField.objects.exists()


def test_what_is_missing_is_named(command: Command, tmp_path: Path) -> None:
    path = written(tmp_path, SPEC)
    assert "FILE, --label-zh, --label-en" in command("set", "net_90d")[1]["error"]["message"]
    assert command("set", "net_90d", path, *LABELS[:2])[1]["error"]["message"].endswith("needs: --label-en.")
    assert command("set", "net_90d", path, *LABELS, "--version", "1")[0] == 4
    assert command("set", "Net 90", path, *LABELS)[0] == 2
    assert command("set", "net_90d", str(tmp_path / "absent.json"), *LABELS)[0] == 2
    assert command("set", "net_90d", str(tmp_path), *LABELS)[0] == 2
    assert command("remove", "net_90d")[0] == 4
    assert not ComputedField.objects.exists()


@pytest.mark.parametrize(("language", "words"), [("zh_CN", "近 90 天内"), ("en", "in the last 90 days")])
def test_people_read_it_in_their_language(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: str,
    words: str,
) -> None:
    monkeypatch.setenv("GUANXI_LANGUAGE", language)
    set_it = ["fields", "set", "net_90d", written(tmp_path, SPEC), *LABELS, "--description", "[b]bold[/b]"]
    for line in (set_it, ["fields", "show", "net_90d"], ["fields", "list"]):
        assert cli.run(line) == 0
        assert words[:2] in capsys.readouterr().out
    assert cli.run(["fields", "show", "net_90d"]) == 0
    said = capsys.readouterr().out
    assert words in " ".join(said.split())
    assert "[b]bold[/b]" in said
    assert cli.run(["fields", "remove", "net_90d"]) == 0
    assert cli.run(["fields", "list"]) == 0
    assert ("还没有计算字段" if language == "zh_CN" else "no computed fields yet") in capsys.readouterr().err
