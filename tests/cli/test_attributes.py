"""`guanxi tags`, `preferences` and `stores`: made, put on, brought in from files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guanxi.cli import main as cli
from guanxi.customers.contracts import Identity
from guanxi.customers.models import Customer
from guanxi.platform.models import Brand
from guanxi.touchpoints import services
from guanxi.touchpoints.contracts import Fact
from guanxi.touchpoints.models import Touchpoint

pytestmark = pytest.mark.django_db
Command = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def customers() -> list[int]:
    brand = Brand.objects.create(slug="lanhua", name="兰花", is_default=True)
    facts = [
        Fact("order.paid", f"{n}", 1_700_000_000_000, (Identity("member", f"m{n}"), Identity("phone", phone)))
        for n, phone in enumerate(["+8613800138000", "+8613800138000", "+8613900139000"])
    ]
    services.record(brand.pk, "test", [fact._replace(amount_fen=100) for fact in facts])
    return list(Customer.objects.filter(merged_into_id=None).order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*words: object) -> tuple[int, dict[str, Any]]:
        code = cli.run([*map(str, words), "--json"])
        out = capsys.readouterr().out.strip().splitlines()
        return code, json.loads(out[-1]) if out else {}

    return command


def test_tags_by_hand_and_from_a_file(run: Command, customers: list[int], tmp_path: Path) -> None:
    assert run("tags", "define", "vip", "--label", "贵宾")[0] == 0
    assert run("tags", "add", "vip", customers[0], 999)[1] == {"changed": 1, "unchanged": 0, "unknown": [999]}
    assert run("tags", "remove", "vip", customers[0])[1]["changed"] == 1
    file = tmp_path / "tags.csv"
    lines = [
        "会员号,手机号,客户,标签",
        'm2,,,"护肤,vip"',
        ",139 0013 9000,,香水",
        ",,999,vip",
        f",,#{customers[0]},vip",
    ]
    file.write_text("\n".join(lines), encoding="gb18030")
    code, done = run("tags", "import", file)
    assert (code, done) == (
        3,
        {"rows": 4, "added": 4, "unchanged": 0, "unknown": [3], "ambiguous": []},
    )
    assert run("tags", "import", file)[1]["added"] == 0
    found = {tag["name"]: (tag["origin"], tag["profiles"]) for tag in run("tags", "list")[1]["tags"]}
    assert found == {"vip": ("hand", 2), "护肤": ("import", 1), "香水": ("import", 1)}
    assert set(Touchpoint.objects.filter(kind="tag.added").values_list("live", flat=True)) == {True, False}
    assert run("tags", "define", "x", "--origin", "moon")[0] == 2
    file.write_text("name,tags\nx,y\n")
    assert run("tags", "import", file)[0] == 2


def test_preferences(run: Command, customers: list[int]) -> None:
    words = ("--type", "choices", "--label-zh", "肤质", "--label-en", "Skin", "--purpose", "Advice")
    choices = json.dumps([{"name": "oily"}, {"name": "dry"}])
    assert run("preferences", "define", "skin", *words, "--choices", choices)[0] == 0
    assert run("preferences", "define", "skin", *words, "--choices", "[")[0] == 2
    assert run("preferences", "state", customers[0], "skin", "dry,oily")[1]["changed"] == 1
    assert run("preferences", "state", customers[0], "skin", "wet")[0] == 2
    assert run("preferences", "state", customers[0], "skin", "")[1]["changed"] == 1
    assert [field["name"] for field in run("preferences", "list")[1]["fields"]] == ["skin"]


def test_stores_and_cities(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "stores.csv"
    file.write_text("code,name,city,open\nHZ,西湖店,杭州,yes\nSH,外滩店,上海,no\n", encoding="utf-8")
    assert run("stores", "import", file)[1] == {"changed": 2}
    assert run("stores", "set", "HZ", "--name", "西湖店", "--city", "330100")[1] == {"changed": 0}
    assert run("stores", "remove", "SH")[0] == 0
    assert run("stores", "remove", "SH")[0] == 4
    assert [store["code"] for store in run("stores", "list")[1]["stores"]] == ["HZ"]
    file.write_text("city,tier\n杭州,1\n", encoding="utf-8")
    assert run("stores", "cities", file)[1]["cities"][0]["tier"] == "1"
    assert len(run("stores", "cities")[1]["cities"]) == 1


def test_many_at_once_are_looked_at_changed_and_given_back(run: Command, customers: list[int]) -> None:
    run("tags", "define", "vip")
    code, looked = run("bulk", "do", "add_tag", "vip", "--where", "has=member", "--dry-run")
    assert (code, looked["state"], looked["counts"]["fresh"]) == (0, "previewed", len(customers))
    code, done = run("bulk", "do", "add_tag", "vip")
    assert (code, done["state"], done["changed"]) == (0, "done", len(customers))
    assert [one["id"] for one in run("bulk", "recent")[1]["actions"]] == [done["id"]]
    assert run("bulk", "undo", done["id"])[1]["restored"] == len(customers)
    assert run("bulk", "do", "add_tag", "vip", "--where", "has")[0] == 2
    assert run("bulk", "undo", 99)[0] != 0
