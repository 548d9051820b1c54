"""`guanxi import`, `imports` and `rates`, as people and scripts use them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guanxi.cli import main as cli
from guanxi.platform.models import Brand
from guanxi.touchpoints.models import Import, Touchpoint
from tests.touchpoints.orders import order, write_orders

pytestmark = pytest.mark.django_db(transaction=True)

KEYS = [
    "rows",
    "recorded",
    "duplicates",
    "rejected",
    "customers_created",
    "customers_merged",
    "seconds",
    "report",
]
Command = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def brand() -> Brand:
    return Brand.objects.create(slug="lanhua", name="兰花", is_default=True)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> tuple[int, dict[str, Any]]:
        code = cli.run([*words, "--json"])
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 1
        return code, json.loads(lines[0])

    return run


def test_it_ends_with_one_object(command: Command, tmp_path: Path) -> None:
    path = write_orders(tmp_path / "orders.csv", [order(n) for n in range(10)])
    code, answer = command("import", str(path))
    assert code == 0
    assert list(answer) == KEYS
    assert [answer[name] for name in KEYS[:6]] == [10, 10, 0, 0, 10, 0]
    assert Path(answer["report"]).exists()


def test_rejected_rows_have_an_exit_code_of_their_own(command: Command, tmp_path: Path) -> None:
    path = write_orders(tmp_path / "orders.csv", [order(1), order(2, paid="?")])
    code, answer = command("import", str(path))
    assert (code, answer["rejected"]) == (3, 1)
    number = str(Import.objects.get().pk)
    assert command("imports", "list")[1]["imports"][0]["rejected"] == 1
    assert command("imports", "show", number)[1]["state"] == "done"
    target = tmp_path / "rejects.csv"
    assert command("imports", "rejects", number, "--out", str(target))[1]["rows"] == 1
    assert ",?," in target.read_text(encoding="utf-8-sig")
    assert command("imports", "cancel", number)[0] == 6
    assert command("imports", "show", "999")[0] == 4


def test_several_files_add_up(command: Command, tmp_path: Path) -> None:
    first = write_orders(tmp_path / "1.csv", [order(n) for n in range(5)])
    second = write_orders(tmp_path / "2.csv", [order(n) for n in range(3, 9)])
    code, answer = command("import", str(first), str(second))
    assert (code, answer["rows"], answer["recorded"], answer["duplicates"]) == (0, 11, 9, 2)
    assert len(answer["report"]) == 2


def test_a_dry_run_writes_nothing(command: Command, tmp_path: Path) -> None:
    path = write_orders(tmp_path / "orders.csv", [order(n) for n in range(5)])
    code, answer = command("import", str(path), "--dry-run")
    assert (code, answer["dry_run"], answer["rows"], answer["recorded"]) == (0, True, 5, 5)
    assert answer["first"][0]["kind"] == "order.paid"
    assert not Touchpoint.objects.exists()
    assert cli.run(["import", str(path), "--dry-run"]) == 0


def test_a_mapping_can_be_saved_and_used(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_text("0001 19970101  1 29.33\n0001 19970101  1 29.33\n0002 19970102  2 10.00\n")
    words = [word for pair in ("customer=1", "date=2", "quantity=3", "amount=4") for word in ("--map", pair)]
    saved = command("import", str(path), "--as", "orders", *words, "--save-mapping", "old shop")
    assert (saved[0], saved[1]["recorded"], saved[1]["customers_created"]) == (0, 3, 2)
    again = command("import", str(path), "--as", "orders", "--mapping", "old shop")
    assert (again[0], again[1]["recorded"], again[1]["duplicates"]) == (0, 0, 3)
    assert command("import", str(path), "--as", "orders", "--mapping", "none")[0] == 2


def test_mistakes_are_explained(command: Command, tmp_path: Path) -> None:
    code, answer = command("import", str(tmp_path / "absent.csv"))
    assert (code, answer["error"]["code"]) == (2, "invalid")
    path = write_orders(tmp_path / "orders.csv", [order(1)])
    assert command("import", str(path), "--as", "nothing")[0] == 2
    assert command("import", str(path), "--mode", "soon")[0] == 2
    assert command("import", str(path), "--map", "amount")[0] == 2
    assert command("import", str(path), "--brand", "none")[0] == 4


def test_people_see_a_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = write_orders(tmp_path / "orders.csv", [order(1), order(2, paid="?")])
    assert cli.run(["import", str(path)]) == 3
    shown = capsys.readouterr()
    assert "orders.csv" in shown.out
    assert "guanxi imports rejects" in shown.err
    assert cli.run(["imports", "list"]) == 0
    assert "done" in capsys.readouterr().out


def test_rates_convert_amounts(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "us.csv"
    path.write_text("customer,date,amount,currency\nann,2024-03-05,10.00,USD\n")
    words = [word for pair in ("customer=1", "date=2", "amount=3", "currency=4") for word in ("--map", pair)]
    refused = command("import", str(path), "--as", "orders", *words)
    assert (refused[0], refused[1]["rejected"]) == (3, 1)
    assert command("rates", "add", "usd", "2024-01-01", "7.1")[0] == 0
    assert command("rates", "list")[1]["rates"] == [
        {"currency": "USD", "from_day": "2024-01-01", "rate": "7.1"}
    ]
    assert command("import", str(path), "--as", "orders", *words)[1]["recorded"] == 1
    assert Touchpoint.objects.get().amount_fen == 7100


def test_currencies_without_decimals_keep_their_size(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "jp.csv"
    path.write_text("order,customer,date,amount,refund,currency\n1,ann,2024-03-05,1000,400,JPY\n")
    fields = ("order", "customer", "date", "amount", "refund", "currency")
    words = [word for field in fields for word in ("--map", f"{field}={field}")]
    assert command("rates", "add", "JPY", "2024-01-01", "0.05")[0] == 0
    assert command("import", str(path), "--as", "orders", *words)[1]["recorded"] == 2
    amounts = Touchpoint.objects.order_by("kind").values_list("kind", "amount_fen")
    assert list(amounts) == [("order.paid", 5000), ("order.refunded", 2000)]
