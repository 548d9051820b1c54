"""`guanxi customers`: masked, found, merged and parted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from guanxi.cli import main as cli
from guanxi.customers.contracts import Identity, Person
from guanxi.platform.models import AuditEntry, Brand, VaultGram
from guanxi.touchpoints import services
from guanxi.touchpoints.contracts import Fact

pytestmark = pytest.mark.django_db

Command = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def log() -> None:
    brand = Brand.objects.create(slug="lanhua", name="兰花", is_default=True)
    facts = [
        Fact(
            "order.paid",
            "1",
            1_700_000_000_000,
            (Identity("tmall", "tb_lilei"), Identity("phone", "+8613800138000")),
            Person(name="李雷"),
            "tmall",
            1200,
        ),
        Fact("order.paid", "2", 1_700_000_100_000, (Identity("jd", "jd_hmm"),), None, "jd", 500),
    ]
    services.record(brand.pk, "test", facts)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> tuple[int, dict[str, Any]]:
        code = cli.run(["customers", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_customers_are_found_and_masked(command: Command) -> None:
    listed = command("list")[1]
    assert [row["revenue_fen"] for row in listed["customers"]] == [1200, 500]
    for text in ("13800138000", "138****8000", "****8000", "8000", "李雷", "tb_lilei"):
        (row,) = command("search", text)[1]["customers"]
        assert row["name"] == "李*"
        assert "phone:138****8000" in row["identities"]
    assert command("list", "--limit", "1")[1]["next"] == listed["customers"][0]["id"]
    assert cli.run(["customers", "list"]) == 0


def test_the_list_is_chosen_by_identities(command: Command) -> None:
    everybody = [row["id"] for row in command("list")[1]["customers"]]
    for words, expected in {
        ("--has", "phone"): everybody[:1],
        ("--lacks", "phone"): everybody[1:],
        ("--has", "jd", "--lacks", "phone"): everybody[1:],
        ("--has", "unionid"): [],
    }.items():
        assert [row["id"] for row in command("list", *words)[1]["customers"]] == expected
    code, fault = command("list", "--has", "fax")
    assert code == 2
    assert "fax" in fault["error"]["message"]


def test_one_is_shown_with_totals_and_touchpoints(command: Command) -> None:
    number = str(command("list")[1]["customers"][0]["id"])
    shown = command("show", number)[1]
    assert (shown["totals"]["orders"], shown["touchpoints"][0]["source_ref"]) == (1, "1")
    assert shown["name"] == "李*"
    assert not AuditEntry.objects.filter(action="customer.unmasked").exists()
    assert command("show", number, "--unmask")[1]["name"] == "李雷"
    assert AuditEntry.objects.filter(action="customer.unmasked", actor="cli").exists()
    assert command("show", "987654")[0] == 4
    assert cli.run(["customers", "show", number]) == 0


def test_merge_and_unmerge(command: Command) -> None:
    first, second = (row["id"] for row in command("list")[1]["customers"])
    assert command("merge", str(first), str(second))[1]["customer_id"] == first
    shown = command("show", str(second))[1]
    assert (shown["id"], shown["totals"]["orders"]) == (first, 2)
    parted = command("unmerge", str(first), str(second))[1]
    assert parted["customer_ids"] == [first, second]
    assert command("merge", str(first))[0] == 2


def test_old_data_is_found_by_phone_tails_once_reindexed(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    VaultGram.objects.all().delete()
    assert command("search", "8000")[1] == {"customers": [], "more": False}
    assert cli.run(["vault", "reindex", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["added"] == 3  # two of the name, one of the phone
    assert len(command("search", "8000")[1]["customers"]) == 1
