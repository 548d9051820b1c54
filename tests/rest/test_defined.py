"""What is defined by the API: tags, preference fields, the words of consent; the record and the roles."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.customers.consent.models import ConsentText
from guanxi.platform.contracts import Role
from guanxi.platform.models import AuditEntry, Brand
from guanxi.platform.roles import ROLE_PERMISSIONS
from guanxi.rest import attribute_examples as examples
from guanxi.rest.consent_examples import WORDS
from tests.rest.conftest import Caller, Issue, body

pytestmark = pytest.mark.django_db


def test_a_tag_is_defined_once_and_changed_in_part(caller: Caller) -> None:
    made = body(caller.post("tags", examples.TAG))
    assert made == {**examples.TAG, "origin": "hand", "archived": False}
    assert body(caller.post("tags", examples.TAG)) == made
    changed = body(caller.post("tags", {"name": "oudlover", "archived": True, "origin": "rule"}))
    assert changed == {**made, "archived": True, "origin": "rule"}
    (listed,) = body(caller.get("tags"))["tags"]
    assert changed.items() <= listed.items()
    assert AuditEntry.objects.filter(action="tag.defined").count() == 2


def test_a_field_is_defined_and_only_widened(caller: Caller) -> None:
    made = body(caller.post("preferences/fields", examples.FIELD))
    assert made == {**examples.FIELD, "archived": False}
    assert body(caller.get("preferences"))["fields"] == [examples.FIELD]
    narrowed = {**examples.FIELD, "choices": examples.FIELD["choices"][:1]}
    for change in (narrowed, {**examples.FIELD, "type": "text", "choices": []}):
        assert caller.post("preferences/fields", change).status_code == 409


def test_words_are_published_by_those_who_know_what_is_in_force(caller: Caller) -> None:
    assert body(caller.post("consents/texts", WORDS))["version"] == 1
    assert body(caller.post("consents/texts", WORDS))["version"] == 1, "the same words"
    other = {**WORDS, "words": {"zh": "别的", "en": "else"}, "changes_purpose": True}
    assert caller.post("consents/texts", other).status_code == 409
    for _ in range(2):  # a retry asks nobody twice
        assert body(caller.post("consents/texts", {**other, "version": 1}))["version"] == 2
    assert body(caller.post("consents/texts", {**other, "version": 2}))["version"] == 3
    texts = body(caller.get("consents/texts"))["texts"]
    assert [one["words"]["en"] for one in texts if one["purpose"] == "marketing"] == ["else"]
    entries = AuditEntry.objects.filter(action="consent.text_published").order_by("pk")
    assert [entry.detail["version"] for entry in entries] == [1, 2, 3]


@pytest.mark.parametrize(
    ("path", "given", "field"),
    [
        ("tags", {"name": "a,b"}, "name"),
        ("tags", {"name": "13800138000"}, "name"),
        ("tags", {"name": "\0"}, "name"),
        ("tags", {"name": "a", "label": 5}, "label"),
        ("tags", {"name": "a", "label": "x" * 61}, "label"),
        ("tags", {"name": "a", "origin": "god"}, "origin"),
        ("tags", {"name": "a", "archived": 1}, "archived"),
        ("tags", {"name": "a", "colour": "red"}, "colour"),
        ("tags", {}, "name"),
        ("preferences/fields", {**examples.FIELD, "name": "A b"}, "name"),
        ("preferences/fields", {**examples.FIELD, "type": "map"}, "type"),
        ("preferences/fields", {**examples.FIELD, "label": {"zh": "香"}}, "label"),
        ("preferences/fields", {**examples.FIELD, "label": {"zh": "香", "en": 5}}, "en"),
        ("preferences/fields", {**examples.FIELD, "choices": [{"name": "a", "zh": "\0"}]}, "choices"),
        ("preferences/fields", {**examples.FIELD, "choices": "oud"}, "choices"),
        ("preferences/fields", {**examples.FIELD, "personal": True}, "personal"),
        ("consents/texts", {**WORDS, "words": {"zh": "好"}}, "words"),
        ("consents/texts", {**WORDS, "words": {"zh": "好", "en": ""}}, "en"),
        ("consents/texts", {**WORDS, "words": {"zh": "好", "en": 5}}, "words"),
        ("consents/texts", {**WORDS, "changes_purpose": "no"}, "changes_purpose"),
        ("consents/texts", {**WORDS, "version": "1"}, "version"),
        ("consents/texts", {**WORDS, "purpose": "service"}, "purpose"),
    ],
)
def test_what_cannot_be_defined_says_which_field(caller: Caller, path: str, given: Any, field: str) -> None:
    response = caller.post(path, given)
    assert (response.status_code, body(response)["field"]) == (422, field)
    assert not AuditEntry.objects.exclude(action__in=["apikey.issued", "brand.created"]).exists()


def test_a_purpose_that_is_not_there_is_named(caller: Caller) -> None:
    response = caller.post("consents/texts", {**WORDS, "purpose": "world peace"})
    assert (response.status_code, ConsentText.objects.count()) == (404, 0)


def test_the_record_of_processing_is_read_and_noted_by_its_brand(
    caller: Caller, issue: Issue, other_brand: Brand
) -> None:
    noted = body(caller.post("rights/processing/touchpoints/note", {"note": "by 顺丰\0"}))
    assert (noted["name"], noted["note"]) == ("touchpoints", "by 顺丰")
    assert noted in body(caller.get("rights/processing"))["processing"]
    assert all(one["purpose"] and one["basis"] for one in body(caller.get("rights/processing"))["processing"])
    theirs = body(Caller(issue(brand_id=other_brand.pk)).get("rights/processing"))["processing"]
    assert not any(one["note"] for one in theirs)
    assert body(caller.post("rights/processing/touchpoints/note", {"note": ""}))["note"] == ""
    assert caller.post("rights/processing/nothing/note", {"note": "x"}).status_code == 404
    assert caller.post("rights/processing/touchpoints/note", {"note": "x" * 1001}).status_code == 422


def test_roles_are_told_with_what_they_may_do(caller: Caller) -> None:
    told = body(caller.get("roles"))
    held = {role["name"]: set(role["permissions"]) for role in told["roles"]}
    assert held == {role.value: {one.value for one in ROLE_PERMISSIONS[role]} for role in Role}
    assert {one["name"] for one in told["permissions"]} == held["owner"]
    assert all(one["sentence"] for one in (*told["roles"], *told["permissions"]))
