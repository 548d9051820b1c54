"""Rows of one order meet wherever they stand, in bounded memory, and always in the same chunks."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.touchpoints.importing import detect, grouping
from guanxi.touchpoints.importing.contracts import ChunkOfFacts, Options
from guanxi.touchpoints.importing.mapping import MEMBER_FIELDS, ORDER_FIELDS, parse_map, suggest
from tests.importing.helpers import write

KEYS = st.lists(st.integers(0, 8), max_size=60)


@given(KEYS)
def test_occurrences_count_from_one_in_file_order(keys: list[int]) -> None:
    seen: Counter[int] = Counter()
    expected = []
    for key in keys:
        seen[key] += 1
        expected.append(seen[key])
    assert grouping.occurrences_of(np.array(keys, np.int64)).tolist() == expected


@given(KEYS)
def test_the_layout_tells_which_groups_are_scattered(keys: list[int]) -> None:
    layout = grouping.layout_of(np.array(keys, np.int64))
    runs = Counter(key for at, key in enumerate(keys) if at == 0 or keys[at - 1] != key)
    assert [bool(ordinal) for ordinal in layout.scattered] == [runs[key] > 1 for key in keys]
    for key, count in runs.items():
        if count > 1:
            [ordinal] = {int(layout.scattered[at]) for at, other in enumerate(keys) if other == key}
            assert layout.sizes[ordinal - 1] == keys.count(key)
    open_rows = most = 0
    for at, key in enumerate(keys):
        if runs[key] > 1:
            open_rows += 1
            most = max(most, open_rows)
            if key not in keys[at + 1 :]:
                open_rows -= keys.count(key)
    assert layout.waiting == most


def chunks(path: Path, *, chunk_rows: int = 50, start: int = 0) -> list[ChunkOfFacts]:
    [table] = detect.open_tables(path)
    plan = detect.plan(table, "orders", Options())
    return list(grouping.iter_facts(table, plan, start_chunk=start, chunk_rows=chunk_rows))


def scattered_file(tmp_path: Path) -> Path:
    rows = [[str(number * 7 % 40), "2024-03-05", "1.00", f"SKU{number}"] for number in range(1_200)]
    rows += [[f"N{number // 3}", "2024-03-05", "2.00", "X"] for number in range(900)]
    return write(tmp_path / "orders.csv", [["order id", "date", "amount", "sku"], *rows])


@settings(max_examples=20, deadline=None)
@given(most=st.integers(1, 2_000))
def test_orders_meet_however_little_may_wait(tmp_path_factory: pytest.TempPathFactory, most: int) -> None:
    path = scattered_file(tmp_path_factory.mktemp("grouping"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouping, "MOST_WAITING", max(most, 40))
        found = chunks(path)
    amounts = {fact.source_ref: fact.amount_fen for chunk in found for fact in chunk.facts}
    assert amounts == {str(number): 3_000 for number in range(40)} | {
        f"N{number}": 600 for number in range(300)
    }
    assert sum(chunk.rows_read for chunk in found) == 2_100
    assert sum(len(chunk.facts) for chunk in found) == 340


def test_a_job_goes_on_at_any_chunk(tmp_path: Path) -> None:
    path = scattered_file(tmp_path)
    whole = chunks(path)
    assert len(whole) > 5
    for start in range(len(whole) + 1):
        assert chunks(path, start=start) == whole[start:]


def test_rejects_and_rows_add_up(tmp_path: Path) -> None:
    rows = [
        ["order id", "date", "amount"],
        *[[f"{n}", "2024-03-05" if n % 10 else "never", "1"] for n in range(1, 501)],
    ]
    found = chunks(write(tmp_path / "orders.csv", rows), chunk_rows=64)
    assert sum(chunk.rows_read for chunk in found) == 500
    assert [reject.line for chunk in found for reject in chunk.rejects] == [n + 1 for n in range(10, 501, 10)]
    assert [chunk.number for chunk in found] == list(range(len(found)))
    assert all(len(chunk.origins) == len(chunk.facts) for chunk in found)


# ---------------------------------------------------------------- mapping


def test_suggestions_from_headers_in_both_languages() -> None:
    chinese = {
        s.field: s.column
        for s in suggest(
            ["小票号", "会员号", "顾客手机", "销售时间", "实收金额", "数量", "商品编码"], ORDER_FIELDS
        )
    }
    assert chinese == {
        "order": "小票号",
        "member": "会员号",
        "phone": "顾客手机",
        "date": "销售时间",
        "amount": "实收金额",
        "quantity": "数量",
        "item": "商品编码",
    }
    english = {
        s.field: s.column
        for s in suggest(
            ["Invoice", "StockCode", "Quantity", "InvoiceDate", "Price", "Customer ID"], ORDER_FIELDS
        )
    }
    assert english == {
        "order": "Invoice",
        "item": "StockCode",
        "quantity": "Quantity",
        "date": "InvoiceDate",
        "price": "Price",
        "customer": "Customer ID",
    }
    assert all(0 < s.confidence <= 1 for s in suggest(["生日", "手机号"], MEMBER_FIELDS))


def test_a_mapping_is_read_as_it_is_written() -> None:
    assert parse_map(["customer=2", "Date=下单时间"]) == {"customer": "2", "date": "下单时间"}
    for wrong in (["customer"], ["=2"], ["a=1", "a=2"]):
        with pytest.raises(Exception, match=r"column|twice"):
            parse_map(wrong)
