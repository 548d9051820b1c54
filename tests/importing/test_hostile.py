"""Whatever the bytes are: rows, rejected rows, or a named error. Never a crash, never a row lost."""

from __future__ import annotations

import gzip
import io

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from guanxi.kernel.errors import GuanxiError
from guanxi.touchpoints.importing import detect, grouping
from guanxi.touchpoints.importing.contracts import Options
from guanxi.touchpoints.importing.reading import open_tables

CELL = st.text(st.sampled_from('abc,;"\n\r\t =1290.-¥年\0\ufeff小'), max_size=8)
LINES = st.lists(st.lists(CELL, max_size=5).map(",".join), max_size=30).map("\n".join)
STARTS = st.sampled_from(
    [b"", b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"\xd0\xcf\x11\xe0", b"{", b"[", b"\xff\xfe", b"\xfe\xff"]
)


def read(data: bytes) -> tuple[int, int]:
    """How many rows and rejects the bytes give."""
    try:
        blocks = [block for table in open_tables(io.BytesIO(data), "file") for block in table.blocks()]
    except GuanxiError as error:
        assert error.message
        return 0, 0
    return sum(len(block.rows) for block in blocks), sum(len(block.rejects) for block in blocks)


@settings(deadline=None, max_examples=200)
@given(STARTS, st.binary(max_size=300))
@example(b"PAR1", b"PAR1")
@example(b"\xd0\xcf\x11\xe0", b"\xa1\xb1\x1a\xe1" + b"\0" * 600)
def test_no_bytes_break_the_reading(start: bytes, rest: bytes) -> None:
    read(start + rest)
    read(gzip.compress(start + rest)[: len(rest) + 10])


@settings(deadline=None, max_examples=200)
@given(LINES)
@example('a,b,c\n"x')
@example('a,b,c\n1,2,3\n"x,\n4,5,6\n')
def test_no_text_breaks_the_reading(text: str) -> None:
    for encoding in ("utf-8", "gb18030", "utf-16"):
        read(text.encode(encoding))


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.sampled_from(["1,2,3", '"a,b",2,3', '1,"2,3', "x,y", "1,2,3,4", "", ",,", '="1,2",3,4']),
        max_size=40,
    )
)
def test_every_line_is_a_row_a_reject_blank_or_within_a_row(lines: list[str]) -> None:
    text = "\n".join(["a,b,c", *lines])
    [table] = open_tables(io.BytesIO(text.encode()), "file", header=1)
    blocks = list(table.blocks())
    seen = {reject.line for block in blocks for reject in block.rejects}
    for row in (row for block in blocks for row in block.rows):
        assert row.text is not None
        seen |= set(range(row.line, row.line + max(1, row.text.rstrip("\n").count("\n") + 1)))
    blank = {at for at, line in enumerate(lines, start=2) if not line.replace(",", "")}
    assert seen | blank >= set(range(2, len(lines) + 2))


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL), min_size=1, max_size=20))
def test_every_row_becomes_a_fact_or_a_reject(rows: list[tuple[str, str, str, str]]) -> None:
    import csv

    stream = io.StringIO()
    csv.writer(stream).writerows([("order id", "date", "amount", "status"), *rows])
    try:
        [table] = detect.open_tables(io.BytesIO(stream.getvalue().encode()), "file", header=1)
        plan = detect.plan(table, "orders", Options(now_ms=1))  # zero bytes make it look like UTF-16
    except GuanxiError:
        return
    chunks = list(grouping.iter_facts(table, plan))
    read = sum(chunk.rows_read for chunk in chunks)
    rejected = sum(len(chunk.rejects) for chunk in chunks)
    assert rejected <= read
    assert bool(read - rejected) == any(chunk.facts for chunk in chunks)
