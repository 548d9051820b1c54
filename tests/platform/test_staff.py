"""Roles, suspension and invitations: who may give what, and what happens when two act at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from guanxi.kernel.clock import DAY_MS, frozen, now_ms
from guanxi.kernel.errors import Conflict, Forbidden, GuanxiError, Invalid, NotFound
from guanxi.platform import actors, invitations, people, staff
from guanxi.platform.actors import COMMAND_LINE, Actor
from guanxi.platform.apikeys import SCOPE_PERMISSIONS, Scope
from guanxi.platform.contracts import Role
from guanxi.platform.invitations import InvitationGone
from guanxi.platform.models import AuditEntry, Brand, Invitation, Membership, User

PASSWORD = "a long and odd sentence"
KEY = Actor("key:1", SCOPE_PERMISSIONS[Scope.PEOPLE_MANAGE])


def hired(brand: Brand, name: str, role: Role) -> Actor:
    user = people.create_user(name, PASSWORD, actor="cli")
    people.add_membership(user.pk, brand.pk, role, actor="cli")
    return actors.person(user.pk, role)


def number(actor: Actor) -> int:
    return int(actor.reference.partition(":")[2])


@pytest.fixture
def brand(db: None) -> Brand:
    return people.create_brand("lanhua", "兰花", actor="cli")


def test_nobody_gives_or_takes_rights_they_lack(brand: Brand) -> None:
    """Every actor × the role that somebody has × the role they would get."""
    by: dict[str, Actor] = {role.value: hired(brand, f"by-{role.value}", role) for role in Role}
    by["key"] = KEY
    hired(brand, "other", Role.OWNER)
    target = number(hired(brand, "target", Role.AGENT))
    may = {"owner": set(Role), "key": set(Role) - {Role.OWNER, Role.MANAGER}}
    for name, actor in by.items():
        allowed = may.get(name, set())
        for before in Role:
            for after in Role:
                Membership.objects.filter(user_id=target).update(role=before)
                expected = {before, after} <= allowed
                try:
                    staff.set_role(brand.pk, target, after, actor=actor)
                    done = True
                except Forbidden:
                    done = False
                assert done is expected, (name, before, after)
                kept = Membership.objects.get(user_id=target).role
                assert kept == (after if expected else before)
        for role in Role:
            try:
                invitations.invite(brand.pk, role, actor=actor)
                done = True
            except Forbidden:
                done = False
            assert done is (role in allowed), (name, role)


@pytest.mark.django_db
def test_who_was_demoted_meanwhile_gives_nothing(brand: Brand) -> None:
    """The request began with an owner's rights."""
    owner, demoted = hired(brand, "wang", Role.OWNER), hired(brand, "li", Role.OWNER)
    staff.set_role(brand.pk, number(demoted), Role.AGENT, actor=owner)
    with pytest.raises(Forbidden):
        invitations.invite(brand.pk, Role.ASSOCIATE, actor=demoted)
    with pytest.raises(Forbidden):
        staff.remove(brand.pk, number(owner), actor=demoted)


def test_the_last_owner_stays_whatever_is_tried(brand: Brand) -> None:
    owner = hired(brand, "wang", Role.OWNER)
    asleep = hired(brand, "li", Role.OWNER)
    staff.suspend(brand.pk, number(asleep), actor=owner)
    for attempt in (
        lambda: staff.remove(brand.pk, number(owner), actor=owner),
        lambda: staff.set_role(brand.pk, number(owner), Role.AGENT, actor=owner),
        lambda: staff.suspend(brand.pk, number(owner), actor=COMMAND_LINE),
        lambda: staff.suspend(brand.pk, number(owner), actor=owner),
    ):
        with pytest.raises(Conflict):
            attempt()
    assert staff.member(brand.pk, number(owner)).role is Role.OWNER


