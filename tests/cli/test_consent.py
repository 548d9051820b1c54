"""`guanxi consent`: what is said, what holds, links, texts and files."""

from __future__ import annotations

from pathlib import Path

import pytest

from guanxi.platform.models import Brand
from tests.cli import test_attributes as world
from tests.cli.test_attributes import Command

pytestmark = pytest.mark.django_db
customers = world.customers
run = world.run


def test_consent_on_the_terminal(run: Command, customers: list[int], tmp_path: Path) -> None:
    one = customers[0]
    said = ("consent", "record", one, "marketing", "given", "--channel", "sms", "--key", "k1")
    assert run(*said)[1] == {"recorded": 1, "repeated": 0}
    assert run(*said)[1] == {"recorded": 0, "repeated": 1}
    code, error = run("consent", "record", one, "sharing", "given")
    assert (code, error["error"]["reason"]) == (2, "separate_missing")
    rows = run("consent", "list", one)[1]["consents"]
    assert [row["channel"] for row in rows if row["reason"] == "given"] == ["sms"]
    assert run("consent", "list", 10**30)[0] == 4
    link = run("consent", "link", one, "--site", "https://crm.example.com/")[1]["link"]
    assert link.startswith("https://crm.example.com/p/")
    assert run("consent", "link", one, "--days", 999)[0] == 2
    assert run("consent", "link", one, "--revoke")[1] == {"revoked": True}
    told = run("consent", "texts", "marketing", "--zh", "好", "--en", "ok", "--changes-purpose")[1]["texts"]
    assert [(text["version"], text["changes_purpose"]) for text in told] == [(1, True)]
    assert run("consent", "texts", "nothing")[0] == 4
    file = tmp_path / "old.csv"
    file.write_text(
        f"customer,purpose,said,at\n{one},marketing,退订,2026-01-02\n{one},marketing,yes,x\n", "utf-8"
    )
    code, done = run("consent", "import", file)
    assert (code, done["recorded"], [row["code"] for row in done["rejected"]]) == (3, 1, ["time_bad"])
    assert Brand.objects.count() == 1
