"""Exports state how much was given back so far: whatever is imported when, the sum is right."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest
from django.db.models import Sum

from guanxi.cli import main as cli
from guanxi.platform.models import Brand
from guanxi.touchpoints import queries
from guanxi.touchpoints.models import Touchpoint
from tests.touchpoints.orders import order, write_orders

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def brand() -> Brand:
    return Brand.objects.create(slug="lanhua", name="兰花", is_default=True)


def imported(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    """What `guanxi import` answers, with the report's count of smaller refunds."""
    assert cli.run(["import", str(path), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    report = json.loads(Path(answer["report"]).read_bytes())
    return {name: answer[name] for name in ("recorded", "duplicates")} | {
        "smaller": report["smaller_refunds"]
    }


def booked(kind: str = "order.refunded") -> int:
    return Touchpoint.objects.filter(kind=kind).aggregate(sum=Sum("amount_fen"))["sum"] or 0


@pytest.mark.parametrize("sequence", [*permutations(["jun", "jul"]), ("jun", "jun", "jul", "jul", "jun")])
def test_exports_of_two_months_in_any_order(
    sequence: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stated = {"jun": "30.00", "jul": "50.00"}
    files = {
        month: write_orders(tmp_path / f"{month}.csv", [order(1, paid="100.00", refund=refund), order(2)])
        for month, refund in stated.items()
    }
    for month in sequence:
        imported(files[month], capsys)
    assert booked() == 5_000
    assert booked("order.paid") == 10_000 + 1_002


def test_a_refund_that_shrinks_is_said_in_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = write_orders(tmp_path / "a.csv", [order(1, paid="100.00", refund="50.00")])
    less = write_orders(tmp_path / "b.csv", [order(1, paid="100.00", refund="20.00")])
    assert imported(more, capsys) == {"recorded": 2, "duplicates": 0, "smaller": 0}
    assert imported(less, capsys) == {"recorded": 0, "duplicates": 2, "smaller": 1}
    assert imported(more, capsys)["smaller"] == 0
    assert booked() == 5_000


def test_a_part_given_back_of_which_nobody_says_how_much_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "shop.csv"
    path.write_text("订单号,日期,金额,状态\n1,2024-03-05,90,部分退款\n2,2024-03-05,10,已完成\n")
    assert cli.run(["import", str(path)]) == 0
    assert "not how much: 1." in " ".join(capsys.readouterr().err.split())
    row = queries.recent_imports(Brand.objects.get().pk)[0]
    assert (row.remarks, booked(), booked("order.paid")) == (
        ["Orders that say a part was given back and not how much: 1. They count in full."],
        0,
        10_000,
    )
