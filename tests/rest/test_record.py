from __future__ import annotations

from typing import Any

import orjson
import pytest

from guanxi.platform.models import AuditEntry, Brand
from guanxi.rest import examples
from guanxi.touchpoints.models import Touchpoint
from tests.rest.conftest import NOW, Caller, body, order

pytestmark = pytest.mark.django_db
MOMENT = 1_795_263_300_000


def test_a_list_an_object_and_lines_are_the_same(caller: Caller) -> None:
    items = [order("A"), order("B"), order("C")]
    lines = b"\n".join(orjson.dumps(item) for item in items)
    first = body(caller.post("touchpoints", items))
    assert (first["rows"], first["recorded"], first["customers_created"]) == (3, 3, 1)
    assert first["results"] == [
        {"index": at, "source_ref": ref, "status": "recorded"} for at, ref in enumerate("ABC")
    ]
    for repeated in (
        caller.post("touchpoints", {"touchpoints": items}),
        caller.post("touchpoints", lines + b"\n\n", "application/x-ndjson"),
        caller.post(
            "touchpoints", b"\r\n" + lines.replace(b"\n", b"\r\n"), "application/x-ndjson; charset=utf-8"
        ),
    ):
        assert repeated.status_code == 200
        assert (body(repeated)["recorded"], body(repeated)["duplicates"]) == (0, 3)
        assert {result["status"] for result in body(repeated)["results"]} == {"duplicate"}
    assert Touchpoint.objects.count() == 3


def test_a_reference_counts_once_per_source(caller: Caller) -> None:
    answer = body(caller.post("touchpoints", [order("A"), order("A"), order("A", source="erp")]))
    assert [result["status"] for result in answer["results"]] == ["recorded", "duplicate", "recorded"]
    again = body(caller.post("touchpoints?source=erp", [order("A")]))
    assert again["duplicates"] == 1
    assert body(caller.post("touchpoints", {"source": "pos", "touchpoints": [order("A")]}))["recorded"] == 1


def test_every_field_arrives(caller: Caller) -> None:
    caller.post("touchpoints", [examples.ORDER])
    row = Touchpoint.objects.get()
    assert (row.kind, row.source_ref, row.channel) == ("order.paid", "E20261121-0001", "store")
    assert (row.amount_fen, row.quantity, row.occurred_ms) == (19900, 1, 1_795_263_300_000)
    assert row.recorded_ms == NOW
    assert orjson.loads(row.payload)["items"][0]["title"] == "兰花香水"
    assert row.subject_id


