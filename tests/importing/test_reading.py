"""Files as brands really have them."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guanxi.kernel.errors import Invalid, Limit
from guanxi.touchpoints.importing.contracts import RowReject
from guanxi.touchpoints.importing.reading import open_table, open_tables, sources
from guanxi.touchpoints.importing.reading.opening import FileTable
from tests.importing.helpers import understood

HEADER = "订单号,买家,金额"
LINES = ["1001,小兰,12.50", "1002,小竹,8.00", "1003,小菊,3.30"]
TEXT = "\r\n".join([HEADER, *LINES, ""])
CELLS = [line.split(",") for line in LINES]


def table(data: bytes | str, name: str = "orders.csv", **options: object) -> FileTable:
    raw = data.encode() if isinstance(data, str) else data
    return open_table(io.BytesIO(raw), name, **options)  # type: ignore[arg-type]  # by name


def rows(found: FileTable) -> list[list[str]]:
    return [row.cells for block in found.blocks() for row in block.rows]


def rejects(found: FileTable) -> list[RowReject]:
    return [reject for block in found.blocks() for reject in block.rejects]


# ---------------------------------------------------------------- encodings


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_every_encoding_gives_the_same_rows(encoding: str) -> None:
    found = table(TEXT.encode(encoding))
    assert found.names == ["订单号", "买家", "金额"]
    assert rows(found) == CELLS


def test_utf16_be_with_mark() -> None:
    assert rows(table(b"\xfe\xff" + TEXT.encode("utf-16-be"))) == CELLS


def test_an_encoding_shown_only_late_in_the_file_is_found() -> None:
    ascii_lines = "\r\n".join(f"{number},buyer,1.00" for number in range(20_000))
    data = f"id,name,amount\r\n{ascii_lines}\r\n99,小兰,1.00\r\n".encode("gb18030")
    found = table(data)
    assert found.encoding == "gb18030"
    assert rows(found)[-1] == ["99", "小兰", "1.00"]


def test_one_broken_byte_costs_its_row_not_the_file() -> None:
    data = "\n".join([HEADER, *[f"{n},小兰花香膏,1.00" for n in range(500)]]).encode()
    broken = data.replace("250,小兰".encode(), b"250,\xff\xfe")
    found = table(broken)
    assert len(rows(found)) == 499
    assert [(reject.line, reject.code) for reject in rejects(found)] == [(252, "bad_bytes")]


def test_bytes_of_no_encoding_are_refused_with_the_line() -> None:
    with pytest.raises(Invalid, match="line 1"):
        table(b"caf\xe9\xff, \xe9 \xe8\xff,\xff\xff\n1,2,3\n" * 50)


def test_an_encoding_may_be_said() -> None:
    assert rows(table(TEXT.encode("gbk"), encoding="GBK")) == CELLS
    with pytest.raises(Invalid, match="no encoding"):
        table(TEXT, encoding="klingon")


# ---------------------------------------------------------------- text tables


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters(delimiter: str) -> None:
    assert rows(table(TEXT.replace(",", delimiter))) == CELLS


def test_white_space_without_a_header() -> None:
    found = table(" 00004 0001 19970101  2   29.33\r\n 00004 0001 19970118  2   29.73\r\n")
    assert (found.names, found.header_line) == (["1", "2", "3", "4", "5"], None)
    assert rows(found)[0] == ["00004", "0001", "19970101", "2", "29.33"]


def test_line_ends_of_every_age() -> None:
    for end in ("\n", "\r\n", "\r"):
        assert rows(table(end.join([HEADER, *LINES]))) == CELLS


def test_physical_lines_and_original_text_survive_line_breaks_in_cells() -> None:
    found = table(f'{HEADER}\n1001,"小\n兰",12.50\n\n1002,小竹,8.00,多\n')
    [row] = [row for block in found.blocks() for row in block.rows]
    assert (row.line, row.cells) == (2, ["1001", "小\n兰", "12.50"])
    assert [(r.line, r.code, r.original) for r in rejects(found)] == [
        (5, "too_many_cells", "1002,小竹,8.00,多")
    ]


def test_excel_text_cells_keep_their_commas() -> None:
    found = table('编号,标题,金额\n="1001",="香膏,30g",="12.50"\n"=""1002""",x,1\n')
    assert rows(found) == [["1001", "香膏,30g", "12.50"], ['="1002"', "x", "1"]]


