from __future__ import annotations

from importlib.util import find_spec

import orjson
import pytest

from guanxi.cli import main as cli
from guanxi.cli import shared
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from tests.cli.running import python

EXISTING = [name for name, entry in cli.COMMANDS.items() if find_spec(entry.module)]


def test_help_loads_neither_django_nor_any_command() -> None:
    script = (
        "import sys; from guanxi.cli.main import run; code = run(['--help']); "
        "assert code == 0 and 'django' not in sys.modules and 'pyarrow' not in sys.modules, code"
    )
    done = python(script)
    assert done.returncode == 0, done.stderr
    assert "Usage: guanxi" in done.stdout


@pytest.mark.parametrize("name", EXISTING)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"guanxi {name}" in shown
    assert "--install-completion" not in shown


@pytest.mark.parametrize("name", EXISTING)
def test_command_modules_import_no_django_before_they_run(name: str) -> None:
    script = f"import sys, {cli.COMMANDS[name].module}; assert 'django' not in sys.modules"
    done = python(script)
    assert done.returncode == 0, done.stderr


def test_what_is_unknown_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["nonsense"]) == 2
    assert "No such command 'nonsense'" in capsys.readouterr().err
    assert cli.run(["nonsense", "--json"]) == 2
    assert orjson.loads(capsys.readouterr().out)["error"]["code"] == "invalid"


def test_an_error_says_what_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    error = NotFound("There is no brand 'x'.", remedy="Brands here: lanhua.", brands=["lanhua"])
    shared.report_error(error, json=True)
    shown = capsys.readouterr()
    assert "There is no brand 'x'." in shown.err
    assert "Brands here: lanhua." in shown.err
    assert shown.out.count("\n") == 1
    assert orjson.loads(shown.out) == {
        "error": {
            "code": "not_found",
            "message": "There is no brand 'x'.",
            "remedy": "Brands here: lanhua.",
            "brands": ["lanhua"],
        }
    }


def test_exit_codes_are_documented() -> None:
    documented = (cli.__doc__ or "").split()
    for error in (NotFound, Invalid, Conflict):
        assert str(error.exit_code) in documented
