"""Lists as files: every format says what the list says, and nobody gets what is not theirs."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow.parquet as pq
import pytest

from guanxi.customers import lookup
from guanxi.customers.contracts import Identity
from guanxi.customers.rights import freezing
from guanxi.kernel.clock import HOUR_MS
from guanxi.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.platform import exports, jobs, people
from guanxi.platform.actors import Actor, person
from guanxi.platform.contracts import JobState, Role
from guanxi.platform.exports import FORMATS, Column, Type
from guanxi.platform.exports import formats as written
from guanxi.platform.models import AuditEntry, Brand, Job, StoredFile
from guanxi.touchpoints import services as log
from guanxi.touchpoints.contracts import Fact, Mode

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
COLUMNS = [Column(str(kind), say("Customer"), kind) for kind in Type]
MIDNIGHT_MS = 1_767_196_800_000  # 2026-01-01 00:00 in Shanghai, a day earlier in Greenwich
NASTY = [
    "=1+1",
    "＝cmd|' /C calc'!A0",
    "  @SUM(A1)",
    "007",
    "🧧 \u202egnp",
    'a,b\n"c"',
    "\x00\x08",
    "\ud800\uffff",
]
ROWS: list[list[Any]] = [[text, 7, -12_345, MIDNIGHT_MS, MIDNIGHT_MS + 1_000] for text in NASTY]
ROWS.append([None] * len(Type))


def of(format_name: str, pages: list[list[list[Any]]]) -> bytes:
    sink = io.BytesIO()
    labels = [column.name for column in COLUMNS]
    assert FORMATS[format_name].write(sink, COLUMNS, labels, pages, ZONE) == sum(map(len, pages))
    return sink.getvalue()


def test_csv_keeps_texts_and_amounts_and_no_cell_is_a_formula() -> None:
    content = of("csv", [ROWS[:3], ROWS[3:]])
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == [str(kind) for kind in Type]
    assert [row[0] for row in rows[1:4]] == ["'" + text for text in NASTY[:3]]
    assert rows[4][0] == "007"
    assert rows[6][0] == NASTY[5]
    assert rows[1][1:] == ["7", "-123.45", "2026-01-01", "2026-01-01 00:00:01"]
    assert rows[-1] == [""] * len(Type)


def test_excel_keeps_texts_as_texts_and_has_real_days_and_amounts() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(of("xlsx", [ROWS]))).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2))
    assert [row[0].value for row in rows[:6]] == NASTY[:6]
    assert {row[0].data_type for row in rows[:6]} == {"s"}
    values = [cell.value for cell in rows[0][1:]]
    assert values == [7, -123.45, datetime(2026, 1, 1), datetime(2026, 1, 1, 0, 0, 1)]
    assert all(cell.value is None for row in sheet.iter_rows(min_row=len(ROWS) + 1) for cell in row)


def test_excel_begins_a_sheet_where_one_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "MOST_SHEET_ROWS", 4)
    book = openpyxl.load_workbook(io.BytesIO(of("xlsx", [ROWS[:5], ROWS[5:7]])))
    assert [len(list(sheet.iter_rows())) for sheet in book.worksheets] == [4, 4, 2]
    assert [sheet["A1"].value for sheet in book.worksheets] == ["text"] * 3


def test_parquet_has_types() -> None:
    table = pq.read_table(io.BytesIO(of("parquet", [ROWS, [], ROWS])))
    assert table.num_rows == 2 * len(ROWS)
    first = table.slice(0, 1).to_pylist()[0]
    assert first["money"] == Decimal("-123.45")
    assert first["day"] == date(2026, 1, 1)
    assert first["moment"].astimezone(UTC) == datetime(2025, 12, 31, 16, 0, 1, tzinfo=UTC)
    assert set(table.slice(len(ROWS) - 1, 1).to_pylist()[0].values()) == {None}


# ---------------------------------------------------------------- as jobs


@pytest.fixture
def brand() -> Brand:
    made = people.create_brand("lanhua", "兰花", actor="cli")
    facts = [
        Fact("order.paid", f"o{n}", MIDNIGHT_MS - n * HOUR_MS, amount_fen=100 * n, quantity=1)
        for n in range(2_500)
    ]
    for start in range(0, len(facts), 500):
        log.record(made.pk, "shop", facts[start : start + 500], mode=Mode.BACKFILL)
    return made


MANAGER, ANALYST, OTHER = (person(1, Role.MANAGER), person(2, Role.ANALYST), person(3, Role.ANALYST))


def content(brand: Brand, export_id: int, actor: Actor) -> str:
    with exports.open_file(brand.pk, export_id, actor)[1] as stream:
        return stream.read().decode("utf-8-sig")


def test_an_export_has_every_row_and_is_audited_when_written_and_when_taken(brand: Brand) -> None:
    wanted = exports.want(brand, "log", "csv", {"kind": "order.paid", "after": "9.9"}, ANALYST)
    assert exports.find(brand.pk, wanted, ANALYST).under_way
    with pytest.raises(Conflict):
        exports.open_file(brand.pk, wanted, ANALYST)
    jobs.run_queued()
    found = exports.find(brand.pk, wanted, ANALYST)
    assert (found.state, found.rows, found.query) == (JobState.DONE, 2_500, {"kind": "order.paid"})
    lines = content(brand, wanted, ANALYST).splitlines()
    assert len(lines) == 2_501
    assert "2499.00" in lines[1]  # the last recorded first
    actions = list(AuditEntry.objects.filter(object_kind="export").values_list("action", "actor"))
    assert actions == [("export.written", "user:2"), ("export.downloaded", "user:2")]


def test_what_is_only_stored_is_in_no_file(brand: Brand) -> None:
    phones = ("+8613800138000", "+8613900139000")
    facts = [
        Fact("order.paid", f"p{n}", MIDNIGHT_MS, (Identity("phone", phone),), amount_fen=100, quantity=1)
        for n, phone in enumerate(phones)
    ]
    log.record(brand.pk, "till", facts, mode=Mode.BACKFILL)
    (frozen,) = lookup.find(brand.pk, facts[0].identities[0])
    freezing.freeze(brand.pk, frozen, actor="cli", reason="asked by letter")
    for name, rows in (("customers", 1), ("log", 2_501)):
        wanted = exports.want(brand, name, "csv", {}, ANALYST)
        jobs.run_queued()
        assert exports.find(brand.pk, wanted, ANALYST).rows == rows


def test_pressed_twice_is_one_and_the_language_is_the_readers(brand: Brand) -> None:
    first = exports.want(brand, "log", "csv", {}, ANALYST, language="zh-hans")
    assert exports.want(brand, "log", "csv", {}, ANALYST, language="zh-hans") == first
    assert exports.want(brand, "log", "xlsx", {}, ANALYST) != first
    jobs.run_queued()
    assert "客户" in content(brand, first, ANALYST).splitlines()[0]
    assert exports.again(brand, first, ANALYST, language="en") != first


def test_who_may_see_take_and_want(brand: Brand) -> None:
    agent = person(4, Role.AGENT)
    with pytest.raises(Forbidden):
        exports.want(brand, "log", "csv", {}, agent)
    with pytest.raises(NotFound):
        exports.want(brand, "passwords", "csv", {}, MANAGER)
    with pytest.raises(Invalid):
        exports.want(brand, "log", "pdf", {}, MANAGER)
    wanted = exports.want(brand, "log", "csv", {}, ANALYST)
    jobs.run_queued()
    for act in (exports.find, exports.open_file, exports.cancel):
        with pytest.raises(NotFound):
            act(brand.pk, wanted, OTHER)
        with pytest.raises(NotFound):
            act(brand.pk + 1, wanted, MANAGER)
    assert not exports.of(brand.pk, OTHER)
    assert [one.id for one in exports.of(brand.pk, MANAGER)] == [wanted]  # who may see the audit log
    demoted = Actor("user:2", frozenset())
    with pytest.raises(Forbidden):
        exports.open_file(brand.pk, wanted, demoted)


def test_a_worker_that_ends_on_the_way_leaves_nothing_and_the_next_writes_it_whole(brand: Brand) -> None:
    wanted = exports.want(brand, "log", "csv", {}, ANALYST)
    context = jobs.claim("first")
    assert context is not None
    context.stopping.set()  # as at a restart
    assert jobs.perform(context) is JobState.QUEUED
    assert not StoredFile.objects.exists()
    jobs.run_queued()
    assert exports.find(brand.pk, wanted, ANALYST).rows == 2_500
    assert StoredFile.objects.count() == 1


def test_a_cancelled_one_keeps_nothing_and_an_expired_one_says_so(brand: Brand) -> None:
    wanted = exports.want(brand, "log", "csv", {}, ANALYST)
    exports.cancel(brand.pk, wanted, ANALYST)
    jobs.run_queued()
    assert exports.find(brand.pk, wanted, ANALYST).state is JobState.CANCELLED
    wanted = exports.again(brand, wanted, ANALYST, language="en")
    jobs.run_queued()
    StoredFile.objects.update(expires_ms=1)
    with pytest.raises(NotFound, match="gone"):
        exports.open_file(brand.pk, wanted, ANALYST)
    assert Job.objects.get(pk=wanted).state == JobState.DONE
