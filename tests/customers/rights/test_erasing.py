"""Whoever is erased stays erased: in every table, in the lake, when the files come again."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from guanxi.customers import lookup, services
from guanxi.customers.contracts import Identity
from guanxi.customers.models import Customer, Link, Subject
from guanxi.customers.resolution import recompute
from guanxi.customers.rights import requests, tombstones
from guanxi.customers.rights.contracts import Kind, State
from guanxi.customers.rights.erasing import consequence, erase
from guanxi.customers.rights.models import RightsRequest, Tombstone
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Conflict, GuanxiError, Invalid, NotFound
from guanxi.platform import storage, vault
from guanxi.platform.models import AuditEntry
from guanxi.segments.models import Membership
from guanxi.touchpoints.contracts import Fact, Person
from guanxi.touchpoints.importing import rejects
from guanxi.touchpoints.models import Import, Touchpoint
from guanxi.touchpoints.services import record
from guanxi.warehouse import services as lake
from tests.customers.rights.world import (
    ACCOUNT,
    MEMBERS,
    NAME,
    PHONE,
    STREET,
    brand,
    her,
    hers,
    import_members,
    import_orders,
    named_in_database,
    named_in_lake,
    settle_in,
)
from tests.customers.world import check
from tests.dying import die
from tests.touchpoints.orders import order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _keys_of_this_database() -> None:
    vault.forget_keys()


SECRETS = (PHONE, NAME, ACCOUNT, STREET, "1990-05-01")


def paid() -> int:
    amounts = Touchpoint.objects.filter(kind="order.paid").values_list("amount_fen", flat=True)
    return sum(amount or 0 for amount in amounts)


def test_nothing_names_her_any_more_in_any_table_or_file_of_the_lake(tmp_path: Path) -> None:
    shop = brand()
    customer = settle_in(shop.pk, tmp_path)
    services.define_tag(shop.pk, "noticed", actor="user:1")
    services.add_tags(shop.pk, ["noticed"], [customer], actor="user:1")
    assert {secret for _table, secret in named_in_database(*SECRETS)} >= {ACCOUNT, "1990-05-01"}
    lake.sync(shop)
    shown = consequence(shop.pk, customer)
    subjects = list(Subject.objects.filter(customer_id=customer).values_list("pk", flat=True))
    money = paid()

    done = erase(shop.pk, customer, actor="user:1", reason="asked by phone", identities=shown.identities)
    assert (done.identities, done.keys > 0, done.kept_facts > 0) == (len(subjects), True, True)
    lake.sync(shop)
    assert named_in_database(*SECRETS) == []
    assert named_in_lake(*SECRETS) == []
    assert vault.open_many(subjects) == {}
    assert lookup.find(shop.pk, Identity("phone", f"+86{PHONE}")) == []
    assert vault.search_name(shop.pk, NAME, 10) == []
    assert paid() == money
    assert lake.verify(shop).is_equal
    everyone = [(row.pk, row.customer_id) for row in Subject.objects.all()]
    recompute(shop.pk)
    assert [(row.pk, row.customer_id) for row in Subject.objects.all()] == everyone
    check(shop.pk)


def test_her_files_come_again_and_are_refused_by_name_while_other_rows_are_not(tmp_path: Path) -> None:
    shop = brand()
    customer = settle_in(shop.pk, tmp_path)
    erase(shop.pk, customer, actor="user:1", reason="asked")
    before = (Subject.objects.count(), Touchpoint.objects.count())

    orders = import_orders(shop.pk, tmp_path / "again.csv", hers(1), order(2), hers(3), hers(4), order(5))
    row = Import.objects.get(pk=orders.import_id)
    assert (orders.rows, orders.recorded, orders.duplicates, orders.rejected) == (5, 1, 1, 3)
    assert row.cursor["codes"] == {"erased": 3}
    members = import_members(shop.pk, tmp_path / "members2.csv")
    assert (members.recorded, Import.objects.get(pk=members.import_id).cursor["codes"]) == (
        0,
        {"erased": members.rejected},
    )
    assert members.rejected > 0
    assert lookup.find(shop.pk, Identity("phone", f"+86{PHONE}")) == []
    assert Subject.objects.count() >= before[0]
    assert named_in_database(*SECRETS) == []
    with storage.open_file(row.rejects_id or 0, shop.pk) as stream:
        kept = [reject for frame in rejects.kept(stream) for reject in frame.rejects]
    assert {(reject.code, reject.original) for reject in kept} == {("erased", "")}
    assert kept[0].line == 2


def test_a_new_order_is_a_new_customer_and_its_past_stays_away(tmp_path: Path) -> None:
    shop = brand()
    customer = settle_in(shop.pk, tmp_path)
    erase(shop.pk, customer, actor="user:1", reason="asked")
    phone = Identity("phone", f"+86{PHONE}")
    fresh = Fact("order.paid", "new-1", now_ms() + 1, (Identity("tmall", ACCOUNT), phone), Person(name=NAME))
    fresh = fresh._replace(amount_fen=100)
    old = fresh._replace(source_ref="old-9", occurred_ms=now_ms() - 90 * DAY_MS)
    said = Fact("profile.updated", "said-1", now_ms() + 1, (phone,), Person(name=NAME))
    done = record(shop.pk, "shop", [old, said, fresh])
    assert [(one.position, one.code) for one in done.rejected] == [(0, "erased"), (1, "erased")]
    again = her(shop.pk)
    assert again != customer

    done = record(shop.pk, "shop", [old, said])
    assert [(one.position, one.code) for one in done.rejected] == [(0, "erased")]
    assert (
        tombstones.lift(shop.pk, [phone, Identity("tmall", ACCOUNT)], actor="user:1", reason="form 12") == 2
    )
    assert record(shop.pk, "shop", [old]).recorded == 1
    assert AuditEntry.objects.filter(action="tombstone.lifted").count() == 1
    with pytest.raises(Invalid):
        tombstones.lift(shop.pk, [phone], actor="user:1", reason=" ")


def test_gifts_and_a_shared_phone_are_other_peoples_facts(tmp_path: Path) -> None:
    shop = brand()
    import_orders(
        shop.pk,
        tmp_path / "o.csv",
        hers(1),
        hers(2),
        order(3, buyer="tbhusband", name="李大勇", phone=f"'{PHONE}"),
        order(4, buyer="tbhusband", name="李大勇", phone=f"'{PHONE}"),
    )
    phone = Identity("phone", f"+86{PHONE}")
    wife, husband = (
        Subject.objects.get(scheme="tmall", key=key).customer_id for key in (ACCOUNT, "tbhusband")
    )
    assert wife != husband
    erase(shop.pk, wife, actor="user:1", reason="asked")
    assert lookup.find(shop.pk, phone) == [husband]
    check(shop.pk)
    past = now_ms() - 30 * DAY_MS
    gift = Fact(
        "order.paid", "gift", past, (Identity("tmall", "tbhusband"), phone), Person(name=NAME), "", 900
    )
    own = gift._replace(source_ref="own", person=Person(name="李大勇"))
    alias = gift._replace(source_ref="alias", identities=(Identity("jd", "nobody"), phone))
    done = record(shop.pk, "shop", [gift, own, alias])
    assert [(one.position, one.code) for one in done.rejected] == [(2, "erased")]
    assert done.recorded == 2
    assert vault.search_name(shop.pk, NAME, 10) == []


def test_of_two_operators_one_wins(tmp_path: Path) -> None:
    shop = brand()
    customer = settle_in(shop.pk, tmp_path)
    shown = consequence(shop.pk, customer).identities
    gate, outcomes = threading.Barrier(2), []

    def press(number: int) -> None:
        gate.wait()
        try:
            erase(shop.pk, customer, actor=f"user:{number}", reason="asked", identities=shown)
            outcomes.append("done")
        except GuanxiError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "done"]
    assert RightsRequest.objects.filter(kind=Kind.ERASURE, state=State.DONE).count() == 1


def test_what_cannot_be_erased_says_so(tmp_path: Path) -> None:
    shop = brand()
    customer = settle_in(shop.pk, tmp_path)
    other = Subject.objects.get(key="tb0002").customer_id
    with pytest.raises(Invalid):
        erase(shop.pk, customer, actor="user:1", reason="  ")
    with pytest.raises(NotFound):
        erase(shop.pk, 999_999, actor="user:1", reason="asked")
    with pytest.raises(Conflict):
        erase(shop.pk, customer, actor="user:1", reason="asked", identities=1)
    merged = services.merge(shop.pk, [customer, other], actor="user:1")
    gone = ({customer, other} - {merged.customer_id}).pop()
    with pytest.raises(Conflict):
        erase(shop.pk, gone, actor="user:1", reason="asked")
    erase(shop.pk, merged.customer_id, actor="user:1", reason="asked")
    assert not Customer.objects.exists()
    assert not Link.objects.exists()
    with pytest.raises(Conflict):
        erase(shop.pk, merged.customer_id, actor="user:1", reason="asked")
    with pytest.raises(NotFound):
        services.unmerge(shop.pk, merged.customer_id, [gone], actor="user:1")
    check(shop.pk)


def test_one_who_was_separated_keeps_everything_of_their_own(tmp_path: Path) -> None:
    shop = brand()
    customer = settle_in(shop.pk, tmp_path)
    other = Subject.objects.get(key="tb0002").customer_id
    theirs = set(Subject.objects.filter(customer_id=other).values_list("pk", flat=True))
    both = services.merge(shop.pk, [customer, other], actor="user:1").customer_id
    services.unmerge(shop.pk, both, theirs, actor="user:1", reason="two people")
    erase(shop.pk, customer, actor="user:1", reason="asked")
    assert set(Subject.objects.filter(customer_id=other).values_list("pk", flat=True)) == theirs
    assert vault.search_name(shop.pk, "李雷", 10)
    check(shop.pk)
    recompute(shop.pk)
    check(shop.pk)


LOADED = """
import os, signal, sys
from django.db import connection
from guanxi.customers.rights import erasing, requests, tombstones
from guanxi.customers import hooks
from guanxi.platform import audit, vault, storage, jobs
"""
SCRIPT = """
connection.settings_dict["NAME"] = sys.argv[1]
place, name = sys.argv[2:4]
home = {"erasing": erasing, "requests": requests, "tombstones": tombstones, "vault": vault, "audit": audit,
    "hooks": hooks}[place]
