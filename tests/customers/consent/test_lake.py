"""The ledger in the lake: what was said, by number, of whoever is neither erased nor frozen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guanxi.customers.consent.contracts import Statement
from guanxi.customers.consent.ledger import record
from guanxi.customers.rights.erasing import erase
from guanxi.customers.rights.freezing import freeze, unfreeze
from guanxi.platform.models import Brand
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse import services as lake
from tests.customers.world import brand, customer_of, resolved, seen

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))


def told(of: Brand) -> list[dict[str, Any]]:
    lake.sync(of)
    assert lake.verify(of).is_equal
    rows = warehouse.run(of, warehouse.tables()["consents"]).to_pylist()
    return sorted(rows, key=lambda row: row["id"])


def test_who_is_erased_or_frozen_has_no_statement_there() -> None:
    of = Brand.objects.get(pk=brand())
    resolved(of.pk, *(seen(f"tmall:{letter}", None, 0) for letter in "ab"))
    lan, ming = (customer_of(of.pk, f"tmall:{letter}") for letter in "ab")
    record(
        of.pk,
        [
            Statement(lan, "marketing", "given", "1", "page", "sms", 5, proof_ref="13800138000"),
            Statement(lan, "marketing", "withdrawn", "2", "file", at_ms=6),
            Statement(ming, "personalisation", "refused", "3", "page", at_ms=7),
        ],
        source="test",
        actor="user:1",
    )
    first, second, third = told(of)
    assert (first["subject_id"], first["said"], first["channel"], first["occurred_ms"]) == (
        lan,
        "given",
        "sms",
        5,
    )
    assert (first["basis"], first["first_hand"], first["speaks_for"]) == ("consent", 1, f",{lan},")
    assert (second["channel"], second["first_hand"], third["purpose"]) == (None, 0, "personalisation")
    assert "13800138000" not in str(first)
    freeze(of.pk, lan, actor="user:1", reason="disputed")
    assert [row["subject_id"] for row in told(of)] == [ming]
    unfreeze(of.pk, lan, actor="user:1", reason="settled")
    assert len(told(of)) == 3
    erase(of.pk, lan, actor="user:1", reason="asked by letter")
    assert [row["subject_id"] for row in told(of)] == [ming]
