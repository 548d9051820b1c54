from __future__ import annotations

from typing import Any

import pytest

from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.platform import people
from guanxi.platform import settings as real
from guanxi.platform.contracts import Role
from guanxi.platform.models import AuditEntry, Brand, User

pytestmark = pytest.mark.django_db
PASSWORD = "a long and odd sentence"


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_the_first_brand_is_the_default_and_only_the_first() -> None:
    first = people.create_brand("lanhua", "兰花", actor="cli")
    second = people.create_brand("meihua", "梅花", actor="cli")
    assert (first.is_default, second.is_default) == (True, False)
    assert people.default_brand() == people.find_brand(None) == first
    assert people.find_brand("MEIHUA") == second
    assert actions() == ["brand.created", "brand.created"]


def test_a_taken_slug_is_a_conflict_and_leaves_nothing() -> None:
    people.create_brand("lanhua", "兰花", actor="cli")
    with pytest.raises(Conflict):
        people.create_brand("lanhua", "Other", actor="cli")
    assert Brand.objects.count() == 1
    assert actions() == ["brand.created"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "兰花"},
        {"slug": "a b"},
        {"slug": "-a"},
        {"slug": "a" * 41},
        {"slug": ""},
        {"name": "  "},
        {"currency": "RMBX"},
        {"timezone": "Asia/Atlantis"},
        {"timezone": "../etc/passwd"},
    ],
)
def test_a_wrong_brand_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        people.create_brand(**{"slug": "lanhua", "name": "兰花", **wrong}, actor="cli")  # type: ignore[arg-type]


def test_an_unknown_brand_says_which_exist() -> None:
    with pytest.raises(NotFound, match="guanxi init"):
        people.find_brand(None)
    people.create_brand("lanhua", "兰花", actor="cli")
    with pytest.raises(NotFound, match="lanhua"):
        people.find_brand("lotus")


def test_a_user_is_stored_with_an_argon2_hash_and_one_spelling() -> None:
    user = people.create_user(" Ｍei.Li ", PASSWORD, name="李梅", actor="cli")
    assert user.username == "mei.li"
    assert user.password.startswith("argon2$argon2id$")
    assert people.find_user("MEI.LI") == user
    with pytest.raises(Conflict):
        people.create_user("mei.li", PASSWORD, actor="cli")


def test_passwords_are_hashed_as_rfc_9106_recommends(settings: Any) -> None:
    """With the real hasher, in place of the cheap one of tests."""
    settings.PASSWORD_HASHERS = real.PASSWORD_HASHERS
    user = people.create_user("mei.li", PASSWORD, actor="cli")
    assert user.password.startswith("argon2$argon2id$v=19$m=65536,t=3,p=4$")
    assert user.check_password(PASSWORD)
    assert not user.check_password(f"{PASSWORD}.")


@pytest.mark.parametrize("password", ["short", "password123", "mei.li-mei", "x" * 257])
def test_a_weak_password_is_refused_with_every_reason(password: str) -> None:
    with pytest.raises(Invalid):
        people.create_user("mei.li", password, actor="cli")
    assert not User.objects.exists()
    assert actions() == []


def test_a_role_is_given_changed_and_taken() -> None:
    brand = people.create_brand("lanhua", "兰花", actor="cli")
    owner = people.create_user("wang", PASSWORD, actor="cli")
    helper = people.create_user("mei", PASSWORD, actor="cli")
    people.add_membership(owner.pk, brand.pk, Role.OWNER, actor="cli")
    people.add_membership(helper.pk, brand.pk, "agent", actor="cli")
    people.add_membership(helper.pk, brand.pk, Role.ANALYST, actor="user:1")
    assert [(m.user.username, m.role) for m in people.members_of(brand.pk)] == [
        ("mei", "analyst"),
        ("wang", "owner"),
    ]
    people.remove_membership(helper.pk, brand.pk, actor="user:1")
    assert people.memberships_of(helper.pk) == []
    assert actions()[-3:] == ["membership.set", "membership.set", "membership.removed"]
    with pytest.raises(Invalid, match="associate"):
        people.add_membership(helper.pk, brand.pk, "boss", actor="cli")
    with pytest.raises(NotFound):
        people.remove_membership(helper.pk, brand.pk, actor="cli")


def test_a_brand_keeps_an_owner_whatever_is_tried() -> None:
    brand = people.create_brand("lanhua", "兰花", actor="cli")
    owner = people.create_user("wang", PASSWORD, actor="cli")
    people.add_membership(owner.pk, brand.pk, Role.OWNER, actor="cli")
    for attempt in (
        lambda: people.remove_membership(owner.pk, brand.pk, actor="cli"),
        lambda: people.add_membership(owner.pk, brand.pk, Role.AGENT, actor="cli"),
        lambda: people.set_active(owner.pk, False, actor="cli"),
    ):
        with pytest.raises(Conflict, match="owner"):
            attempt()
    assert people.memberships_of(owner.pk)[0].role == Role.OWNER
