"""A sheet of text as .xlsx: the least that Excel opens, streamed, the same bytes for the same rows."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
_CHUNK = 2_000


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _column(number: int) -> str:
    """A, B … Z, AA …"""
    letters = ""
    while number >= 0:
        number, letter = divmod(number, 26)
        letters = chr(65 + letter) + letters
        number -= 1
    return letters


def write_sheet(path: Path, title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Writes one sheet of text cells; empty cells are left out, as spreadsheets do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = [_column(n) for n in range(len(header))]

    def line(number: int, cells: Sequence[str]) -> str:
        written = "".join(
            f'<c r="{column}{number}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            for column, cell in zip(columns, cells, strict=True)
            if cell
        )
        return f'<row r="{number}">{written}</row>'

    with zipfile.ZipFile(path, "w", compresslevel=3) as archive:
        for name, body in _PARTS.items():
            archive.writestr(_entry(name), _HEAD + body)
        workbook = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        workbook += f'<sheet name="{escape(title)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        archive.writestr(_entry("xl/workbook.xml"), _HEAD + workbook)
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{line(1, header)}'.encode())
            pending: list[str] = []
            for number, row in enumerate(rows, start=2):
                pending.append(line(number, row))
                if len(pending) == _CHUNK:
                    sheet.write("".join(pending).encode())
                    pending.clear()
            sheet.write(("".join(pending) + "</sheetData></worksheet>").encode())
