"""The reports through their doors: the command, the console's page and download, what is kept."""

from __future__ import annotations

import json

import orjson
import pytest
from django.test import Client
from typer.testing import CliRunner

from guanxi.cli import report as command
from guanxi.economics import stored
from guanxi.economics.reporting import as_json
from guanxi.economics.retention.declared import RETENTION
from guanxi.platform import people
from guanxi.platform.contracts import Role
from guanxi.platform.models import Brand
from guanxi.warehouse import services
from tests.console.world import PASSWORD
from tests.economics.retention.oracle import random_brand
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = [kind.name for kind in RETENTION]


@pytest.fixture
def brand() -> Brand:
    return random_brand(4)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_is_the_report_again(brand: Brand, name: str) -> None:
    report = stored.answer(brand, name, {}).report
    assert report.rows and report.sql and report.figures and report.graphs
    told = as_json(name, report, str)
    assert orjson.loads(orjson.dumps(told))["rows"] == told["rows"]
    assert set(told["columns"]) == set(report.rows[0])
    assert stored.unpack(stored.pack(report)) == report
    for graph in report.graphs:
        assert all(len(line.values) == len(graph.labels) for line in graph.lines)
        assert all(len(line.low) in {0, len(graph.labels)} for line in graph.lines)


@pytest.mark.parametrize("name", NAMES)
def test_the_command_prints_rows(brand: Brand, name: str) -> None:
    told = CliRunner().invoke(command.app, [name, "--brand", brand.slug, "--no-sync", "--json"])
    assert told.exit_code == 0, told.output
    content = json.loads(told.stdout)
    assert content["rows"] and content["columns"] and content["report"] == name
    printed = CliRunner().invoke(command.app, [name, "--brand", brand.slug, "--no-sync", "--csv"])
    assert printed.stdout.count("\n") == len(content["rows"]) + 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("empty", [False, True])
def test_the_page_is_there_for_any_brand(name: str, empty: bool) -> None:
    found = rows.brand("void") if empty else random_brand(4)
    services.sync(found)
    user = people.create_user("owner", PASSWORD, language="zh-hans", actor="cli")
    people.add_membership(user.pk, found.pk, Role.OWNER, actor="cli")
    client = Client()
    assert client.login(username="owner", password=PASSWORD)
    page = client.get(f"/reports/{name}", follow=True)
    assert page.status_code == 200
    assert f"{name}.csv" in page.content.decode() or empty
    refused = client.get(f"/reports/{name}?until=soon", follow=True)
    assert "2026-11-21" in refused.content.decode()
