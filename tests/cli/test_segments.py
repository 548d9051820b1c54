"""`guanxi segments`: made from JSON, counted, explained, refreshed, exported."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from guanxi.cli import main as cli
from guanxi.customers.contracts import Identity
from guanxi.platform.models import AuditEntry, Brand
from guanxi.segments.models import Membership, Segment
from guanxi.touchpoints import services
from guanxi.touchpoints.contracts import Fact
from guanxi.warehouse.engines import close_all

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS = {"version": 1, "all": [{"leaf": "behaviour.did", "kinds": ["order.paid"]}]}
Command = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    yield
    close_all()


@pytest.fixture(autouse=True)
def log(transactional_db: None) -> None:
    brand = Brand.objects.create(slug="lanhua", name="兰花", is_default=True)
    who = (Identity("tmall", "tb_lilei"), Identity("phone", "+8613800138000"))
    services.record(brand.pk, "test", [Fact("order.paid", "1", 1_700_000_000_000, who, None, "tmall", 1200)])


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> tuple[int, dict[str, Any]]:
        code = cli.run(["segments", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def condition(tmp_path: Path) -> str:
    path = tmp_path / "condition.json"
    path.write_text(json.dumps(BUYERS), encoding="utf-8")
    return str(path)


def test_from_a_condition_to_its_members(command: Command, condition: str, tmp_path: Path) -> None:
    code, made = command("create", "buyers", condition)
    assert (code, made["version"], made["sentence_en"]) == (0, 1, "ordered")
    number = str(made["id"])
    refreshed = command("refresh")[1]
    assert [(one["entered"], one["drift"]) for one in refreshed["segments"]] == [(1, 0)]
    (row,) = command("list")[1]["segments"]
    assert (row["name"], row["size"], row["ready"]) == ("buyers", 1, True)
    customer = str(Membership.objects.get().customer_id)
    assert command("count", condition)[1]["count"] == 1
    explained = command("explain", number, customer)[1]
    assert (explained["member"], explained["explained"]["parts"][0]["holds"]) == (True, True)
    assert command("show", number)[1]["condition"] == BUYERS
    path = tmp_path / "out.csv"
    assert command("export", number, "--out", str(path), "--hash", "md5")[1]["rows"] == 1
    assert [len(line) for line in csv.reader(path.open(encoding="utf-8-sig"))] == [2, 2]
    assert path.stat().st_mode & 0o077 == 0
    assert AuditEntry.objects.get(action="segment.exported").actor == "cli"
    for words in (
        ["list"],
        ["show", number],
        ["count", condition],
        ["explain", number, customer],
        ["refresh"],
    ):
        assert cli.run(["segments", *words]) == 0


def test_drift_ends_with_its_exit_code(
    command: Command, condition: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command("create", "buyers", condition)
    command("refresh")
    Membership.objects.all().delete()
    with pytest.raises(SystemExit) as ended:
        command("refresh")
    assert ended.value.code == 6
    assert json.loads(capsys.readouterr().out)["drift"] == 1
    assert Membership.objects.count() == 1
    assert command("refresh")[1]["drift"] == 0


def test_changes_need_the_version_that_was_read(command: Command, condition: str) -> None:
    number = str(command("create", "buyers", condition)[1]["id"])
    assert command("save", number, "--name", "payers", "--version", "1")[1]["version"] == 2
    assert command("save", number, "--name", "again", "--version", "1")[0] == 6
    command("refresh")
    assert command("save", number, "--mode", "frozen")[1]["version"] == 3
    assert command("archive", number)[1]["state"] == "archived"
    assert command("list", "--archived")[1]["segments"][0]["name"] == "payers"
    assert command("archive", number, "--delete")[1]["state"] == "deleted"
    assert command("show", number)[0] == 4
    assert Segment.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not JSON"),
        ("[]", "JSON object"),
        ('{"version": 1, "all": [{"leaf": "nothing.like.it"}]}', "all[0].leaf"),
        (json.dumps({"any": [{"leaf": "behaviour.did", "kinds": ["order.paid"]}] * 5_000}), "leaves"),
    ],
)
def test_what_is_no_condition_is_refused_with_its_place(
    command: Command, tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(content, encoding="utf-8")
    code, answer = command("create", "wrong", str(path))
    assert (code, said in answer["error"]["message"]) == (2, True)
    assert command("count", str(tmp_path / "absent.json"))[0] == 2


def test_an_export_says_in_the_readers_language_what_to_do_with_it(
    command: Command,
    condition: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    number = str(command("create", "buyers", condition)[1]["id"])
    for language, words in (("zh_CN", ("行", "个人信息")), ("en", ("rows are in", "personal data"))):
        monkeypatch.setenv("GUANXI_LANGUAGE", language)
        given = ["export", number, "--out", str(tmp_path / "out.csv"), "--hash", "md5"]
        assert cli.run(["segments", *given]) == 0
        said = capsys.readouterr().err
        assert all(word in said for word in words)


def test_an_export_that_cannot_be_leaves_files_as_they_are(
    command: Command, condition: str, tmp_path: Path
) -> None:
    number = str(command("create", "buyers", condition)[1]["id"])
    path = tmp_path / "out.csv"
    path.write_text("of last week", encoding="utf-8")
    assert command("export", "999", "--out", str(path))[0] == 4
    assert command("export", number, "--out", str(path), "--hash", "rot13")[0] == 2
    assert path.read_text(encoding="utf-8") == "of last week"
    code, refused = command("export", number, "--out", str(tmp_path / "none" / "out.csv"))
    assert (code, "cannot be written" in refused["error"]["message"]) == (2, True)
    assert not AuditEntry.objects.filter(action="segment.exported").exists()
