from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from guanxi.cli import main as cli
from guanxi.platform.models import User
from tests.cli.running import guanxi, initialise


def test_init_makes_everything_privately_and_only_once(tmp_path: Path) -> None:
    home = tmp_path / "data"
    first = guanxi(home, "init", "--json")
    assert first.returncode == 0, first.stderr
    assert first.stdout.count("\n") == 1
    made = orjson.loads(first.stdout)
    assert made["made"] == ["folder", "secret key", "database", "master key", "brand", "owner"]
    assert (made["brand"], made["user"], len(made["password"])) == ("default", "owner", 16)
    assert home.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in home.iterdir() if path.stat().st_mode & 0o077} == set()

    keys = (home / "master.key").read_text(), (home / "secret.key").read_text()
    again = guanxi(home, "init")
    assert again.returncode == 0
    assert "nothing was changed" in again.stderr
    assert keys == ((home / "master.key").read_text(), (home / "secret.key").read_text())
    assert orjson.loads(guanxi(home, "init", "--json").stdout)["password"] is None


def test_init_takes_names_and_a_password(tmp_path: Path) -> None:
    home = tmp_path / "data"
    words = ["--user", "mei", "--password-stdin", "--brand-name", "兰花", "--brand-slug", "lanhua", "--json"]
    done = guanxi(home, "init", *words, given="a-long-enough-secret\n")
    made = orjson.loads(done.stdout)
    assert (made["user"], made["brand"], made["password"]) == ("mei", "lanhua", "")
    assert "a-long-enough-secret" not in done.stdout + done.stderr


def test_a_weak_password_is_refused_and_init_can_go_on(tmp_path: Path) -> None:
    refused = guanxi(tmp_path / "data", "init", "--password-stdin", "--json", given="short\n")
    assert refused.returncode == 2
    assert orjson.loads(refused.stdout)["error"]["code"] == "invalid"
    assert guanxi(tmp_path / "data", "init").returncode == 0


def test_init_never_makes_a_new_key_over_old_data(tmp_path: Path) -> None:
    home = tmp_path / "data"
    initialise(home)
    (home / "master.key").unlink()
    lost = guanxi(home, "init", "--json")
    assert lost.returncode == 8
    assert orjson.loads(lost.stdout)["error"]["code"] == "key_missing"
    assert "backup" in lost.stderr
    assert not (home / "master.key").exists()


def test_a_key_of_the_environment_is_used(tmp_path: Path) -> None:
    home = tmp_path / "data"
    key = "dGVzdC1tYXN0ZXIta2V5LW9mLTMyLWJ5dGVzLS0tLSE="
    assert guanxi(home, "init", GUANXI_MASTER_KEY=key).returncode == 0
    assert not (home / "master.key").exists()
    other = "b3RoZXItbWFzdGVyLWtleS1vZi0zMi1ieXRlcy0tLSE="
    wrong = guanxi(home, "init", "--json", GUANXI_MASTER_KEY=other)
    assert orjson.loads(wrong.stdout)["error"]["code"] == "key_wrong"


@pytest.mark.parametrize("words", [["brand", "list"], ["up"], ["user", "list", "--json"]])
def test_commands_say_to_init_first_and_make_nothing(tmp_path: Path, words: list[str]) -> None:
    done = guanxi(tmp_path / "data", *words)
    assert done.returncode == 8
    assert "guanxi init" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.fixture
def run(db: None, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Run a command in this process, on the test's database; its exit code and its JSON."""

    def run_here(*words: str) -> tuple[int, dict[str, Any]]:
        code = cli.run([*words, "--json"])
        return code, orjson.loads(capsys.readouterr().out)

    return run_here


def test_people_and_brands_are_added(run: Callable[..., tuple[int, dict[str, Any]]]) -> None:
    run("brand", "add", "--name", "兰花", "--slug", "lanhua")
    words = ["--name", "梅", "--slug", "mei", "--currency", "USD", "--timezone", "Asia/Tokyo"]
    mei = {
        "brand": "mei",
        "name": "梅",
        "currency": "USD",
        "timezone": "Asia/Tokyo",
        "default": False,
        "sandbox": False,
    }
    assert run("brand", "add", *words) == (0, mei)
    assert run("brand", "add", *words)[0] == 6
    assert [row["brand"] for row in run("brand", "list")[1]["brands"]] == ["lanhua", "mei"]

    code, added = run("user", "add", "Lei", "--role", "analyst", "--brand", "mei")
    assert (code, added["user"], added["brand"], added["role"]) == (0, "lei", "mei", "analyst")
    users = run("user", "list", "--brand", "mei")[1]["users"]
    assert users == [{"user": "lei", "name": "", "role": "analyst", "active": True}]
    assert run("user", "add", "wang", "--role", "king")[0] == 2
    assert User.objects.count() == 1  # a refused role leaves no user behind
    changed = run("user", "password", "lei")[1]
    assert changed["password"] != added["password"]
    assert User.objects.get().check_password(changed["password"])

    code, missing = run("user", "list", "--brand", "nobody")
    assert (code, missing["error"]["brands"]) == (4, ["lanhua", "mei"])