def test_notices_above_the_header_are_passed_over() -> None:
    found = table("导出时间：2024-03-05 共3条\n\n" + TEXT)
    assert (found.names, found.header_line) == (["订单号", "买家", "金额"], 3)
    assert rows(found) == CELLS


def test_repeated_and_empty_columns_get_names_of_their_own() -> None:
    found = table("订单号,分销员,分销员,,备注\n1,a,b,,x\n")
    assert found.names == ["订单号", "分销员", "分销员#2", "#4", "备注"]


def test_a_last_column_without_a_name_is_no_column() -> None:
    assert rows(table("订单号,金额,\n1,2,\n3,4\n")) == [["1", "2"], ["3", "4"]]


def test_blank_lines_are_nothing_and_totals_are_no_records() -> None:
    found = table(f"{TEXT}\n,,\n合计,,23.80\n")
    assert rows(found) == CELLS
    assert [(reject.line, reject.code) for reject in rejects(found)] == [(7, "total_row")]


def test_rows_of_another_width() -> None:
    found = table(f"{HEADER}\n1001,小兰\n1002,小竹,8.00,,\n1003,小菊,3.30,多\n")
    assert rows(found) == [["1002", "小竹", "8.00"]]
    assert [reject.code for reject in rejects(found)] == ["too_few_cells", "too_many_cells"]


def test_nul_bytes_are_left_out() -> None:
    assert rows(table(TEXT.replace("小兰", "小\0兰").encode())) == CELLS


def test_a_quote_that_is_never_closed_costs_its_line_only() -> None:
    lines = [f"{number},名字,1.00" for number in range(5_000)]
    lines[100] = '100,"名字,1.00'
    found = table("\n".join([HEADER, *lines]))
    assert len(rows(found)) == 4_999
    assert [(r.line, r.code, r.original) for r in rejects(found)] == [(102, "broken_quote", '100,"名字,1.00')]


def test_a_quote_within_a_cell_is_a_character() -> None:
    assert rows(table('a,b\n5" nail,2\n"say ""hi""",3\n')) == [['5" nail', "2"], ['say "hi"', "3"]]


def test_a_line_without_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = b"1,2," + b"x" * (3 << 20)
    found = table(b"a,b,c\n1,2,3\n" + endless + b"\n4,5,6\n")
    assert rows(found) == [["1", "2", "3"], ["4", "5", "6"]]
    assert [reject.line for reject in rejects(found)] == [3]
    assert len(rejects(found)[0].original) <= 4_000


def test_records_may_cross_the_blocks_they_are_read_in() -> None:
    lines = [f'{number},"第一行\n第二行 {"长" * 50}",1.00' for number in range(20_000)]
    found = table("\n".join([HEADER, *lines]))
    assert [row[0] for row in rows(found)] == [str(number) for number in range(20_000)]
    assert rejects(found) == []


def test_a_header_only_file_has_no_rows() -> None:
    assert rows(table(HEADER + "\n")) == []


def test_the_header_may_be_said() -> None:
    assert table(TEXT, header=0).header_line is None
    assert len(rows(table(TEXT, header=0))) == 4
    assert rows(table("x,y,z\n" + TEXT, header=2)) == CELLS
    with pytest.raises(Invalid, match="no header in line 99"):
        table(TEXT, header=99)


# ---------------------------------------------------------------- containers


