"""The copy of everything: whole, readable, harmless, sealed, and complete by a test over all tables."""

from __future__ import annotations

import io
import json
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps

from guanxi.customers import services
from guanxi.customers.contracts import Identity
from guanxi.customers.rights import copying, hooks, requests
from guanxi.customers.rights.contracts import State
from guanxi.customers.rights.erasing import erase
from guanxi.customers.rights.models import RightsRequest
from guanxi.kernel.errors import NotFound
from guanxi.platform import jobs, storage, vault
from guanxi.platform.models import AuditEntry, StoredFile
from guanxi.touchpoints.contracts import Fact, Person
from guanxi.touchpoints.services import record
from tests.customers.rights.world import ACCOUNT, NAME, PHONE, brand, settle_in

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202e&amp;"

# Tables with a column of a subject or a customer that no source tells of, and why.
UNTOLD: dict[str, str] = {}
COLUMNS = {"subject_id", "customer_id", "a_id", "b_id"}


@pytest.fixture(autouse=True)
def _keys_of_this_database() -> None:
    vault.forget_keys()


def run(request: RightsRequest) -> None:
    context = jobs.claim("test")
    while context is not None and context.arguments.get("request") != request.pk:
        context = jobs.claim("test")
    assert context is not None
    copying.run_copy(context)
    request.refresh_from_db()


def unzipped(shop_id: int, request: RightsRequest) -> dict[str, str]:
    _name, stream = copying.opened(shop_id, request.pk, actor="user:1")
    with zipfile.ZipFile(io.BytesIO(stream.read())) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not any(name.startswith("on") for name, _value in attrs)


def test_every_table_about_people_has_a_source() -> None:
    told = {table for source in hooks.SOURCES for table in source.tables}
    tables = {
        model._meta.db_table
        for model in apps.get_models()
        if COLUMNS & {field.column for field in model._meta.concrete_fields}
    }
    assert tables - told - UNTOLD.keys() == set(), "register a Source in customers.rights.hooks"
    assert UNTOLD.keys() <= tables


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_holds_everything_in_clear_and_runs_nothing(language: str, tmp_path: Path) -> None:
    shop = brand()
    customer = settle_in(shop.pk, tmp_path)
    phone = Identity("phone", f"+86{PHONE}")
    record(
        shop.pk,
        "shop",
        [Fact("profile.updated", HOSTILE[:60], 1_700_000_000_000, (phone,), Person(address=HOSTILE))],
    )
    services.define_tag(shop.pk, "noticed", actor="user:1")
    services.add_tags(shop.pk, ["noticed"], [customer], actor="user:7")
    request = copying.copy_soon(shop.pk, customer, actor="user:1", language=language)
    run(request)
    assert request.state == State.DONE
    files = unzipped(shop.pk, request)
    assert set(files) == {f"{source.name}.json" for source in hooks.SOURCES} | {"index.html"}
    identities = json.loads(files["identities.json"])
    assert {f"+86{PHONE}", ACCOUNT, "M001"} <= {row["value"] for row in identities}
    assert any(row.get("address") == HOSTILE for row in identities)
    assert {"noticed"} <= {row["tag"] for row in json.loads(files["tags.json"]) if row["by"] == "user:7"}
    assert json.loads(files["profile.json"])[0]["birthday"] == "1990-05-01"
    assert {row["kind"] for row in json.loads(files["touchpoints.json"])} >= {"order.paid", "member.joined"}
    page = files["index.html"]
    tags = Tags()
    tags.feed(page)
    assert not tags.seen & {"script", "img", "iframe", "link", "style", "object"}
    assert NAME in page
    assert AuditEntry.objects.filter(action="rights.copy_taken").count() == 1


def test_it_is_made_once_and_goes_with_the_person(tmp_path: Path) -> None:
    shop = brand()
    customer = settle_in(shop.pk, tmp_path)
    request = copying.copy_soon(shop.pk, customer, actor="user:1")
    assert copying.copy_soon(shop.pk, customer, actor="user:2").pk == request.pk
    run(request)
    assert len(StoredFile.objects.filter(purpose="export")) == 1
    with pytest.raises(NotFound):
        copying.opened(shop.pk + 1, request.pk, actor="user:1")
    paths = [storage.folder() / row.location for row in StoredFile.objects.filter(purpose="export")]
    assert PHONE.encode() not in paths[0].read_bytes()
    erase(shop.pk, customer, actor="user:1", reason="asked")
    assert not StoredFile.objects.filter(purpose="export").exists()
    assert not any(path.exists() for path in paths)
    with pytest.raises(NotFound):
        copying.opened(shop.pk, request.pk, actor="user:1")


def test_who_is_erased_while_the_copy_is_made_gets_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = brand()
    customer = settle_in(shop.pk, tmp_path)
    request = copying.copy_soon(shop.pk, customer, actor="user:1")
    original = copying.write

    def slow(person: hooks.Person, target: object) -> dict[str, int]:
        counts = original(person, target)
        erase(shop.pk, customer, actor="user:2", reason="asked")
        return counts

    monkeypatch.setattr(copying, "write", slow)
    with pytest.raises(Exception, match="already"):
        run(request)
    assert not StoredFile.objects.filter(purpose="export").exists()
    assert requests.find(shop.pk, request.pk).state == State.REFUSED
