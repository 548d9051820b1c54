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

    assert again["segments"] == built["segments"]
    expected = json.loads((home / "demo/files/truth/summary.json").read_text(encoding="utf-8"))
    overview = json.loads(guanxi(home, "report", "overview", "--json").stdout)
    names = ("orders", "revenue_fen", "refunds_fen")
    assert {name: overview[name] for name in names} == {name: expected[name] for name in names}
    assert overview["last"] <= expected["until"]


def test_a_demo_comes_with_tags_fields_and_segments_that_have_members(tmp_path: Path) -> None:
    home = tmp_path / "home"
    built = json.loads(guanxi(home, "demo", "--customers", "400", "--no-serve", "--json").stdout)

    def read() -> dict[str, object]:
        """All of it, less the moments at which segments were computed."""
        listed = json.loads(guanxi(home, "segments", "list", "--json").stdout)["segments"]
        for row in listed:
            del row["refreshed_ms"]
        tags = json.loads(guanxi(home, "tags", "list", "--json").stdout)["tags"]
        fields = json.loads(guanxi(home, "preferences", "list", "--json").stdout)["fields"]
        stores = json.loads(guanxi(home, "stores", "list", "--json").stdout)["stores"]
        rows = json.loads(guanxi(home, "warehouse", "status", "--json").stdout)["rows"]
        return {"segments": listed, "tags": tags, "fields": fields, "stores": stores, "rows": rows}

    first = read()
    segments = {row["name"]: row for row in first["segments"]}  # type: ignore[attr-defined]
    assert len(segments) == built["segments"] == 12
    assert {row["mode"] for row in segments.values()} == {"live", "scheduled", "frozen"}
    assert all(row["ready"] and not row["problem"] for row in segments.values())
    assert segments["沉睡老客"]["size"] > 20
    assert segments["有 UnionID 无手机号"]["size"] == 400 // 40
    tags = {row["name"]: row for row in first["tags"]}  # type: ignore[attr-defined]
    assert tags["沉睡预警"]["profiles"] == segments["沉睡老客"]["size"]
    assert tags["送礼客户"]["profiles"] > 5
    assert {row["name"] for row in first["fields"]} >= {"skin", "scents"}  # type: ignore[attr-defined]
    assert len(first["stores"]) == 40  # type: ignore[arg-type]
    assert all(row["adcode"] for row in first["stores"])  # type: ignore[attr-defined]

    (home / "demo" / "furnished.txt").unlink()  # as if it had been killed at the very end
    guanxi(home, "demo", "--customers", "400", "--no-serve", "--json")
    assert read() == first, "a second run changes nothing"


def test_a_demo_of_other_people_is_refused(tmp_path: Path) -> None:
    demo = tmp_path / "home" / "demo"
    demo.mkdir(parents=True)
    (demo / "built-with.json").write_text(
        '{"customers": 300, "seed": 1, "until": "2026-10-31"}', encoding="ascii"
    )
    refused = guanxi(tmp_path / "home", "demo", "--customers", "200", "--no-serve", "--json")
    assert refused.returncode == 6
    assert "GUANXI_HOME" in json.loads(refused.stdout)["error"]["remedy"]