def test_gzip() -> None:
    found = table(gzip.compress(TEXT.encode("gb18030")), "orders.csv.gz")
    assert (found.name, rows(found)) == ("orders.csv", CELLS)


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def test_each_table_of_a_zip_and_nothing_else() -> None:
    data = zipped(
        **{
            "一月.csv": TEXT.encode(),
            "__MACOSX/._一月.csv": b"\0",
            "二月.csv": TEXT.encode("gbk"),
            "readme.pdf": b"%PDF-1.4",
        }
    )
    found = open_tables(io.BytesIO(data), "orders.zip")
    assert [part.name for part in found] == ["orders.zip/一月.csv", "orders.zip/二月.csv"]
    assert [rows(part) for part in found] == [CELLS, CELLS]


def test_member_names_written_by_chinese_windows() -> None:
    info = zipfile.ZipInfo("placeholder.csv")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(info, TEXT)
    data = stream.getvalue().replace(b"placeholder.csv", "订单订单导.csv".encode("gbk") + b"ab"[:1])
    [found] = open_tables(io.BytesIO(data), "a.zip")
    assert found.name.startswith("a.zip/订单订单导")


def test_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "FREE_EXPANSION", 1 << 20)
    zeros = b"a,b\n" + b"1,2\n" * (2 << 20)
    with pytest.raises(Limit, match="unpacks"):
        rows(table(gzip.compress(zeros), "bomb.csv.gz"))
    with pytest.raises(Limit, match="unpacks"):
        rows(table(zipped(**{"bomb.csv": zeros}), "bomb.zip"))


def test_an_archive_in_an_archive_is_refused() -> None:
    with pytest.raises(Invalid, match="archive in an archive"):
        table(zipped(**{"inner.zip": zipped(**{"a.csv": TEXT.encode()})}), "outer.zip")
    with pytest.raises(Invalid, match="archive in an archive"):
        table(gzip.compress(gzip.compress(TEXT.encode())), "a.csv.gz.gz")


def test_damaged_archives_say_so() -> None:
    with pytest.raises(Invalid, match="damaged"):
        table(gzip.compress(TEXT.encode())[:-12], "cut.csv.gz")
    with pytest.raises(Invalid, match="damaged"):
        table(b"PK\x03\x04 and nothing more", "cut.zip")