original = getattr(home, name)
def deadly(*arguments, **options):
    original(*arguments, **options)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(home, name, deadly)
erasing.erase(int(sys.argv[4]), int(sys.argv[5]), actor="user:1", reason="asked")
"""
MOMENTS = [
    "requests taken",
    "tombstones put",
    "erasing _neighbours",
    "erasing _own",
    "vault erase",
    "erasing _unname",
    "erasing settle",
    "requests end",
    "audit record",
    "hooks changed",
]


def everything() -> dict[str, list[tuple[Any, ...]]]:
    return {
        model.__name__: sorted(model._base_manager.values_list(), key=repr) for model in apps.get_models()
    }


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_between_any_two_steps_nothing_was_done_and_it_is_done_again(
    moment: str, tmp_path: Path
) -> None:
    shop = brand()
    customer = settle_in(shop.pk, tmp_path)
    before = everything()
    die(LOADED, SCRIPT, *moment.split(), shop.pk, customer)
    assert everything() == before
    erase(shop.pk, customer, actor="user:1", reason="asked")
    assert named_in_database(*SECRETS) == []
    assert Tombstone.objects.count() >= 2


def test_open_requests_end_with_the_person(tmp_path: Path) -> None:
    shop = brand()
    customer = settle_in(shop.pk, tmp_path)
    copy = requests.open_request(shop.pk, customer, Kind.ACCESS, actor="user:1", reason=NAME)
    same = requests.open_request(shop.pk, customer, Kind.ACCESS, actor="user:2")
    assert copy.pk == same.pk
    erase(shop.pk, customer, actor="user:1", reason="asked")
    copy.refresh_from_db()
    assert (copy.state, copy.reason) == (State.REFUSED, "")
    assert Membership.objects.count() == 0
    assert MEMBERS
