"""Why a file or a row was refused, in the language of who reads it, whenever it was imported."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.utils import translation

from guanxi.cli import main as cli
from guanxi.kernel.errors import Invalid
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand
from guanxi.touchpoints import queries
from guanxi.touchpoints.importing import preview, services
from guanxi.touchpoints.models import Import
from tests.touchpoints.orders import order, write_orders

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def brand() -> Brand:
    return Brand.objects.create(slug="lanhua", name="兰花", is_default=True)


def reasons(brand: Brand, import_id: int, language: str) -> list[tuple[str, str]]:
    with translation.override(language):
        text = b"".join(services.rejected_rows(brand.pk, import_id, actor="cli")).decode("utf-8-sig")
    return [(row["code"], row["reason"]) for row in csv.DictReader(io.StringIO(text))]


def test_rejected_rows_of_one_import_are_explained_in_both_languages(brand: Brand, tmp_path: Path) -> None:
    lines = [order(1), order(2, paid="十块"), order(3, created="后天", paid_at=""), order(4) + ",more"]
    with translation.override("zh-hans"):
        done = services.start_import(brand.pk, write_orders(tmp_path / "orders.csv", lines))
    assert reasons(brand, done.import_id, "en") == [
        ("bad_amount", "'十块' is no amount of money."),
        ("bad_date", "'后天' is no date."),
        ("too_many_cells", "The row has 15 cells, the header 14."),
    ]
    assert reasons(brand, done.import_id, "zh-hans") == [
        ("bad_amount", "“十块”不是金额。"),
        ("bad_date", "“后天”不是日期。"),
        ("too_many_cells", "该行有 15 个单元格，而表头有 14 个。"),
    ]


def test_a_preview_speaks_the_language_of_who_looks(brand: Brand, tmp_path: Path) -> None:
    path = write_orders(tmp_path / "orders.csv", [order(1, paid="?")])
    with translation.override("zh-hans"):
        assert preview.preview(brand.pk, path, path.name).rejects[0]["message"] == "“?”不是金额。"
    with translation.override("en"):
        assert (
            preview.preview(brand.pk, path, path.name).rejects[0]["message"] == "'?' is no amount of money."
        )


def test_what_stopped_an_import_is_kept_for_every_reader(brand: Brand, tmp_path: Path) -> None:
    path = tmp_path / "13800138000.csv"
    path.write_bytes(b"%PDF-1.7 13800138000")
    with translation.override("zh-hans"), pytest.raises(Invalid) as caught:
        services.start_import(brand.pk, path)
    row = Import.objects.get()
    assert "13800138000" not in row.error
    with translation.override("en"):
        shown = queries.import_detail(brand.pk, row.pk).error
        assert "is a PDF document, not a table. Export the table as CSV or Excel" in shown
        assert spoken(caught.value.message) == "'[phone].csv' is a PDF document, not a table."
    with translation.override("zh-hans"):
        shown = queries.import_detail(brand.pk, row.pk).error
        assert shown.endswith("不是表格，而是：PDF 文档。请把表格导出为 CSV 或 Excel 再导入。")


@pytest.mark.parametrize(
    ("spoken_here", "explained"),
    [
        ("zh_CN.UTF-8", ("“x.csv”没有名为“nope”的列。", "它的 2 列：a, b。")),
        ("en_GB.UTF-8", ("'x.csv' has no column 'nope'.", "Its 2 columns are: a, b.")),
    ],
)
def test_the_command_line_speaks_the_language_of_the_terminal(
    spoken_here: str,
    explained: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LC_ALL", spoken_here)
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    with translation.override("en"):  # what the command activates ends with the test
        assert cli.run(["import", str(path), "--as", "orders", "--map", "date=nope"]) == 2
        shown = capsys.readouterr().err
        assert all(sentence in shown for sentence in explained)
        assert cli.run(["import", str(path), "--as", "orders", "--map", "date=nope", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["message"] == "'x.csv' has no column 'nope'.", "programs read the same in any language"


def test_rows_without_ids_are_not_named_by_what_others_could_compute(brand: Brand, tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("date,amount,phone\n2024-03-05,10,13800138000\n")
    other = Brand.objects.create(slug="meihua", name="梅花")
    shown = [preview.preview(one.pk, path, path.name, importer="orders").first[0] for one in (brand, other)]
    again = preview.preview(brand.pk, path, path.name, importer="orders").first[0]
    assert again["source_ref"] == shown[0]["source_ref"] != shown[1]["source_ref"]
    services.start_import(brand.pk, path, importer="orders")
    assert "ref_key" not in Import.objects.get().options
