"""What the pages say and do, and how many questions they ask the database."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.customers import held
from guanxi.customers.console import listing
from guanxi.customers.models import Customer, Review, Subject
from guanxi.kernel.clock import frozen
from guanxi.platform import jobs, people
from guanxi.platform.models import AuditEntry, StoredFile
from guanxi.touchpoints import services
from guanxi.touchpoints.contracts import Mode
from guanxi.touchpoints.models import Import, SavedMapping, Touchpoint
from tests.console.world import NOW, as_, build, order
from tests.customers.world import resolved, seen

pytestmark = pytest.mark.django_db
CSV = """订单号,客户编号,日期,实付金额,手机
A1,c1,2026-03-01,12.50,13800138000
A2,c1,2026-04-01,8,13800138000
A3,c2,bad,9,
"""


def text_of(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.status_code
    return str(b"".join(answer), "utf-8")


def questions(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        text_of(client, address)
    return len(asked)


# ---------------------------------------------------------------- the shell


def test_the_first_page_is_what_the_role_may_see() -> None:
    build()
    assert as_("owner").get("/").headers["Location"] == "/overview"
    assert as_("associate").get("/").headers["Location"] == "/customers"


def test_somebody_without_a_brand_is_told_so() -> None:
    people.create_user("new", "a long and odd sentence", language="en", actor="cli")
    answer = as_("new").get("/")
    assert answer.status_code == 403
    assert "You do not work for a brand yet" in answer.content.decode()


def test_the_menu_shows_only_what_one_may_open() -> None:
    build()
    assert 'href="/imports"' in text_of(as_("owner"), "/customers")
    assert 'href="/imports"' not in text_of(as_("associate"), "/customers")


def test_the_palette_finds_pages_and_people() -> None:
    world = build()
    client = as_("owner")
    assert 'href="/imports"' in text_of(client, "/palette?q=导入")
    for sought in ("李雷", "13800138000", "lilei", f"#{world.customer.pk}"):
        assert f'href="/customers/{world.customer.pk}"' in text_of(
            client, f"/palette?q={sought.replace('#', '%23')}"
        )


def test_pages_speak_the_persons_language() -> None:
    build()
    client = as_("owner")
    assert "One row per person" in text_of(client, "/customers")
    client.post("/language", {"language": "zh-hans"})
    assert "一人一行" in text_of(client, "/customers")


# ---------------------------------------------------------------- customers


def test_personal_data_is_masked_until_somebody_asks_and_asking_is_audited() -> None:
    world = build()
    client = as_("manager")
    address = f"/customers/{world.customer.pk}"
    page = text_of(client, address)
    assert "138****8000" in page
    assert "李*" in page
    assert "13800138000" not in page
    assert "李雷" not in page
    shown = client.post(f"{address}/unmask").content.decode()
    assert "13800138000" in shown
    assert "李雷" in shown
    entry = AuditEntry.objects.get(action="customer.unmasked")
    assert entry.object_id == str(world.customer.pk)


def test_a_page_escapes_what_files_brought() -> None:
    world = build()
    page = text_of(as_("owner"), f"/customers/{world.customer.pk}")
    assert "<b>交易成功</b>" not in page
    assert "&lt;b&gt;交易成功&lt;/b&gt;" in page


def test_a_customers_page_says_why_identities_are_one_person() -> None:
    world = build()
    page = text_of(as_("owner"), f"/customers/{world.customer.pk}")
    assert "2 records carried" in page
    assert "under the same name" in page


def test_the_list_asks_as_many_questions_for_one_as_for_fifty() -> None:
    world = build()
    client = as_("owner")
    few = questions(client, "/customers")
    facts = [
        order(100 + n, ("tmall", f"b{n}"), ("phone", f"+86137{n:08d}"), name=f"赵{n}") for n in range(60)
    ]
    services.record(world.brand.pk, "shop", facts, mode=Mode.BACKFILL)
    assert questions(client, "/customers") == few <= 14
    assert questions(client, f"/customers/{world.customer.pk}") <= 32
    assert questions(client, "/imports") <= 9
    assert questions(client, "/log") <= 11


def test_the_list_goes_on_by_key_and_shows_everybody_once() -> None:
    world = build()
    facts = [order(100 + n, ("tmall", f"b{n}")) for n in range(120)]
    services.record(world.brand.pk, "shop", facts, mode=Mode.BACKFILL)
    client, address, seen = as_("owner"), "/customers", []
    while address:
        page = text_of(client, address)
        seen += re.findall(r'class="row-link person" href="/customers/(\d+)"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == Customer.objects.filter(brand=world.brand).count()


@pytest.mark.parametrize("sort", ["orders", "revenue", "last"])
def test_equal_values_do_not_hide_anybody(sort: str) -> None:
    world = build()
    facts = [order(100 + n, ("tmall", f"b{n}")) for n in range(70)]
    services.record(world.brand.pk, "shop", facts, mode=Mode.BACKFILL)
    Customer.objects.filter(brand=world.brand).update(orders=1, revenue_fen=100, last_order_ms=NOW)
    client = as_("owner")
    first = text_of(client, f"/customers?sort={sort}")
    found = re.search(r'rel="next" href="([^"]+)"', first)
    assert found
    second = text_of(client, found[1].replace("&amp;", "&"))
    people_seen = re.findall(r'row-link person" href="/customers/(\d+)"', first + second)
    assert len(people_seen) == len(set(people_seen)) == 72


@pytest.mark.parametrize(
    "query", ["after=x", "after=1.x", "after=.", "sort=evil", "show=1;drop", "q=%00%27", "q=" + "长" * 500]
)
def test_a_strange_address_is_no_error(query: str) -> None:
    build()
    text_of(as_("owner"), f"/customers?{query}")


def exported(client: Client, query: dict[str, str]) -> str:
    """The list of customers as CSV, wanted, written and taken through the pages."""
    wanted = client.post("/exports/new", {"list": "customers", "format": "csv", **query})
    assert wanted.status_code == 302
    assert "hx-get" in text_of(client, "/exports")
    jobs.run_queued()
    page = text_of(client, "/exports")
    assert "hx-get" not in page
    file = re.search(r"/exports/\d+/file", page)
    assert file is not None
    answer = client.get(file[0])
    assert answer.headers["Cache-Control"] == "no-store"
    return b"".join(answer).decode("utf-8-sig")


def test_the_export_is_masked_neutral_and_audited() -> None:
    world = build()
    text = exported(as_("manager"), {})
    assert "138****8000" in text
    assert "13800138000" not in text
    assert len(text.splitlines()) == 3
    assert AuditEntry.objects.get(action="export.downloaded").brand_id == world.brand.pk


def test_a_merge_names_whom_else_it_draws_in() -> None:
    """Made one with the other shop's account, the first is no longer kept from the member by the phone that
    both accounts show."""
    world = build()
    resolved(
        world.brand.pk,
        seen("jd:x"),
        seen("tmall:y phone:1"),
        seen("tmall:x phone:1"),
        seen("jd:x phone:2", "韩梅"),
        seen("jd:x member:1"),
        seen("member:1 phone:1", "李磊"),
    )
    one, other = Subject.objects.get(scheme="jd", key="x"), Subject.objects.get(scheme="tmall", key="y")
    address = f"/customers/{one.customer_id}/merge/preview?other={other.customer_id}"
    third = Subject.objects.get(scheme="member").customer_id
    shown = text_of(as_("owner"), address)
    assert "This also draws in" in shown
    assert f"#{third}" in shown
    assert f"Drawn in: customer {third}" in shown


def test_merge_then_unmerge_restores_both() -> None:
    world = build()
    client = as_("owner")
    preview = text_of(client, f"/customers/{world.customer.pk}/merge/preview?other=%23{world.second.pk}")
    assert "¥300.00" in preview
    assert "draws in" not in preview
    before = dict(Subject.objects.values_list("pk", "customer_id"))
    form = {"other": world.second.pk, "reason": "met them"}
    client.post(f"/customers/{world.customer.pk}/merge", form)
    root = min(world.customer.pk, world.second.pk)
    assert set(Subject.objects.values_list("customer_id", flat=True)) == {root}
    gone = client.get(f"/customers/{max(world.customer.pk, world.second.pk)}")
    assert gone.headers["Location"] == f"/customers/{root}"
    leaving = [subject for subject, customer in before.items() if customer == world.second.pk]
    client.post(f"/customers/{root}/unmerge", {"subject": leaving, "reason": "no"})
    assert dict(Subject.objects.values_list("pk", "customer_id")) == before


def test_taking_out_what_is_no_longer_there_is_a_conflict() -> None:
    world = build()
    answer = as_("owner").post(
        f"/customers/{world.customer.pk}/unmerge", {"subject": [world.subjects[0], 10**9], "reason": "x"}
    )
    assert answer.status_code == 409


# ---------------------------------------------------------------- reviews


def test_who_comes_second_is_told_what_the_first_decided() -> None:
    world = build()
    first, second = as_("owner"), as_("manager")
    address = f"/reviews/{world.review.pk}"
    assert text_of(first, address).count("versus") == 1
    assert first.post(f"{address}/decide", {"verdict": "different"}).headers["Location"] == "/reviews"
    answer = second.post(f"{address}/decide", {"verdict": "same"}, follow=True)
    assert answer.redirect_chain[-1][0] == address
    assert "already been answered" in answer.content.decode()
    assert "Two people" in answer.content.decode()
    assert Review.objects.get(pk=world.review.pk).state == "kept_apart"


# ---------------------------------------------------------------- imports


def upload(client: Client, content: bytes = CSV.encode("gb18030"), name: str = "我的订单.csv") -> Any:
    return client.post("/imports/upload", {"file": SimpleUploadedFile(name, content)})


def test_a_file_is_sealed_understood_imported_and_its_rejects_come_back() -> None:
    world = build()
    client = as_("operator")
    with frozen(NOW):
        answer = upload(client)
        address = answer.headers["Location"]
        stored = StoredFile.objects.get()
        page = text_of(client, address)
        assert "138****8000" in page
        assert "13800138000" not in page
        assert "¥12.50" in page
        form = {"importer": "orders", "shop": "west", "save_as": "mine"}
        form |= {
            "map-order": "订单号",
            "map-customer": "客户编号",
            "map-date": "日期",
            "map-amount": "实付金额",
        }
        started = client.post(f"{address}/start", form | {"map-phone": "手机"})
        jobs.run_queued()
    row = Import.objects.get(upload_id=stored.pk)
    assert started.headers["Location"] == f"/imports/{row.pk}"
    assert (row.state, row.recorded, row.rejected) == ("done", 2, 1)
    assert Touchpoint.objects.filter(import_id=row.pk).count() == 2
    assert SavedMapping.objects.get().name == "mine"
    result = text_of(client, started.headers["Location"])
    assert "Rejected rows" in result
    with frozen(NOW):  # later the file has had its time
        rejects = text_of(client, f"/imports/{row.pk}/rejects.csv")
    assert "A3" in rejects
    assert AuditEntry.objects.filter(action="import.rejects_exported", brand=world.brand).exists()


def test_a_file_that_nobody_understands_says_what_to_do() -> None:
    build()
    client = as_("operator")
    page = text_of(client, upload(client, b"a;b\n1;2\n", "notes.csv").headers["Location"])
    assert "Choose one" in page
    assert "disabled" in page


def test_each_table_of_an_archive_is_read_as_what_it_is() -> None:
    build()
    client = as_("operator")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("orders.csv", CSV)
        archive.writestr("members.csv", "会员号,姓名,生日\nM1,李小鱼,1990-05-01\n")
        archive.writestr("notes.txt", "just words\n")
    with frozen(NOW):
        address = upload(client, packed.getvalue(), "all.zip").headers["Location"]
        page = text_of(client, address)
        assert "Each table as what it is" in page
        assert "members.csv · Members" in page
        assert "notes.txt" in page
        client.post(f"{address}/start", {"importer": ""})
        jobs.run_queued()
    row = Import.objects.latest("id")
    assert [table["importer"] for table in row.cursor["tables"]] == ["orders", "members"]


@pytest.mark.parametrize("content", [b"", b"\x00\xff\x00", b"PK\x03\x04broken"])
def test_a_file_that_is_not_what_its_name_says_is_no_crash(content: bytes) -> None:
    build()
    client = as_("operator")
    answer = upload(client, content, "orders.xlsx")
    assert answer.status_code in {302, 422}
    if answer.status_code == 302:
        text_of(client, answer.headers["Location"])


def test_a_file_beyond_the_limit_leaves_nothing(settings: Any) -> None:
    build()
    settings.MAX_FILE_BYTES = 20
    answer = upload(as_("operator"))
    assert answer.status_code == 429
    assert StoredFile.objects.count() == 0


def test_another_brands_upload_does_not_exist() -> None:
    build()
    address = upload(as_("operator")).headers["Location"]
    assert as_("stranger").get(address).status_code == 404
    assert as_("stranger").post(f"{address}/start", {"importer": "orders"}).status_code == 404
    assert Import.objects.filter(upload_id__isnull=False).count() == 0


def test_progress_polls_while_it_runs_and_then_asks_for_the_whole_page() -> None:
    world = build()
    client = as_("operator")
    address = f"/imports/{world.imported.pk}/progress"
    assert 'hx-trigger="every 1s"' in text_of(client, address)
    client.post(f"/imports/{world.imported.pk}/cancel")
    ended = client.get(address)
    assert ended.headers["HX-Refresh"] == "true"
    assert "hx-trigger" not in ended.content.decode()


# ---------------------------------------------------------------- overview and log


def test_an_empty_brand_is_taught() -> None:
    build()
    page = text_of(as_("stranger"), "/overview")
    assert "Begin with a file you already have" in page
    assert 'href="/imports/new"' in page


def test_the_log_shows_the_rows_behind_the_numbers() -> None:
    world = build()
    page = text_of(as_("owner"), "/log?kind=order.paid")
    assert page.count("¥100.00") == 3
    assert f'href="/customers/{world.customer.pk}"' in page
    assert "¥100.00" not in text_of(as_("owner"), "/log?kind=order.refunded")


# ---------------------------------------------------------------- finding customers


@pytest.mark.parametrize("sought", ["138****8000", "****8000", "8000", "38000", "13800138000"])
def test_a_customer_is_found_by_a_masked_phone(sought: str) -> None:
    world = build()
    page = as_("associate").get("/customers", {"q": sought})
    assert [row.pk for row, *_shown in page.context["rows"]] == [world.customer.pk]


def test_a_search_that_fits_too_many_says_so() -> None:
    world = build()
    facts = [order(n, ("tmall", f"t{n}"), ("phone", f"+86138{n:04d}7777")) for n in range(100, 155)]
    services.record(world.brand.pk, "shop", facts, mode=Mode.BACKFILL)
    client = as_("associate")
    assert "More than 50 customers match" in text_of(client, "/customers?q=7777")
    assert "add digits" not in text_of(client, "/customers?q=1017777")


def test_customers_are_shown_with_their_city_and_chosen_by_it() -> None:
    world = build()
    Customer.objects.filter(pk=world.customer.pk).update(adcode=330100)
    Customer.objects.filter(pk=world.second.pk).update(adcode=310000)
    client = as_("owner")
    everybody = client.get("/customers")
    assert everybody.context["cities"] == [(310000, "Shanghai"), (330100, "Hangzhou, Zhejiang")]
    page = client.get("/customers?city=330100&sort=revenue")
    assert [row.pk for row, *_shown in page.context["rows"]] == [world.customer.pk]
    assert 'name="city" value="330100"' in page.content.decode()
    assert exported(client, {"city": "330100", "sort": "revenue"}).count("\n") == 2
    assert len(client.get("/customers?city=nowhere").context["rows"]) == 2
    assert "Nobody here" in text_of(client, "/customers?city=440300")


def test_cities_page_by_key() -> None:
    world = build()
    Customer.objects.update(adcode=330100)
    query = listing.Query(city=330100)
    first, after = listing.page(world.brand.pk, query, 1)
    second, end = listing.page(world.brand.pk, replace(query, after=listing.position(after)), 1)
    assert {first[0].pk, second[0].pk} == {world.customer.pk, world.second.pk}
    assert end == ""


def test_customers_are_chosen_by_the_identities_they_have_and_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    world = build()
    facts = [
        order(101, ("tmall", "only"), ("unionid", "u1")),
        order(102, ("openid:wx1", "o1"), ("phone", "+8613811112222"), ("unionid", "u2")),
        order(103, ("openid:wx1", "o3")),
    ]
    services.record(world.brand.pk, "shop", facts, mode=Mode.BACKFILL)
    client = as_("owner")

    def found(address: str) -> set[frozenset[str]]:
        rows = client.get(address).context["rows"]
        return {frozenset(face.schemes) for row, face, *_shown in rows if row.pk > world.second.pk}

    alone, with_phone, follower = {"tmall", "unionid"}, {"openid:wx1", "phone", "unionid"}, {"openid:wx1"}
    expected = {
        "/customers?has=unionid": [alone, with_phone],
        "/customers?has=openid&sort=revenue": [with_phone, follower],
        "/customers?has=unionid&lacks=phone": [alone],
        "/customers?lacks=unionid&has=openid": [follower],
        "/customers?has=wecom": [],
        "/customers?has=nonsense": [alone, with_phone, follower],
    }
    for few in (held.FEW, 0):
        monkeypatch.setattr(held, "FEW", few)
        for address, groups in expected.items():
            assert found(address) == set(map(frozenset, groups)), address
    page = client.get("/customers?has=unionid&lacks=phone")
    assert "wecom" not in dict(page.context["schemes"])
    assert exported(client, {"has": "unionid", "lacks": "phone"}).count("\n") == 2
