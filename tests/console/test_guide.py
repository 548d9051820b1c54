"""The guide inside the console: every page has its part of it, the part exists, and it is safe to show."""

from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve

from guanxi.console.shell import help_of
from guanxi.ui import guidebook
from guanxi.ui.navigation import helps, menu
from tests.console.test_permissions import PAGES
from tests.console.world import World, as_, build

pytestmark = pytest.mark.django_db


def part_of(address: str) -> str:
    request = RequestFactory().get(address)
    request.resolver_match = resolve(request.path)
    return help_of(request)


@pytest.fixture
def world() -> World:
    return build()


def test_every_page_has_its_part_of_the_guide_and_it_exists(world: World) -> None:
    own = {"security": "/settings/security", "two-step": "/settings/security/two-step", "view": "/views/1"}
    shown = {name: page.of(world) for name, page in PAGES.items() if page.form is None}
    parts = {name: part_of(address) for name, address in (shown | own).items() if name != "audit-csv"}
    assert [name for name, part in parts.items() if not part] == []
    declared = {entry.help for entry in menu} | {one.part for one in helps} | {*parts.values()} - {""}
    assert [part for part in declared if not guidebook.exists(part)] == []


def test_links_between_chapters_lead_somewhere() -> None:
    for name in guidebook.names():
        html = guidebook.chapter(name).html
        for chapter, section in re.findall(r'href="/help/([\w-]+)(?:#help-([\w-]+))?"', html):
            assert guidebook.exists(f"{chapter}#{section}"), (name, chapter, section)
        for section in re.findall(r'href="#help-([\w-]+)"', html):
            assert section in guidebook.chapter(name).sections, (name, section)
        assert "../" not in "".join(re.findall(r'href="([^"]*)"', html))


def test_a_page_links_to_its_part_and_the_panel_gets_it_alone(world: World) -> None:
    client = as_("owner")
    page = client.get("/settings/roles").content.decode()
    assert 'href="/help/people#help-roles" data-help' in page
    alone = client.get("/help/people", headers={"HX-Request": "true"})
    assert alone.headers["Vary"].count("HX-Request") == 1
    assert "<html" not in alone.content.decode() and 'id="help-roles"' in alone.content.decode()
    whole = client.get("/help/people").content.decode()
    assert "<html" in whole and 'id="help-roles"' in whole
    assert client.get("/help/../settings").status_code == client.get("/help/nothing").status_code == 404
    assert Client().get("/help/people").headers["Location"].startswith("/signin")


def test_raw_html_of_a_chapter_is_text(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    table = "| n |\n|--:|\n| 1 |\n"
    hostile = (
        "# T\n\n## A\n\n## A\n\n<script>x</script> [a](javascript:x) [b](../adr/1.md) [c](//evil)\n\n<b>\n\n"
    )
    (folder / "odd.md").write_text(hostile + table, encoding="utf-8")
    monkeypatch.setattr(guidebook, "FOLDER", folder)
    guidebook.names.cache_clear()
    try:
        found = guidebook.chapter("odd")
    finally:
        guidebook.names.cache_clear()
    assert found.title == "T"
    assert list(found.sections) == ["a", "a-1"]
    assert "<script" not in found.html and "<b>" not in found.html
    assert "href" not in found.html
    assert "style" not in found.html and '<td class="num">1</td>' in found.html
