"""A report in the terminal: what fits is readable, in the reader's language."""

from __future__ import annotations

import io

import pytest
from django.utils.translation import override
from rich.console import Console

from guanxi.cli import reporting
from guanxi.economics.reporting import Column, Report, Unit
from guanxi.kernel.wording import say


def printed(report: Report, width: int, monkeypatch: pytest.MonkeyPatch) -> str:
    written = io.StringIO()
    monkeypatch.setattr(reporting, "out", Console(file=written, width=width))
    reporting._print_rows(report, "CNY")
    return written.getvalue()


COLUMNS = [
    Column("channel", say("Channel"), say("Channel"), Unit.TEXT),
    *(Column(f"n{at}", say("Customers"), say("Customers"), Unit.FEN, detail=at == 0) for at in range(12)),
]
ROWS = [{"channel": "douyin", **{f"n{at}": 123_456_789 for at in range(12)}}]


def test_a_narrow_terminal_shows_whole_figures_of_as_many_columns_as_fit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(Report(COLUMNS, ROWS), 80, monkeypatch)
    assert "…" not in text
    assert 2 <= text.count("1,234,567.89") < 11
    assert "--csv" in capsys.readouterr().err
    assert printed(Report(COLUMNS, ROWS), 400, monkeypatch).count("1,234,567.89") == 12


def test_words_channels_and_units_are_in_the_readers_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    columns = [
        COLUMNS[0],
        Column("value", say("Here"), say("Here"), Unit.NUMBER, units={"share": Unit.SHARE}),
        Column("unit", say("Unit"), say("Unit"), Unit.TEXT, words={"share": say("share")}),
    ]
    report = Report(columns, [{"channel": "douyin", "value": 0.064, "unit": "share"}])
    with override("zh-hans"):
        text = printed(report, 80, monkeypatch)
    assert all(part in text for part in ("抖音", "6.4%", "占比"))