def test_a_suspended_person_works_nowhere_in_the_brand_and_their_invitations_fall(brand: Brand) -> None:
    owner, other = hired(brand, "wang", Role.OWNER), hired(brand, "li", Role.OWNER)
    token = invitations.invite(brand.pk, Role.OWNER, actor=other).token
    epoch = User.objects.get(username="li").session_epoch
    staff.suspend(brand.pk, number(other), actor=owner)
    staff.suspend(brand.pk, number(other), actor=owner)
    assert people.memberships_of(number(other)) == []
    assert User.objects.get(username="li").session_epoch == epoch + 1
    with pytest.raises(InvitationGone):
        invitations.opened(token)
    staff.resume(brand.pk, number(other), actor=owner)
    assert [one.role for one in people.memberships_of(number(other))] == [Role.OWNER]
    assert AuditEntry.objects.filter(action="membership.suspended").count() == 1


def test_another_brands_people_do_not_exist(brand: Brand) -> None:
    other = people.create_brand("mudan", "牡丹", actor="cli")
    stranger, owner = hired(other, "stranger", Role.AGENT), hired(brand, "wang", Role.OWNER)
    for verb in (staff.suspend, staff.resume, staff.remove):
        with pytest.raises(NotFound):
            verb(brand.pk, number(stranger), actor=owner)
    with pytest.raises(NotFound):
        invitations.revoke(
            brand.pk, invitations.invite(other.pk, "agent", actor=KEY).invitation.id, actor=owner
        )


# ---------------------------------------------------------------- invitations


def test_an_invitation_makes_one_colleague_and_keeps_no_secret(brand: Brand) -> None:
    made = invitations.invite(brand.pk, Role.ANALYST, address="mei.li@example.com", actor=COMMAND_LINE)
    kept = str(Invitation.objects.values().get())
    assert made.token.split("-")[1] not in kept
    assert "mei.li" not in kept
    assert "mei.li" not in str(list(AuditEntry.objects.values()))
    user = invitations.accept_new(made.token, "Mei", PASSWORD, name="李梅", language="en")
    assert [(one.brand_id, one.role) for one in people.memberships_of(user.pk)] == [(brand.pk, Role.ANALYST)]
    with pytest.raises(InvitationGone) as gone:
        invitations.accept_new(made.token, "other", PASSWORD, language="en")
    assert gone.value.data["state"] == "used"
    with pytest.raises(Conflict):
        invitations.revoke(brand.pk, made.invitation.id, actor=COMMAND_LINE)


def test_a_refused_name_or_password_does_not_use_the_link_up(brand: Brand) -> None:
    hired(brand, "wang", Role.OWNER)
    token = invitations.invite(brand.pk, Role.AGENT, actor=COMMAND_LINE).token
    with pytest.raises(Conflict):
        invitations.accept_new(token, "wang", PASSWORD, language="en")
    with pytest.raises(Invalid):
        invitations.accept_new(token, "mei", "short", language="en")
    assert invitations.accept_new(token, "mei", PASSWORD, language="en").username == "mei"


def test_an_invitation_ends_after_seven_days_or_when_taken_back(brand: Brand) -> None:
    old = invitations.invite(brand.pk, Role.AGENT, actor=COMMAND_LINE).token
    revoked = invitations.invite(brand.pk, Role.AGENT, actor=COMMAND_LINE)
    invitations.revoke(brand.pk, revoked.invitation.id, actor=COMMAND_LINE)
    invitations.revoke(brand.pk, revoked.invitation.id, actor=COMMAND_LINE)
    assert AuditEntry.objects.filter(action="invitation.revoked").count() == 1
    for token, at_ms in ((old, now_ms() + 7 * DAY_MS + 1_000), (revoked.token, now_ms())):
        with frozen(at_ms), pytest.raises(InvitationGone):
            invitations.accept_new(token, "mei", PASSWORD, language="en")
    assert not User.objects.exists()


def test_a_row_changed_in_the_database_opens_nothing(brand: Brand) -> None:
    token = invitations.invite(brand.pk, Role.AGENT, actor=COMMAND_LINE).token
    other = people.create_brand("mudan", "牡丹", actor="cli")
    for change in ({"role": "owner"}, {"brand_id": other.pk}, {"expires_ms": now_ms() + 99 * DAY_MS}):
        before = Invitation.objects.values(*change).get()
        Invitation.objects.update(**change)
        with pytest.raises(NotFound):
            invitations.opened(token)
        Invitation.objects.update(**before)
    for wrong in ("", token[:-1], token.swapcase(), token + "x", "../" + token, "%00", "x" * 5000):
        with pytest.raises(NotFound):
            invitations.opened(wrong)