def workbook(tmp_path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    path = tmp_path / "orders.xlsx"
    book.save(path)
    return path


def test_a_workbook_gives_the_text_a_csv_would_have_had(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        订单=[
            ["订单号", "时间", "数量", "金额"],
            ["1001", datetime(2024, 3, 5, 9, 3), 2, 12.5],
            [1002, None, 1.0, "-"],
        ],
    )
    found = open_table(path)
    assert found.format == "xlsx"
    assert rows(found) == [["1001", "2024-03-05 09:03:00", "2", "12.5"], ["1002", "", "1", "-"]]


def test_each_sheet_with_rows_is_a_table(tmp_path: Path) -> None:
    cells: list[list[object]] = [["订单号", "金额"], ["1", "2"]]
    path = workbook(tmp_path, 一=cells, 空=[], 二=cells)
    assert [part.name for part in open_tables(path)] == ["orders.xlsx/一", "orders.xlsx/二"]
    assert open_table(path, sheet="二").name == "orders.xlsx"


def test_a_workbook_in_a_zip_is_a_table(tmp_path: Path) -> None:
    path = workbook(tmp_path, 订单=[["订单号", "金额"], ["1", "2"]])
    [found] = open_tables(io.BytesIO(zipped(**{"一月.xlsx": path.read_bytes()})), "orders.zip")
    assert (found.name, rows(found)) == ("orders.zip/一月.xlsx", [["1", "2"]])


def test_a_large_workbook_is_read_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from guanxi.touchpoints.importing.reading import workbooks

    path = workbook(tmp_path, 订单=[["订单号", "时间"], ["1001", datetime(2024, 3, 5, 9, 3)]])
    small = rows(open_table(path))
    monkeypatch.setattr(workbooks, "LARGEST_AT_ONCE", 0)
    assert rows(open_table(path)) == small


def test_a_workbook_of_excel_97() -> None:
    """Real BIFF: numbers, numbers as text, a moment as a serial number, a hidden sheet."""
    seen = understood(Path(__file__).parent / "files" / "jd-orders.xls")
    assert (seen.importers, seen.codes, seen.rows) == (["jd-orders"], [], 3)
    assert [(fact.source_ref, fact.amount_fen, fact.quantity) for fact in seen.facts] == [
        ("284512345678", 19_650, 3),
        ("284512345679", 9_800, 1),
    ]
    assert datetime.fromtimestamp(seen.facts[0].occurred_ms / 1000, UTC) == datetime(
        2024, 3, 5, 1, 3, 11, tzinfo=UTC
    )
    assert seen.facts[0].payload is not None
    assert seen.facts[0].payload["items"][0]["sku"] == "100012345"  # type: ignore[index]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_tabs_called_xls(encoding: str) -> None:
    table = open_table(io.BytesIO("订单号\t金额\r\n1\t2.50\r\n".encode(encoding)), "订单.xls")
    assert (table.format, table.names) == ("tsv", ["订单号", "金额"])
    assert [row.cells for part in table.blocks() for row in part.rows] == [["1", "2.50"]]


@pytest.mark.parametrize(
    "data",
    [
        b"\x09\0\x04\0\2\0\x10\0\4\0\x0d\0\0\0\0\0\0\0\0\5order",
        b"\x09\x08\x08\0\0\5\x10\0\0\0\0\0",
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n<table>',
    ],
)
def test_older_workbooks_say_what_to_do(data: bytes) -> None:
    with pytest.raises(Invalid, match="no longer read") as refused:
        open_table(io.BytesIO(data), "old.xls")
    assert ".xlsx" in refused.value.remedy


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    pq.write_table(
        pa.table(
            {"order": ["1", None], "id": [13085.0, None], "at": [datetime(2024, 3, 5), None], "n": [1, 2]}
        ),
        path,
    )
    found = open_table(path)
    assert (found.names, rows(found)) == (
        ["order", "id", "at", "n"],
        [["1", "13085", "2024-03-05 00:00:00", "1"], ["", "", "", "2"]],
    )


def test_json_lines_keep_the_digits_of_numbers() -> None:
    found = table(
        '{"订单号": 6917356702210008716, "金额": 0.10}\n{"订单号": "2", "金额": null}\n'
        'not json\n[1]\n{"订单号": "\\ud800"}\n',
        "a.jsonl",
    )
    assert rows(found) == [["6917356702210008716", "0.10"], ["2", ""]]
    assert [(reject.line, reject.code) for reject in rejects(found)] == [
        (3, "bad_json"),
        (4, "bad_json"),
        (5, "bad_json"),
    ]


def test_a_json_array() -> None:
    assert rows(table('[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]', "a.json")) == [["1", "x"], ["2", "y"]]


# ---------------------------------------------------------------- names that lie


def test_a_csv_called_xlsx_and_an_xlsx_called_csv(tmp_path: Path) -> None:
    assert rows(table(TEXT, "orders.xlsx")) == CELLS
    path = workbook(tmp_path, 订单=[["订单号", "金额"], ["1", "2"]])
    assert rows(open_table(path, "orders.csv")) == [["1", "2"]]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xff\xd8\xff\xe0 JFIF", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\xef\xbb\xbf <!DOCTYPE html><html>login</html>", "web page"),
        (b"<table><tr><td>1</td></tr></table>", "web page"),
        (b"<?xml version='1.0'?><rows><row><a>1</a></row></rows>", "web page"),
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n  \r\n", "empty"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(data: bytes, what: str) -> None:
    with pytest.raises(Invalid, match=what):
        table(data)


def test_a_missing_file_and_a_stream_that_cannot_be_read_twice(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no file"):
        open_table(tmp_path / "nothing.csv")
    with pytest.raises(Invalid, match="cannot be read twice"):
        open_table(io.BufferedReader(OneWay()), "pipe.csv")  # type: ignore[arg-type]  # a raw stream will do


class OneWay(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False
