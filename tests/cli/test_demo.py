"""The demo: one command from nothing to a brand, and harmless when it is run again."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import guanxi


def customers_without_identity(home: Path) -> int:
    """Rows of Youzan's customer list whose only identity is masked: they are rejected, and say why."""
    with gzip.open(home / "demo/files/truth/records.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        return sum(row["kind"] == "customer" and not row["identities"] for row in csv.DictReader(stream))


def demo(home: Path) -> dict[str, Any]:
    done = guanxi(home, "demo", "--customers", "400", "--no-serve", "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.heavy  # a minute and more
def test_a_demo_is_built_once_and_adds_up(tmp_path: Path) -> None:
    """One test, as building takes longest: what a demo says, what it holds, and what a second run changes."""
    home = tmp_path / "home"
    built = demo(home)
    adds_up(home, built)
    first = holdings(home)
    is_furnished(first, built)
    the_programme_is_lived_in(first)
    the_loop_turns(home)
    assert built["card"].startswith("http://127.0.0.1:8000/m/lanhua/open/")

    killed_late(home)
    again = demo(home)
    assert again["card"] == built["card"]
    assert (again["rows"], again["recorded"]) == (0, 0)
    assert (again["password"], again["segments"]) == (built["password"], built["segments"])
    assert holdings(home) == first, "a second run changes nothing"


def killed_late(home: Path) -> None:
    """As if it had been killed when the last step was made and not yet noted; and the first with it."""
    (home / "demo" / "furnished.txt").unlink()
    for step in ("programme", "occasions"):
        (home / "demo" / "imported" / step).unlink()


def adds_up(home: Path, built: dict[str, Any]) -> None:
    assert built["recorded"] > 400
    assert built["rejected"] == customers_without_identity(home)
    assert len(built["password"]) >= 12
    expected = json.loads((home / "demo/files/truth/summary.json").read_text(encoding="utf-8"))
    overview = json.loads(guanxi(home, "report", "overview", "--json").stdout)
    names = ("orders", "revenue_fen", "refunds_fen")
    assert {name: overview[name] for name in names} == {name: expected[name] for name in names}
    assert overview["last"] <= expected["until"]


def holdings(home: Path) -> dict[str, Any]:
    """All of it, less the moments at which segments were computed."""

    def told(*words: str) -> Any:
        return json.loads(guanxi(home, *words, "--json").stdout)

    segments = told("segments", "list")["segments"]
    for row in segments:
        del row["refreshed_ms"]
    return {
        "segments": segments,
        "tags": told("tags", "list")["tags"],
        "fields": told("preferences", "list")["fields"],
        "stores": told("stores", "list")["stores"],
        "rows": told("warehouse", "status")["rows"],
        "coupons": told("coupons", "list")["campaigns"],
        "draws": told("draws", "list")["draws"],
        "tiers": told("tiers", "show"),
        "ledger": told("ledger", "prove"),
    }


def is_furnished(found: dict[str, Any], built: dict[str, Any]) -> None:
    segments = {row["name"]: row for row in found["segments"]}
    assert len(segments) == built["segments"] == 12
    assert {row["mode"] for row in segments.values()} == {"live", "scheduled", "frozen"}
    assert all(row["ready"] and not row["problem"] for row in segments.values())
    assert segments["沉睡老客"]["size"] > 20
    assert segments["有 UnionID 无手机号"]["size"] == 400 // 40
    tags = {row["name"]: row for row in found["tags"]}
    assert tags["沉睡预警"]["profiles"] == segments["沉睡老客"]["size"]
    assert tags["送礼客户"]["profiles"] > 5
    assert {row["name"] for row in found["fields"]} >= {"skin", "scents"}
    assert len(found["stores"]) == 40
    assert all(row["adcode"] for row in found["stores"])


def the_programme_is_lived_in(found: dict[str, Any]) -> None:
    assert [one["code"] for one in found["tiers"]["programme"]["tiers"]] == [
        "member",
        "silver",
        "gold",
        "diamond",
    ]
    coupons = {one["code"]: one for one in found["coupons"]}
    assert all(0 < one["redeemed"] < one["issued"] for one in coupons.values())
    draws = {one["code"]: one for one in found["draws"]}
    assert (draws["autumn-thanks"]["state"], draws["new-year"]["state"]) == ("revealed", "open")
    assert draws["autumn-thanks"]["entries"] > 20
    assert found["ledger"]["ok"]
    assert not any(one["sum"] for one in found["ledger"]["units"])


def the_loop_turns(home: Path) -> None:
    """Customers bought, were rewarded for it and bought again, and what that brought and cost is known."""
    whole = json.loads(guanxi(home, "loops", "show", "loyalty", "--json").stdout)["whole"]
    assert whole["entered"] >= whole["acted"] > whole["produced"] > 0
    assert 0 < whole["return_rate"]["share"] < 1
    assert whole["revenue_fen"] > whole["margin_fen"] > whole["cost_fen"] > 0


def test_a_demo_of_other_people_is_refused(tmp_path: Path) -> None:
    demo = tmp_path / "home" / "demo"
    demo.mkdir(parents=True)
    (demo / "built-with.json").write_text(
        '{"customers": 300, "seed": 1, "until": "2026-10-31"}', encoding="ascii"
    )
    refused = guanxi(tmp_path / "home", "demo", "--customers", "200", "--no-serve", "--json")
    assert refused.returncode == 6
    assert "GUANXI_HOME" in json.loads(refused.stdout)["error"]["remedy"]
