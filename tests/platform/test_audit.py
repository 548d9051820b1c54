from __future__ import annotations

import pytest

from guanxi.platform import audit
from guanxi.platform.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "field",
    ["phone", "buyer_phone", "email", "e_mail", "address", "手机号", "收货人姓名", "password", "totp_secret"],
)
def test_a_personal_field_is_refused_also_when_nested(field: str) -> None:
    for detail in ({field: "x"}, {"changed": {field: "x"}}, {"changed": [{field: "x"}]}):
        with pytest.raises(ValueError, match="no personal data"):
            audit.record(None, "cli", "test.done", detail=detail)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("13800138000.csv", "[phone].csv"),
        ("+86 138 0013 8000", "[phone]"),
        ("0086-138-0013-8000", "[phone]"),
        (13800138000, "[phone]"),
        ("mei.li@example.com asked", "[email] asked"),
        ("11010519491231002X", "[id card]"),
        ("order 202611210000123456", "order [id card]"),
        ("138****8000", "138****8000"),
        (1763733600000, 1763733600000),
        (["a", "13800138000"], ["a", "[phone]"]),
    ],
)
def test_what_looks_personal_inside_a_value_is_blanked(value: object, kept: object) -> None:
    audit.record(None, "cli", "test.done", detail={"what": value})
    assert AuditEntry.objects.get().detail == {"what": kept}


def test_money_and_ids_stay_numbers() -> None:
    audit.record(None, "cli", "test.done", detail={"total_fen": 13800138000, "subject_ids": [13800138000]})
    assert AuditEntry.objects.get().detail == {"total_fen": 13800138000, "subject_ids": [13800138000]}


def test_the_object_is_blanked_too() -> None:
    audit.record(None, "cli", "test.done", "file", "13800138000")
    assert AuditEntry.objects.get().object_id == "[phone]"