BAD_ITEMS: list[tuple[Any, str, str]] = [
    ("text", "item_bad", ""),
    ([], "item_bad", ""),
    (None, "item_bad", ""),
    ({}, "field_missing", "kind"),
    (order(colour="red"), "field_unknown", "colour"),
    (order(kind="order.payed"), "kind_unknown", "kind"),
    (order(kind=5), "field_bad", "kind"),
    (order(""), "field_missing", "source_ref"),
    (order("x" * 81), "reference_too_long", "source_ref"),
    (order("a\x00b"), "reference_bad", "source_ref"),
    (order(occurred_at="2026-11-21 20:15:00"), "time_bad", "occurred_at"),
    (order(occurred_at="2026-02-30T20:15:00Z"), "time_bad", "occurred_at"),
    (order(occurred_at=None), "time_missing", "occurred_at"),
    (order(occurred_at=1.5), "time_bad", "occurred_at"),
    (order(occurred_at=True), "time_bad", "occurred_at"),
    (order(occurred_at="1970-01-01T00:00:00Z"), "time_out_of_range", "occurred_at"),
    (order(occurred_at="2030-01-01T00:00:00Z"), "time_out_of_range", "occurred_at"),
    (order(occurred_at=2**63), "time_out_of_range", "occurred_at"),
    (order(amount_fen=None), "amount_missing", "amount_fen"),
    (order(amount_fen=199.0), "field_bad", "amount_fen"),
    (order(amount_fen="19900"), "field_bad", "amount_fen"),
    (order(amount_fen=True), "field_bad", "amount_fen"),
    (order(amount_fen=-1), "amount_negative", "amount_fen"),
    (order(amount_fen=10**16), "amount_bad", "amount_fen"),
    (order(quantity=1.5), "field_bad", "quantity"),
    (order(channel="Lots of words here!"), "channel_bad", "channel"),
    (order(identities={"phone": "138****8000"}), "identity_bad", "identities"),
    (order(identities={"telephone": "13800138000"}), "scheme_unknown", "identities"),
    (order(identities={"phone": "138 0013 8000", "telephone": ""}), "scheme_unknown", "identities"),
    (order(identities={"phone": "138 0013 8000", "unionid": ""}), "identity_bad", "identities"),
    (order(identities={"phone": 1.5}), "identity_bad", "identities.phone"),
    (order(identities={"member": None}), "identity_bad", "identities.member"),
    (order(identities={"member": "a\x00b"}), "identity_bad", "identities.member"),
    (order(identities="13800138000"), "identities_bad", "identities"),
    (order(identities=[{"scheme": "phone"}]), "identities_bad", "identities"),
    (order(identities={f"shop:s{at}": "1" for at in range(21)}), "identities_bad", "identities"),
    (order(person=[]), "person_bad", "person"),
    (order(person={"phone": "13800138000"}), "field_unknown", "person.phone"),
    (order(person={"gender": "female"}), "person_bad", "person.gender"),
    (order(person={"birthday": "1990-02-30"}), "person_bad", "person.birthday"),
    (order(person={"birthday": "1990-5-1"}), "person_bad", "person.birthday"),
    (order(person={"name": "x" * 101}), "person_bad", "person.name"),
    (order(person={"adcode": "330100"}), "person_bad", "person.adcode"),
    (order(payload=[]), "field_bad", "payload"),
    (order(payload={"colour": "red"}), "field_unknown", "payload"),
    (order(payload={"items": [{"sku": 5}]}), "field_bad", "payload"),
    (order(currency="yuan"), "currency_bad", "currency"),
    (order(currency="USD"), "currency_unknown", "currency"),
    (order(source=""), "source_bad", "source"),
    (order(source="x" * 81), "source_bad", "source"),
    (order(source=5), "source_bad", "source"),
]


@pytest.mark.parametrize(("item", "code", "field"), BAD_ITEMS, ids=lambda value: str(value)[:40])
def test_a_bad_item_is_rejected_with_its_reason_and_the_good_ones_stay(
    caller: Caller, item: Any, code: str, field: str
) -> None:
    response = caller.post("touchpoints", [order("before"), item, order("after")])
    answer = body(response)
    assert response.status_code == 200
    assert [result["status"] for result in answer["results"]] == ["recorded", "rejected", "recorded"]
    rejected = answer["results"][1]
    assert (rejected["index"], rejected["code"], rejected.get("field", "")) == (1, code, field)
    assert rejected["message"]
    assert (answer["rows"], answer["recorded"], answer["rejected"]) == (3, 2, 1)
    assert Touchpoint.objects.count() == 2


@pytest.mark.parametrize("moment", ["2026-11-21T12:15:00Z", "2026-11-21t12:15:00.000+00:00", MOMENT])
def test_a_moment_is_rfc_3339_or_milliseconds(caller: Caller, moment: object) -> None:
    caller.post(
        "touchpoints",
        [order(occurred_at=moment), order("B", occurred_at=None, occurred_ms=MOMENT)],
    )
    assert list(Touchpoint.objects.values_list("occurred_ms", flat=True)) == [MOMENT, MOMENT]


def test_a_lunar_month_may_have_thirty_days(caller: Caller) -> None:
    person = {"birthday": "--02-30", "birthday_calendar": "lunar"}
    assert body(caller.post("touchpoints", [order(person=person)]))["recorded"] == 1


