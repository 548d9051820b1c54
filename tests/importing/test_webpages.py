"""Tables written as HTML and called .xls."""

from __future__ import annotations

import gzip
import io

import pytest

from guanxi.kernel.errors import Invalid
from guanxi.touchpoints.importing.reading import open_table, webpages

HEAD = (
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset=%s"><style>td {}</style></head>'
)
TABLE = """<body><table border=1><tr><th>订单编号</th><th>买家会员名<th>买家实际支付金额</tr>
<tr><td style="vnd.ms-excel.numberformat:@">2084512345678901234</td>
<td>李&amp;雷<br>二店</td><td>&yen;12.50</td></tr>
<tr></tr><tr><td>2084512345678901235<td><b>王</b>芳<script>alert("<td>")</script><td>8</table></body></html>"""
ROWS = [["2084512345678901234", "李&雷 二店", "¥12.50"], ["2084512345678901235", "王芳", "8"]]


@pytest.mark.parametrize(("named", "written"), [("gb2312", "gb18030"), ("gb2312", "utf-8"), ("", "gb18030")])
@pytest.mark.parametrize("block", [7, webpages.BLOCK_BYTES])
def test_a_page_is_read_as_its_table(
    named: str, written: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webpages, "BLOCK_BYTES", block)
    data = ((HEAD % named if named else "<html>") + TABLE).encode(written)
    for content in (data, gzip.compress(data)):
        table = open_table(io.BytesIO(content), "ExportOrderList.xls")
        assert (table.format, table.names) == ("html", ["订单编号", "买家会员名", "买家实际支付金额"])
        assert [row.cells for part in table.blocks() for row in part.rows] == ROWS


def test_merged_cells_keep_columns_in_step() -> None:
    head = "<table><tr><td colspan=3>合计与说明<tr><th>a<th>b<th>c"
    page = head + "<tr><td colspan=2>1<td>2<tr><td>3<td>4<td>5</table>"
    table = open_table(io.BytesIO(page.encode()), "x.xls", header=2)
    assert [row.cells for part in table.blocks() for row in part.rows] == [["1", "", "2"], ["3", "4", "5"]]


def test_a_workbook_in_the_xml_of_2003_is_its_table() -> None:
    page = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<DocumentProperties><Title>订单</Title></DocumentProperties><Worksheet ss:Name="订单"><Table>
<Row><Cell><Data ss:Type="String">订单号</Data></Cell><Cell><Data ss:Type="String">金额</Data></Cell>
<Cell ss:StyleID="s1"><Data ss:Type="String">日期</Data><Comment><Data>下单</Data></Comment></Cell></Row>
<Row><Cell><Data ss:Type="String">00012</Data></Cell><Cell ss:Index="3"><Data
 ss:Type="DateTime">2024-03-05T09:03:11.000</Data></Cell></Row>
<Row><Cell ss:MergeAcross="1"><Data ss:Type="Number">2</Data></Cell><Cell/></Row>
</Table></Worksheet></Workbook>"""
    table = open_table(io.BytesIO(page.encode()), "订单.xls")
    assert (table.format, table.names) == ("html", ["订单号", "金额", "日期"])
    assert [row.cells for part in table.blocks() for row in part.rows] == [
        ["00012", "", "2024-03-05T09:03:11.000"],
        ["2", "", ""],
    ]


def test_absurd_pages_cost_little() -> None:
    page = f"<table><tr><td>a<td>b<tr><td colspan={10**9}>1<td>{'x' * 10**6}<tr><td>1<td>2</table>"
    table = open_table(io.BytesIO(page.encode()), "x.xls", header=1)
    parts = list(table.blocks())
    assert (
        max(len(cell) for part in parts for row in part.rows for cell in row.cells) <= webpages.LONGEST_CELL
    )
    assert [row.cells for part in parts for row in part.rows][-1] == ["1", "2"]
    assert max(len(row.cells) for part in parts for row in part.rows) == 2


def test_a_comment_without_end_is_not_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webpages, "LONGEST_OPEN", 1_000)
    monkeypatch.setattr(webpages, "BLOCK_BYTES", 500)
    with pytest.raises(Invalid, match="web page"):
        open_table(io.BytesIO(b"<table><tr><td>a</td></tr><!--" + b"x" * 5_000), "x.xls")
