"""`guanxi ledger`: looked at and changed by hand from a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from guanxi.cli import main as cli
from guanxi.customers.models import Customer, Subject
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.models import Brand

pytestmark = pytest.mark.django_db(transaction=True)
Command = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    with translation.override(None):
        yield


@pytest.fixture
def customer(transactional_db: None) -> str:
    brand = Brand.objects.create(slug="lanhua", name="兰花", is_default=True)
    assets.create(brand.pk, AssetRow(0, "points", "points", "积分"), actor=COMMAND_LINE)
    times = {"first_ms": 1, "last_ms": 1}
    one = Subject.objects.create(brand_id=brand.pk, scheme="tmall", key="ann", customer_id=0, **times)
    Subject.objects.filter(pk=one.pk).update(customer_id=one.pk)
    Customer.objects.create(pk=one.pk, brand_id=brand.pk, created_ms=1, **times)
    return str(one.pk)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> tuple[int, dict[str, Any]]:
        code = cli.run(["ledger", *words, "--json"])
        (said,) = capsys.readouterr().out.splitlines()
        return code, json.loads(said)

    return run


def test_a_balance_is_changed_once_and_seen_from_every_side(
    customer: str, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    give = ("adjust", customer, "points", "--units", "50", "--reason", "sorry", "--key", "k")
    code, told = command(*give, "--dry-run")
    assert (code, told["after"]["spendable"], told["state"]) == (0, 50, "nothing done")
    assert command(*give)[1]["state"] == "posted"
    code, told = command(*give)
    assert (code, told["state"]) == (0, "exists")
    code, told = command("adjust", customer, "points", "--units", "-51", "--reason", "oops")
    assert (code, told["error"]["reason"]) == (6, "insufficient")
    (points,) = command("assets")[1]["assets"]
    assert (points["held"], points["issued"]) == (50, 50)
    rows = command("accounts", "points", "--find", customer)[1]["accounts"]
    assert [(row["place"], row["balance"]) for row in rows] == [("wallet", 50)]
    account = str(rows[0]["id"])
    statement = command("statement", account)[1]
    (entry,) = statement["entries"]
    assert (entry["units"], entry["balance"], statement["closing"]) == (50, 50, 50)
    posting = command("show", str(entry["posting_id"]))[1]
    assert (posting["note"], posting["moves"][0]["units"]) == ("sorry", 50)
    assert command("statement", account, "--from", "soon")[0] == 2
    assert command("show", "4711")[0] == 4
    for words in (
        ("assets",),
        ("accounts", "points"),
        ("statement", account),
        ("show", str(entry["posting_id"])),
    ):
        assert cli.run(["ledger", *words]) == 0
        assert capsys.readouterr().out