def test_a_broken_line_costs_only_itself(caller: Caller) -> None:
    lines = [orjson.dumps(order("A")), b'{"kind": NaN}', b"\xff\xfe", orjson.dumps(order("D"))]
    answer = body(caller.post("touchpoints", b"\n".join(lines), "application/x-ndjson"))
    assert [result["status"] for result in answer["results"]] == [
        "recorded",
        "rejected",
        "rejected",
        "recorded",
    ]
    assert answer["results"][1]["code"] == "json_broken"


@pytest.mark.parametrize(
    ("raw", "content_type", "status", "code"),
    [
        (b"[", "application/json", 400, "json_broken"),
        (b'[{"amount_fen": NaN}]', "application/json", 400, "json_broken"),
        (b"\xff", "application/json", 400, "json_broken"),
        (b"[" * 100_000, "application/json", 400, "json_broken"),
        (b"[1" + b"0" * 400 + b"]", "application/json", 400, "json_broken"),
        (b"\n", "application/json", 400, "body_empty"),
        (b"  ", "application/x-ndjson", 400, "body_empty"),
        (b"kind,amount", "text/csv", 415, "content_type_unsupported"),
        (b"[]", "application/x-www-form-urlencoded", 415, "content_type_unsupported"),
        (b"[]", "application/json; charset=gbk", 415, "charset_unsupported"),
        (b"5", "application/json", 422, "batch_bad"),
        (b'{"kind": "order.paid"}', "application/json", 422, "batch_bad"),
        (b'{"touchpoints": {}}', "application/json", 422, "batch_bad"),
        (b'{"touchpoints": [], "extra": 1}', "application/json", 422, "field_unknown"),
        (b'{"touchpoints": [], "source": 7}', "application/json", 422, "source_bad"),
        (b"[" + b"{}," * 5000 + b"{}]", "application/json", 413, "too_many_items"),
        (b"{}\n" * 5001, "application/x-ndjson", 413, "too_many_items"),
        (b" " * (10 * 1024 * 1024) + b"[]", "application/json", 413, "body_too_large"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_body_that_cannot_be_read_is_a_problem_and_changes_nothing(
    caller: Caller, raw: bytes, content_type: str, status: int, code: str
) -> None:
    response = caller.post("touchpoints", raw, content_type)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = body(response)
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]
    assert problem["type"] == f"urn:guanxi:problem:{code}"
    assert not Touchpoint.objects.exists()


def test_an_empty_batch_is_fine(caller: Caller) -> None:
    assert body(caller.post("touchpoints", []))["rows"] == 0


def test_too_many_sources_are_refused_as_a_whole(caller: Caller) -> None:
    response = caller.post("touchpoints", [order(source=f"s{at}") for at in range(21)])
    assert (response.status_code, body(response)["code"]) == (422, "too_many_sources")
    assert not Touchpoint.objects.exists()


def test_history_is_marked_as_such_and_other_modes_do_not_exist(caller: Caller) -> None:
    caller.post("touchpoints?mode=backfill", [order("A")])
    caller.post("touchpoints", [order("B")])
    assert list(Touchpoint.objects.order_by("pk").values_list("live", flat=True)) == [False, True]
    response = caller.post("touchpoints?mode=dry", [order("C")])
    assert (response.status_code, body(response)["code"], body(response)["field"]) == (
        422,
        "parameter_bad",
        "mode",
    )


def test_personal_fields_never_reach_the_log(caller: Caller) -> None:
    payload = {
        "phone": "13800138000",
        "name": "李梅",
        "address": "文三路1号",
        "close_reason": "call 13900139000",
    }
    caller.post("touchpoints", [order(identities={"shop:a": "1"}, payload=payload)])
    stored = Touchpoint.objects.get().payload
    for personal in ("13800138000", "13900139000", "李梅", "文三路"):
        assert personal not in stored


def test_what_was_recorded_is_in_the_audit_log_once_and_repeats_are_not(caller: Caller, brand: Brand) -> None:
    caller.post("touchpoints", [order("A"), order("B")])
    caller.post("touchpoints", [order("A"), order("B")])
    entry = AuditEntry.objects.get(action="touchpoints.recorded")
    assert entry.brand == brand
    assert entry.actor.startswith("key:")
    assert entry.detail["recorded"] == 2
