"""What may enter the log, and what is refused with which reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
import pytest

from guanxi.customers.contracts import Identity, Person
from guanxi.touchpoints.contracts import Fact
from guanxi.touchpoints.currency import Rate, RateTable
from guanxi.touchpoints.kinds import MAX_ITEMS
from guanxi.touchpoints.payloads import masked
from guanxi.touchpoints.rules import LARGEST_AMOUNT, Entry, Terms, prepare

NOW_MS = 1_700_000_000_000
RATES = RateTable.of(
    "CNY",
    [
        Rate("USD", "2023-01-01", Decimal("6.9")),
        Rate("USD", "2023-11-15", Decimal("7.25")),
        Rate("JPY", "2020-01-01", Decimal("0.05")),
    ],
)
TERMS = Terms.at(NOW_MS, RATES)


def fact(**changes: Any) -> Fact:
    base: dict[str, Any] = {
        "kind": "order.paid",
        "source_ref": "T1",
        "occurred_ms": NOW_MS,
        "amount_fen": 100,
        "channel": "tmall",
    }
    return Fact(**{**base, **changes})


def passed(**changes: Any) -> Entry:
    entries, rejections = prepare([fact(**changes)], TERMS)
    assert rejections == []
    return entries[0]


def refused(**changes: Any) -> str:
    entries, rejections = prepare([fact(**changes)], TERMS)
    assert entries == []
    assert rejections[0].position == 0
    assert rejections[0].message
    return rejections[0].code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "order.eaten"}, "kind_unknown"),
        ({"source_ref": "  "}, "reference_missing"),
        ({"source_ref": "x" * 81}, "reference_too_long"),
        ({"source_ref": "a\x00b"}, "reference_bad"),
        ({"source_ref": "a\ud800b"}, "reference_bad"),
        ({"source_ref": 17}, "reference_missing"),
        ({"occurred_ms": 631_151_999_999}, "time_out_of_range"),
        ({"occurred_ms": NOW_MS + 86_400_001}, "time_out_of_range"),
        ({"occurred_ms": 10**30}, "time_out_of_range"),
        ({"occurred_ms": 1.5e12}, "time_out_of_range"),
        ({"occurred_ms": True}, "time_out_of_range"),
        ({"amount_fen": None}, "amount_missing"),
        ({"amount_fen": LARGEST_AMOUNT + 1}, "amount_bad"),
        ({"amount_fen": 2**63}, "amount_bad"),
        ({"amount_fen": 1.5}, "amount_bad"),
        ({"amount_fen": -1}, "amount_negative"),
        ({"quantity": 2**63}, "quantity_bad"),
        ({"channel": "天猫"}, "channel_bad"),
        ({"identities": (Identity("phone", "186****0005"),)}, "identity_bad"),
        ({"identities": (Identity("tmall", ""),)}, "identity_bad"),
        ({"identities": (Identity("faxnumber", "12"),)}, "scheme_unknown"),
        ({"payload": {"handy": "x"}}, "field_unknown"),
        ({"payload": {"status": 3}}, "field_bad"),
        ({"payload": {"freight_fen": True}}, "field_bad"),
        ({"payload": {"status": "x" * 2001}}, "field_bad"),
        ({"payload": {"items": [{"handy": 1}]}}, "field_unknown"),
        ({"payload": {"items": [{"quantity": "2"}]}}, "field_bad"),
        ({"payload": {"items": [{}] * (MAX_ITEMS + 1)}}, "field_bad"),
        ({"payload": {"status": "\ud800"}}, "payload_bad"),
        ({"kind": "code.scanned", "payload": None}, "field_missing"),
        ({"payload": {"currency": "EUR"}}, "currency_unknown"),
        ({"kind": "order.refunded", "payload": {"cumulative_fen": 5}, "source_ref": "T1"}, "reference_bad"),
    ],
)
def test_refusals(changes: dict[str, Any], code: str) -> None:
    assert refused(**changes) == code


def test_positions_count_the_whole_batch() -> None:
    entries, rejections = prepare([fact(), fact(kind="?"), fact(source_ref="T2")], TERMS)
    assert [entry.position for entry in entries] == [0, 2]
    assert [rejection.position for rejection in rejections] == [1]


def test_references_and_identities_are_normalised() -> None:
    entry = passed(source_ref=" T1 ", identities=(Identity("phone", "138 0013 8000"), Identity("jd", "jd_1")))
    assert entry.source_ref == "T1"
    assert entry.sighting.identities == (Identity("phone", "+8613800138000"), Identity("jd", "jd_1"))


def test_personal_fields_leave_the_payload() -> None:
    entry = passed(
        payload={"order": "1", "phone": "13800138000", "name": "李雷", "address": "杭州", "email": "bad"},
        identities=(Identity("tmall", "tb1"),),
    )
    assert orjson.loads(entry.payload) == {"order": "1"}
    assert entry.sighting.identities == (Identity("tmall", "tb1"), Identity("phone", "+8613800138000"))
    assert entry.sighting.person == Person(name="李雷", address="杭州")


def test_what_people_wrote_is_masked_and_ids_are_not() -> None:
    entry = passed(
        payload={
            "order": "13800138000",
            "close_reason": "打 138-0013-8000 或 li.lei@qq.com",
            "items": [{"title": "李雷13900139000", "sku": "13700137000", "quantity": 1}],
        }
    )
    assert orjson.loads(entry.payload) == {
        "order": "13800138000",
        "close_reason": "打 138****8000 或 l***",
        "items": [{"title": "李雷139****9000", "sku": "13700137000", "quantity": 1}],
    }


def test_long_numbers_are_not_taken_for_phones() -> None:
    assert (
        masked("订单 4138001380001234 共 13800138000.50 元") == "订单 4138001380001234 共 13800138000.50 元"
    )


def test_a_message_never_shows_a_phone() -> None:
    _, rejections = prepare([fact(kind="13800138000")], TERMS)
    assert "13800138000" not in rejections[0].message


def test_another_currency_is_converted_by_the_rate_of_its_day() -> None:
    entry = passed(
        occurred_ms=1_700_000_000_000,  # 2023-11-15 06:13 in Shanghai
        amount_fen=1000,
        payload={"currency": "usd", "freight_fen": 10, "items": [{"price_fen": 100, "quantity": 10}]},
    )
    assert entry.amount_fen == 7250
    assert orjson.loads(entry.payload) == {
        "freight_fen": 72,  # 72.5, half to even
        "items": [{"price_fen": 725, "quantity": 10}],
        "original_currency": "USD",
        "original_amount": 1000,
        "rate": "7.25",
    }
    assert (
        passed(amount_fen=1000, occurred_ms=1_699_900_000_000, payload={"currency": "USD"}).amount_fen == 6900
    )


def test_currencies_without_decimals_are_scaled() -> None:
    assert passed(amount_fen=1000, payload={"currency": "JPY"}).amount_fen == 5000
    assert refused(occurred_ms=1_500_000_000_000, payload={"currency": "USD"}) == "currency_unknown"


def test_the_own_currency_needs_no_rate() -> None:
    entry = passed(amount_fen=5, payload={"currency": "CNY"})
    assert (entry.amount_fen, entry.payload) == (5, "")
