"""The demo: one command from nothing to a brand, and harmless when it is run again."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

from tests.cli.running import guanxi


def customers_without_identity(home: Path) -> int:
    """Rows of Youzan's customer list whose only identity is masked: they are rejected, and say why."""
    with gzip.open(home / "demo/files/truth/records.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        return sum(row["kind"] == "customer" and not row["identities"] for row in csv.DictReader(stream))


def test_a_demo_is_built_once_and_adds_up(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = guanxi(home, "demo", "--customers", "200", "--no-serve", "--json")
    assert first.returncode == 0, first.stderr
    built = json.loads(first.stdout)
    assert built["recorded"] > 200
    assert built["rejected"] == customers_without_identity(home)
    assert len(built["password"]) >= 12

    again = json.loads(guanxi(home, "demo", "--customers", "200", "--no-serve", "--json").stdout)
    assert (again["rows"], again["recorded"]) == (0, 0)
    assert again["password"] == built["password"]

    expected = json.loads((home / "demo/files/truth/summary.json").read_text(encoding="utf-8"))
    overview = json.loads(guanxi(home, "report", "overview", "--json").stdout)
    names = ("orders", "revenue_fen", "refunds_fen")
    assert {name: overview[name] for name in names} == {name: expected[name] for name in names}
    assert overview["last"] <= expected["until"]


def test_a_demo_of_other_people_is_refused(tmp_path: Path) -> None:
    demo = tmp_path / "home" / "demo"
    demo.mkdir(parents=True)
    (demo / "built-with.json").write_text(
        '{"customers": 300, "seed": 1, "until": "2026-10-31"}', encoding="ascii"
    )
    refused = guanxi(tmp_path / "home", "demo", "--customers", "200", "--no-serve", "--json")
    assert refused.returncode == 6
    assert "GUANXI_HOME" in json.loads(refused.stdout)["error"]["remedy"]
