"""Invitations: a link made for one brand and role, shown once, good for one person within seven days.

The link ends in `<prefix>-<secret>`: the prefix finds its row, the secret (190 random bits) proves it. Kept
is a keyed digest of the whole with brand, role and end, so that a row changed in the database opens nothing.
"""

from __future__ import annotations

import re
import secrets
import string
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, NamedTuple

from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Conflict, GuanxiError, Invalid, NotFound
from guanxi.kernel.text import masked_email
from guanxi.platform import audit, people, staff
from guanxi.platform.actors import Actor
from guanxi.platform.contracts import Role
from guanxi.platform.models import Invitation, Membership, User
from guanxi.platform.vault import blind_index
from guanxi.platform.writing import writing

DAYS: Final = 7
MOST_OPEN: Final = 200  # of a brand at once
_ALPHABET: Final = string.ascii_letters + string.digits
_FORM: Final = re.compile(r"([a-z0-9]{10})-[A-Za-z0-9]{32}")
_ADDRESS: Final = re.compile(r"[^\s@<>\"'(),;]{1,64}@[^\s@<>\"'(),;]{1,180}\.[^\s@<>\"'(),;.]{2,60}")


class State(StrEnum):
    OPEN = "open"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"


class InvitationGone(GuanxiError):
    """The link worked once, or was taken back, or is too old."""

    code: ClassVar[str] = "invitation_gone"
    http_status: ClassVar[int] = 410
    exit_code: ClassVar[int] = 6


