"""An import from file to log: counted, resumed, previewed, cancelled; its rejected rows handed out."""

from __future__ import annotations

import csv
import errno
import io
from pathlib import Path
from typing import Any

import orjson
import pytest

from guanxi.customers import lookup
from guanxi.customers.tags import tags_of_many
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.platform import jobs, storage
from guanxi.platform.models import AuditEntry, Brand
from guanxi.touchpoints import queries
from guanxi.touchpoints import services as touchpoints
from guanxi.touchpoints.contracts import ImportState, Mode
from guanxi.touchpoints.importing import preview, rejects, running, services
from guanxi.touchpoints.importing.contracts import RowReject
from guanxi.touchpoints.models import Import, Touchpoint
from tests.touchpoints.orders import order, write_orders

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def brand() -> Brand:
    return Brand.objects.create(slug="lanhua", name="兰花", is_default=True)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "CHUNK_ROWS", 500)


def fail_after(monkeypatch: pytest.MonkeyPatch, chunks: int, error: Exception) -> None:
    """Let writing fail once so many chunks are in."""
    write, calls = touchpoints.write_parcel, [0]

    def failing(*arguments: Any, **options: Any) -> touchpoints.Written:
        calls[0] += 1
        if calls[0] > chunks:
            raise error
        return write(*arguments, **options)

    monkeypatch.setattr(touchpoints, "write_parcel", failing)


def test_a_file_is_recorded_once(brand: Brand, tmp_path: Path) -> None:
    path = write_orders(tmp_path / "orders.csv", [order(n) for n in range(30)])
    seen: list[running.Done] = []
    first = services.start_import(brand.pk, path, progress=seen.append)
    assert (first.rows, first.recorded, first.duplicates, first.rejected) == (30, 30, 0, 0)
    assert (first.customers_created, first.customers_merged) == (30, 0)
    assert seen[-1].rows == 30
    assert seen[-1].bytes_read == seen[-1].bytes_total == path.stat().st_size
    again = services.start_import(brand.pk, path)
    assert (again.rows, again.recorded, again.duplicates) == (30, 0, 30)
    assert again.import_id != first.import_id
    assert set(Touchpoint.objects.values_list("import_id", "live")) == {(first.import_id, False)}
    assert sum(Touchpoint.objects.values_list("amount_fen", flat=True)) == 30 * 1000 + sum(range(30))


def test_the_report_says_how_the_file_was_understood(brand: Brand, tmp_path: Path) -> None:
    lines = [order(1), order(2, paid="viel")]
    path = write_orders(tmp_path / "13800138000.csv", lines)
    outcome = services.start_import(brand.pk, path)
    report = orjson.loads(Path(outcome.report).read_bytes())
    assert report["rows"] == 2
    assert report["importer"] == "taobao-orders"
    assert sum(report["reasons"].values()) == report["rejected"] == 1
    assert "13800138000" not in Path(outcome.report).read_text()
    row = queries.import_detail(brand.pk, outcome.import_id)
    assert (row.state, row.share, row.mode) == (ImportState.DONE, 1.0, "backfill")
    assert dict(row.reasons) == report["reasons"]
    assert AuditEntry.objects.filter(action="import.done", object_id=str(row.id)).exists()


