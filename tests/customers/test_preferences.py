"""Preference fields: what may be said, and whose word counts."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.customers import answers, preferences, services
from guanxi.customers.answers import Choice, FieldType
from guanxi.customers.lookup import subject_ids_of
from guanxi.customers.preferences import Statement
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.touchpoints.models import Touchpoint
from tests.customers.world import brand, customer_of, resolved, seen

SKIN = [{"name": "oily", "zh": "油性", "en": "Oily"}, {"name": "dry", "zh": "干性", "en": "Dry"}]
CHOICES = [Choice("oily", "油性", "Oily"), Choice("dry", "干性", "Dry")]


def field(brand_id: int, name: str = "skin", **changes: Any) -> None:
    given = {"type": "choice", "label_zh": "肤质", "label_en": "Skin", "purpose": "Advice that fits"}
    given |= {"choices": SKIN if changes.get("type", "choice").startswith("choice") else None}
    services.define_preference(brand_id, name, **{**given, **changes}, actor="cli")


def said(brand_id: int, customer: int) -> dict[int, str]:
    found = preferences.answers_of(brand_id, subject_ids_of(brand_id, customer))
    return {field: answer.text for field, answer in found.items()}


def say(brand_id: int, customer: int, value: object, at_ms: int | None = None) -> tuple[int, int]:
    given = [Statement(customer, "skin", value, at_ms)]
    return services.state_preferences(brand_id, given, source="api", actor="cli")[:2]


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("choice", "dry", ("dry", None)),
        ("choices", ["dry", "oily", "dry"], ("|oily|dry|", None)),
        ("choices", "dry, oily", ("|oily|dry|", None)),
        ("text", " 茉莉 ", ("茉莉", None)),
        ("number", "-1.50", ("-1.5", -1500)),
        ("number", 3, ("3", 3000)),
        ("number", 0.001, ("0.001", 1)),
        ("date", "1970-01-02", ("1970-01-02", 1)),
        ("boolean", True, ("true", 1)),
        ("boolean", "否", ("false", 0)),
        *[(kind, nothing, ("", None)) for kind in FieldType for nothing in (None, "", [])],
    ],
)
def test_an_answer_is_kept_in_one_form(kind: str, value: object, kept: tuple[str, int | None]) -> None:
    found = answers.kept("f", FieldType(kind), CHOICES, value)
    assert found == kept
    assert answers.kept("f", FieldType(kind), CHOICES, answers.spoken(FieldType(kind), found.text)) == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("choice", "wet"),
        ("choice", ["dry"]),
        ("choices", ["dry", 1]),
        ("choices", "dry|oily"),
        ("text", "x" * 201),
        ("text", "a\nb"),
        ("text", 5),
        ("number", "1e400"),
        ("number", "NaN"),
        ("number", 0.0001),
        ("number", True),
        ("date", "2026-02-30"),
        ("date", "20260101"),
        ("boolean", "maybe"),
        ("boolean", 2),
    ],
)
def test_what_cannot_be_an_answer_is_refused(kind: str, value: object) -> None:
    with pytest.raises(Invalid):
        answers.kept("f", FieldType(kind), CHOICES, value)


@pytest.mark.django_db
def test_the_newest_word_counts_through_merge_and_unmerge() -> None:
    number = brand()
    resolved(number, seen("tmall:a"), seen("tmall:b"))
    a, b = (customer_of(number, f"tmall:{letter}") for letter in "ab")
    field(number)
    (skin,) = (one.id for one in preferences.definitions(number))
    assert say(number, a, "oily", 2_000) == (1, 0)
    assert say(number, a, "dry", 1_000) == (0, 1)  # older than what is known
    assert say(number, b, "dry", 3_000) == (1, 0)
    services.merge(number, [a, b], actor="cli")
    assert said(number, a) == {skin: "dry"}
    assert say(number, a, None, 4_000) == (1, 0)
    assert said(number, a) == {}
    services.unmerge(number, a, [b], actor="cli")
    assert (said(number, a), said(number, b)) == ({}, {skin: "dry"})
    assert list(Touchpoint.objects.order_by("pk").values_list("kind", "occurred_ms", "payload"))[:2] == [
        ("preference.stated", 2_000, '{"field":"skin","source":"api","value":"oily"}'),
        ("preference.stated", 3_000, '{"field":"skin","source":"api","value":"dry"}'),
    ]


@pytest.mark.django_db
def test_text_is_kept_without_phones() -> None:
    number = brand()
    resolved(number, seen("tmall:a"))
    field(number, type="text")
    say(number, customer_of(number, "tmall:a"), "call 13800138000")
    assert list(said(number, customer_of(number, "tmall:a")).values()) == ["call [phone]"]


@pytest.mark.django_db
def test_a_field_keeps_what_it_asks_for() -> None:
    number = brand()
    field(number)
    more = [*SKIN, {"name": "mixed", "zh": "混合", "en": "Mixed"}]
    field(number, choices=more)
    with pytest.raises(Conflict):
        field(number, choices=SKIN)
    with pytest.raises(Conflict):
        field(number, type="text")
    with pytest.raises(Invalid):
        field(number, "phone_no", personal=True)
    for bad in ("Skin", "1skin", "皮肤", "", "a b"):
        with pytest.raises(Invalid):
            field(number, bad)
    with pytest.raises(NotFound):
        say(brand("other"), 1, "dry")