class Made(NamedTuple):
    """`token` is the end of the link; it is shown to a person now and never again."""

    invitation: Shown
    token: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An invitation as lists show it. `invitee` is the address, masked, or nothing."""

    id: int
    role: Role
    invitee: str
    actor: str
    created_ms: int
    expires_ms: int
    state: State
    user_id: int | None


def invite(
    brand_id: int, role: Role | str, *, address: str = "", language: str = "zh-hans", actor: Actor
) -> Made:
    """A new invitation. Of an e-mail address only its masked form is kept, for the list; no mail is sent.

    Raises Invalid for a role or an address that does not exist, Forbidden for a role with rights that the
    actor lacks, Conflict beyond 200 open ones.
    """
    role, address = people.role_named(role), address.strip()
    if address and not _ADDRESS.fullmatch(address):
        raise Invalid(
            _("This is no e-mail address."), remedy=_("Correct it, or leave it empty: no mail is sent.")
        )
    prefix = "".join(secrets.choice(string.ascii_lowercase + string.digits) for _number in range(10))
    token = f"{prefix}-{''.join(secrets.choice(_ALPHABET) for _number in range(32))}"
    now = now_ms()
    with writing():
        staff.demand_rights(brand_id, actor, role)
        if _open(brand_id).count() >= MOST_OPEN:
            raise Conflict(
                _("There are %(most)d open invitations already.") % {"most": MOST_OPEN},
                remedy=_("Revoke some that are not needed."),
            )
        row = Invitation(
            brand_id=brand_id,
            role=role,
            prefix=prefix,
            invitee=masked_email(address)[:120] if address else "",
            language=language,
            actor=str(actor)[:160],
            created_ms=now,
            expires_ms=now + DAYS * DAY_MS,
        )
        row.digest = _digest(row, token)
        row.save(force_insert=True)
        audit.record(brand_id, actor, "invitation.made", "invitation", row.pk, detail={"role": str(role)})
    return Made(_shown(row), token)


def invitations_of(brand_id: int, *, open_only: bool = False, limit: int = 200) -> list[Shown]:
    """Newest first."""
    rows = _open(brand_id) if open_only else Invitation.objects.filter(brand_id=brand_id)
    return [_shown(row) for row in rows.order_by("-pk")[:limit]]


def revoke(brand_id: int, invitation_id: int, *, actor: Actor) -> None:
    """The link stops working; revoking twice changes nothing. Raises NotFound, Forbidden, Conflict where
    somebody has come by it already."""
    with writing():
        row = Invitation.objects.filter(brand_id=brand_id, pk=invitation_id).first()
        if row is None:
            raise NotFound(_("There is no such invitation."), remedy=_("Look at the list again."))
        staff.demand_rights(brand_id, actor, row.role)
        if Invitation.objects.filter(pk=row.pk, used_ms=0, revoked_ms=0).update(revoked_ms=now_ms()):
            audit.record(brand_id, actor, "invitation.revoked", "invitation", row.pk)
            return
        row.refresh_from_db()
    if row.used_ms:
        raise Conflict(
            _("Somebody has joined by this invitation already."),
            remedy=_("Change their role, or remove them."),
        )


def opened(token: str) -> Invitation:
    """The invitation of a link that works. Raises NotFound where it is mistyped or unknown, InvitationGone
    where it was used, revoked or has expired."""
    form = _FORM.fullmatch(token)
    row = Invitation.objects.filter(prefix=form[1]).select_related("brand").first() if form else None
    if row is None or not constant_time_compare(row.digest, _digest(row, token)):
        raise NotFound(
            _("This invitation does not exist."), remedy=_("Copy the whole link, or ask for a new one.")
        )
    if (state := _state(row)) is not State.OPEN:
        raise _gone(state)
    return row


def accept_new(token: str, username: str, password: str, *, name: str = "", language: str) -> User:
    """Join with a new account. Raises what `opened`, `people.new_user` and `people.save_user` do."""
    row = opened(token)
    user = people.new_user(username, password, name=name, language=language)
    with writing():
        _use(row)
        people.save_user(user, actor="system")
        _join(row, user)
    return user


def accept_as(token: str, user: User) -> None:
    """Join with an account one has. Raises what `opened` does, and Conflict for somebody who works here."""
    row = opened(token)
    with writing():
        if Membership.objects.filter(brand_id=row.brand_id, user_id=user.pk).exists():
            raise Conflict(
                _("You work for this brand already."), remedy=_("Ask an owner to change your role.")
            )
        _use(row)
        _join(row, user)


def _use(row: Invitation) -> None:
    """One of all who open the link at once gets it."""
    now = now_ms()
    alive = Invitation.objects.filter(pk=row.pk, used_ms=0, revoked_ms=0, expires_ms__gt=now)
    if not alive.update(used_ms=now):
        row.refresh_from_db()
        raise _gone(_state(row))


def _join(row: Invitation, user: User) -> None:
    Invitation.objects.filter(pk=row.pk).update(user_id=user.pk)
    people.add_membership(user.pk, row.brand_id, row.role, actor=f"user:{user.pk}")
    audit.record(
        row.brand_id,
        f"user:{user.pk}",
        "invitation.accepted",
        "invitation",
        row.pk,
        detail={"role": row.role},
    )


def _open(brand_id: int) -> QuerySet[Invitation]:
    return Invitation.objects.filter(brand_id=brand_id, used_ms=0, revoked_ms=0, expires_ms__gt=now_ms())


def _state(row: Invitation) -> State:
    if row.used_ms:
        return State.USED
    if row.revoked_ms:
        return State.REVOKED
    return State.OPEN if row.expires_ms > now_ms() else State.EXPIRED


def _gone(state: State) -> InvitationGone:
    said = {
        State.USED: _("This invitation has been used."),
        State.REVOKED: _("This invitation was taken back."),
        State.EXPIRED: _("This invitation has expired: it was good for %(days)d days.") % {"days": DAYS},
    }
    message = said.get(state, _("This invitation does not work any more."))
    return InvitationGone(
        message, remedy=_("If you joined by it, sign in; else ask for a new one."), state=str(state)
    )


def _digest(row: Invitation, token: str) -> str:
    return blind_index(row.brand_id, f"invitation:{row.role}:{row.expires_ms}", token)


def _shown(row: Invitation) -> Shown:
    return Shown(
        row.pk,
        Role(row.role),
        row.invitee,
        row.actor,
        row.created_ms,
        row.expires_ms,
        _state(row),
        row.user_id,
    )