@pytest.mark.usefixtures("small_chunks")
def test_an_import_that_stopped_goes_on(
    brand: Brand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [order(n, **({"paid": "?"} if n % 100 == 7 else {})) for n in range(2400)]
    path = write_orders(tmp_path / "orders.csv", lines)
    with monkeypatch.context() as broken:
        fail_after(broken, 2, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(storage.DiskFull):
            services.start_import(brand.pk, path)
    stopped = Import.objects.get()
    assert stopped.state == ImportState.FAILED
    assert Touchpoint.objects.count() == stopped.recorded
    assert 0 < stopped.rows < 2400
    outcome = services.start_import(brand.pk, path)
    assert outcome.import_id == stopped.pk
    assert (outcome.rows, outcome.recorded, outcome.duplicates, outcome.rejected) == (2400, 2376, 0, 24)
    assert Touchpoint.objects.count() == 2376
    assert len(exported(brand, outcome.import_id)) == 24


@pytest.mark.usefixtures("small_chunks")
def test_other_options_are_another_import(
    brand: Brand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_orders(tmp_path / "orders.csv", [order(n) for n in range(1200)])
    with monkeypatch.context() as broken:
        fail_after(broken, 1, OSError(errno.EIO, "bad"))
        with pytest.raises(running.Unavailable):
            services.start_import(brand.pk, path)
    live = services.start_import(brand.pk, path, mode=Mode.LIVE)
    assert Import.objects.count() == 2
    assert live.recorded + live.duplicates == live.rows == 1200
    assert Touchpoint.objects.count() == 1200


def exported(brand: Brand, import_id: int) -> list[dict[str, str]]:
    data = b"".join(services.rejected_rows(brand.pk, import_id, actor="user:1"))
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_rejected_rows_come_back_with_line_reason_and_text(brand: Brand, tmp_path: Path) -> None:
    evil = order(2, name="=HYPERLINK(1)", paid="viel")
    path = write_orders(tmp_path / "orders.csv", [order(1), evil, order(3, paid_at="2190-01-01 00:00:00")])
    outcome = services.start_import(brand.pk, path)
    assert (outcome.recorded, outcome.rejected) == (1, 2)
    rows = exported(brand, outcome.import_id)
    assert [row["line"] for row in rows] == ["3", "4"]
    assert rows[0]["收货人姓名"] == "'=HYPERLINK(1)"
    assert rows[0]["买家实际支付金额"] == "viel"
    assert rows[0]["original"].lstrip("'") == evil
    assert rows[1]["code"] == "time_out_of_range"
    assert all(row["reason"] for row in rows)
    assert AuditEntry.objects.filter(action="import.rejects_exported", actor="user:1").exists()
    sealed = b"".join(file.read_bytes() for file in storage.folder().iterdir())
    assert b"HYPERLINK" not in sealed
    assert not rejects.sealed_path(outcome.import_id).exists()


def test_corrected_rows_can_be_imported(brand: Brand, tmp_path: Path) -> None:
    lines = [order(n) for n in range(5)]
    lines[3] = order(3, paid="10.O3")
    outcome = services.start_import(brand.pk, write_orders(tmp_path / "orders.csv", lines))
    assert (outcome.recorded, outcome.rejected) == (4, 1)
    path = tmp_path / "rejects.csv"
    assert services.write_rejects(brand.pk, outcome.import_id, path, actor="cli") == 1
    assert path.stat().st_mode & 0o077 == 0
    path.write_text(path.read_text(encoding="utf-8-sig").replace(",10.O3,", ",10.03,", 1), encoding="utf-8")
    again = services.start_import(brand.pk, path)
    assert (again.recorded, again.rejected) == (1, 0)
    assert Touchpoint.objects.count() == 5
    assert len(set(Touchpoint.objects.values_list("source_id", flat=True))) == 1
    with pytest.raises(Invalid):
        services.write_rejects(brand.pk, outcome.import_id, path, actor="cli")


def test_a_cut_or_foreign_reject_file_is_not_read(brand: Brand, tmp_path: Path) -> None:
    file = rejects.RejectFile(7, 0)
    frame = rejects.Frame("t", ["a"], [RowReject(1, "c", "m", "o")])
    size = file.append(frame)
    file.append(frame)
    assert list(rejects.frames(7, size)) == [frame]
    assert len(list(rejects.frames(7, file.size))) == 2
    rejects.sealed_path(7).write_bytes(rejects.sealed_path(7).read_bytes()[:-1])
    with pytest.raises(running.Unavailable):
        list(rejects.frames(7, file.size))


def test_a_preview_writes_nothing_and_shows_nobody(brand: Brand, tmp_path: Path) -> None:
    path = write_orders(tmp_path / "orders.csv", [order(n) for n in range(20)] + [order(20, paid="?")])
    found = preview.preview(brand.pk, path, path.name)
    assert (found.rows, found.recorded, found.duplicates, found.rejected) == (21, 20, 0, 1)
    assert found.kinds == {"order.paid": 20}
    assert found.complete
    assert len(found.first) == 10
    assert "13800000" not in str(found)
    assert "李雷" not in str(found)
    assert not Import.objects.exists()
    assert not Touchpoint.objects.exists()


def test_what_is_not_understood_is_refused(brand: Brand, tmp_path: Path) -> None:
    path = tmp_path / "poem.csv"
    path.write_text("月,光\n床,前\n", encoding="utf-8")
    with pytest.raises(Invalid):
        services.start_import(brand.pk, path)
    with pytest.raises(Invalid):
        services.start_import(brand.pk, tmp_path / "absent.csv")
    assert Import.objects.get().state == ImportState.FAILED


def test_an_upload_is_imported_by_the_worker(brand: Brand, tmp_path: Path) -> None:
    path = write_orders(tmp_path / "orders.csv", [order(n) for n in range(30)])
    with path.open("rb") as stream:
        upload_id = storage.store(brand.pk, storage.Purpose.UPLOAD, "orders.csv", stream)
    import_id = services.queue_import(brand.pk, upload_id, actor="user:1")
    assert queries.import_detail(brand.pk, import_id).state is ImportState.QUEUED
    jobs.run_queued()
    row = queries.import_detail(brand.pk, import_id)
    assert (row.state, row.recorded, row.actor) == (ImportState.DONE, 30, "user:1")


@pytest.mark.usefixtures("small_chunks")
def test_a_cancelled_import_can_go_on(brand: Brand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_orders(tmp_path / "orders.csv", [order(n) for n in range(1500)])
    with path.open("rb") as stream:
        upload_id = storage.store(brand.pk, storage.Purpose.UPLOAD, "orders.csv", stream)
    import_id = services.queue_import(brand.pk, upload_id, actor="user:1")
    tell = jobs.JobContext.progress

    def cancelling(context: jobs.JobContext, done: int, total: int | None = None) -> None:
        services.cancel_import(brand.pk, import_id, actor="user:1")
        tell(context, done, total)

    with monkeypatch.context() as patched:
        patched.setattr(jobs.JobContext, "progress", cancelling)
        jobs.run_queued()
    stopped = Import.objects.get()
    assert stopped.state == ImportState.CANCELLED
    assert 0 < Touchpoint.objects.count() == stopped.recorded < 1500
    services.resume_import(brand.pk, import_id, actor="user:1")
    jobs.run_queued()
    assert queries.import_detail(brand.pk, import_id).state is ImportState.DONE
    assert Touchpoint.objects.count() == 1500
    with pytest.raises(Conflict):
        services.cancel_import(brand.pk, import_id, actor="user:1")


def test_imports_of_another_brand_do_not_exist(brand: Brand, tmp_path: Path) -> None:
    other = Brand.objects.create(slug="other", name="Other")
    outcome = services.start_import(brand.pk, write_orders(tmp_path / "o.csv", [order(1, paid="?")]))
    for act in (
        lambda: queries.import_detail(other.pk, outcome.import_id),
        lambda: services.cancel_import(other.pk, outcome.import_id, actor="x"),
        lambda: services.resume_import(other.pk, outcome.import_id, actor="x"),
        lambda: services.rejected_rows(other.pk, outcome.import_id, actor="x"),
    ):
        with pytest.raises(NotFound):
            act()
    assert queries.recent_imports(other.pk) == []


def test_tags_of_a_member_file_are_put_on_whom_its_rows_name(brand: Brand, tmp_path: Path) -> None:
    header = "客户姓名,客户手机号,标签,成为客户时间,客户积分"
    file = tmp_path / "members.csv"
    file.write_text(f"{header}\n李雷,13800138000,护肤、13900139000,2024-05-01,10\n", encoding="utf-8")
    assert services.start_import(brand.pk, file).rejected == 0
    (customer,) = lookup.live_ids(brand.pk)
    assert tags_of_many(brand.pk, [customer]) == {customer: ["护肤"]}