@pytest.mark.parametrize(
    "address", ["x", "a@b", "a b@example.com", "<x>@example.com", "a@example.com\r\nBcc: b@example.com"]
)
def test_a_strange_address_is_refused(brand: Brand, address: str) -> None:
    with pytest.raises(Invalid):
        invitations.invite(brand.pk, Role.AGENT, address=address, actor=COMMAND_LINE)


def test_somebody_who_works_here_does_not_join_again(brand: Brand) -> None:
    hired(brand, "wang", Role.AGENT)
    token = invitations.invite(brand.pk, Role.OWNER, actor=COMMAND_LINE).token
    with pytest.raises(Conflict):
        invitations.accept_as(token, User.objects.get(username="wang"))
    assert Membership.objects.get().role == Role.AGENT
    assert invitations.opened(token)


# ---------------------------------------------------------------- two at once, each with a connection


def at_once(*attempts: Callable[[], object]) -> list[object]:
    """What each gave or raised; they begin together."""
    gate, outcomes = threading.Barrier(len(attempts)), []

    def run(attempt: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            outcomes.append(attempt())
        except GuanxiError as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[attempt]) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["remove", "demote", "suspend", "mixed"])
def test_of_two_owners_who_end_each_other_one_stays(verb: str) -> None:
    brand = people.create_brand("lanhua", "兰花", actor="cli")
    one, two = hired(brand, "wang", Role.OWNER), hired(brand, "li", Role.OWNER)
    verbs: dict[str, Callable[[Actor, Actor], object]] = {
        "remove": lambda by, whom: staff.remove(brand.pk, number(whom), actor=by),
        "demote": lambda by, whom: staff.set_role(brand.pk, number(whom), Role.AGENT, actor=by),
        "suspend": lambda by, whom: staff.suspend(brand.pk, number(whom), actor=by),
    }
    first = verbs["remove" if verb == "mixed" else verb]
    second = verbs["suspend" if verb == "mixed" else verb]
    outcomes = at_once(lambda: first(one, two), lambda: second(two, one))
    assert sum(isinstance(outcome, GuanxiError) for outcome in outcomes) == 1
    assert Membership.objects.filter(brand=brand, role=Role.OWNER, suspended_ms=0).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_owner_who_leaves_while_the_other_is_demoted_stays() -> None:
    brand = people.create_brand("lanhua", "兰花", actor="cli")
    one, two = hired(brand, "wang", Role.OWNER), hired(brand, "li", Role.OWNER)
    at_once(
        lambda: staff.remove(brand.pk, number(one), actor=one),
        lambda: staff.set_role(brand.pk, number(two), Role.AGENT, actor=COMMAND_LINE),
        lambda: people.set_active(number(two), False, actor="cli"),
    )
    owners = Membership.objects.filter(brand=brand, role=Role.OWNER, suspended_ms=0, user__is_active=True)
    assert owners.count() >= 1


@pytest.mark.django_db(transaction=True)
def test_an_invitation_opened_in_four_tabs_makes_one_colleague() -> None:
    brand = people.create_brand("lanhua", "兰花", actor="cli")
    token = invitations.invite(brand.pk, Role.AGENT, actor=COMMAND_LINE).token

    def joining(name: str) -> Callable[[], object]:
        return lambda: invitations.accept_new(token, name, PASSWORD, language="en")

    outcomes = at_once(*(joining(f"tab{n}") for n in range(4)))
    assert sum(isinstance(outcome, User) for outcome in outcomes) == 1
    assert {type(outcome) for outcome in outcomes} == {User, InvitationGone}
    assert User.objects.count() == Membership.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_invitation_is_either_used_or_taken_back() -> None:
    brand = people.create_brand("lanhua", "兰花", actor="cli")
    made = invitations.invite(brand.pk, Role.AGENT, actor=COMMAND_LINE)
    at_once(
        lambda: invitations.accept_new(made.token, "mei", PASSWORD, language="en"),
        lambda: invitations.revoke(brand.pk, made.invitation.id, actor=COMMAND_LINE),
    )
    row = Invitation.objects.get()
    assert bool(row.used_ms) != bool(row.revoked_ms)
    assert Membership.objects.exists() is bool(row.used_ms)
