"""Commands speak the language of the terminal; programs read the same whoever starts them."""

from __future__ import annotations

import ast
from pathlib import Path

import orjson
import pytest
from typer import rich_utils
from typer._click import Context

from guanxi.cli import headings, reference, shared, speaking
from tests.cli.running import SOURCE, guanxi, initialise

CHINESE = {"LC_ALL": "zh_CN.UTF-8"}
# Words that stand where people read: `note("…")`, `line(f"…")`, `out.print("…")`, `Invalid("…")`.
SPOKEN = {"note", "line", "print", "Invalid", "NotFound", "Conflict", "Unavailable"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "data"
    initialise(folder)
    return folder


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "zh_TW"}, "zh-hans"),
        ({"LANG": "zh_CN.UTF-8", "GUANXI_LANGUAGE": "en"}, "en"),
        ({"LANG": "de_DE", "GUANXI_LANGUAGE": "ZH"}, "zh-hans"),
        ({}, "en"),
    ],
)
def test_the_terminal_says_its_language(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GUANXI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert shared.language() == language


def test_findings_tables_and_errors_are_in_chinese(home: Path) -> None:
    found = guanxi(home, "doctor", **CHINESE)
    assert "保险库" in found.stdout
    assert "请运行 `guanxi up`" in found.stdout
    assert "复购率" in guanxi(home, "report", "overview", **CHINESE).stdout
    assert "角色" in guanxi(home, "user", "list", **CHINESE).stdout
    missing = guanxi(home, "customers", "show", "99", **CHINESE)
    assert "错误：没有编号为 99 的客户。" in missing.stderr
    assert "Error: There is no customer 99." in guanxi(home, "customers", "show", "99", LC_ALL="C").stderr


@pytest.mark.parametrize("words", [("doctor",), ("customers", "show", "99"), ("brand", "list"), ("bogus",)])
def test_json_is_of_no_language(home: Path, words: tuple[str, ...]) -> None:
    chinese, english = (
        orjson.loads(guanxi(home, *words, "--json", LC_ALL=language).stdout)
        for language in ("zh_CN.UTF-8", "C")
    )
    for findings in (chinese.get("findings"), english.get("findings")):
        for finding in findings or []:
            finding.pop(
                "message" if finding["check"] in {"disk", "clock"} else "", None
            )  # figures of the moment
    assert chinese == english


def test_an_error_before_anything_is_set_up_is_told(tmp_path: Path) -> None:
    done = guanxi(tmp_path / "none", "init", "--password-stdin", given="\n", **CHINESE)
    assert done.returncode == 2
    assert "password" in done.stderr


def test_no_command_writes_english_past_the_catalogue() -> None:
    """A literal handed to what prints would be English for everybody."""
    found = []
    for path in sorted((SOURCE / "guanxi" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in SPOKEN:
                remedies = [keyword.value for keyword in node.keywords if keyword.arg == "remedy"]
                if any(_english(part) for told in (node.args[0], *remedies) for part in _alternatives(told)):
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []


def _alternatives(told: ast.expr) -> list[ast.expr]:
    """What may be said there: both sides of a choice, and the parts of a sum."""
    if isinstance(told, ast.IfExp):
        return [*_alternatives(told.body), *_alternatives(told.orelse)]
    if isinstance(told, ast.BinOp):
        return [*_alternatives(told.left), *_alternatives(told.right)]
    return [told]


def _english(told: ast.expr) -> bool:
    if isinstance(told, ast.Constant) and isinstance(told.value, str):
        return " " in told.value or told.value.endswith(".")
    return isinstance(told, ast.JoinedStr) and _words(told)


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _words(text: ast.JoinedStr) -> bool:
    parts = [str(part.value) for part in text.values if isinstance(part, ast.Constant)]
    return any(len(word) > 2 and word.isalpha() for part in parts for word in part.split())


def test_help_speaks_the_terminals_language(tmp_path: Path) -> None:
    """Before anything is initialised; a folder that help makes would be a surprise."""
    asked = {
        ("--help",): ("人群：列表", "命令", "显示版本"),
        ("segments", "--help"): ("带手机号摘要",),
        ("fields", "set", "--help"): ("字段的名称", "选项", "参数", "[必填]", "显示此说明后退出"),
        ("imports", "rejects", "--help"): ("明文",),
        ("init", "--help"): ("重复运行", "[默认：owner]"),
    }
    for words, said in asked.items():
        page = guanxi(tmp_path / "none", *words, **CHINESE).stdout
        assert [one for one in said if one not in page] == []
        english = guanxi(tmp_path / "none", *words, LC_ALL="C").stdout
        assert [letter for letter in english if "\u4e00" <= letter <= "\u9fff" and letter not in "关系"] == []
    assert not (tmp_path / "none").exists()


def test_every_help_has_its_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_LANGUAGE", "zh")
    for name in speaking.WORDS:
        monkeypatch.setattr(rich_utils, name, getattr(rich_utils, name))  # put back afterwards
    for words, command in reference.commands():
        context = Context(command)
        before = {one.name: getattr(one, "help", None) for one in command.get_params(context)}
        speaking.translate(command, context)
        assert _chinese(command.help), words
        for one in command.get_params(context):
            if (text := getattr(one, "help", None)) and len(before[one.name].split()) > 2:
                assert _chinese(text), (words, one.name)


def _chinese(text: str | None) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text or "")


def test_every_field_that_a_table_names_has_a_word() -> None:
    for path in sorted((SOURCE / "guanxi" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in {"table", "heading"}:
                named = [a.value for a in node.args if isinstance(a, ast.Constant)]
                assert set(named) <= set(headings.WORDS), f"{path.name}:{node.lineno}"
