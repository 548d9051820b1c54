"""What is done with the people of a brand: role, suspension, removal. Nobody gives or takes rights that they
lack."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Forbidden, NotFound
from guanxi.platform import audit, people
from guanxi.platform.actors import Actor
from guanxi.platform.contracts import Role
from guanxi.platform.models import Invitation, Membership, User
from guanxi.platform.roles import ROLE_PERMISSIONS, Permission
from guanxi.platform.writing import writing


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works for a brand. `suspended_ms` is 0 where they may."""

    user_id: int
    username: str
    name: str
    role: Role
    suspended_ms: int
    last_sign_in_ms: int
    two_step: bool

    @property
    def label(self) -> str:
        return self.name or self.username


def members(brand_id: int) -> list[Member]:
    """Everybody of a brand, the suspended too, by user name."""
    return [_member(membership) for membership in people.members_of(brand_id)]


def member(brand_id: int, user_id: int) -> Member:
    """Raises NotFound."""
    rows = Membership.objects.filter(brand_id=brand_id, user_id=user_id).select_related("user")
    found = rows.first()
    if found is None:
        raise _nobody()
    return _member(found)


def set_role(brand_id: int, user_id: int, role: Role | str, *, actor: Actor) -> None:
    """Raises NotFound, Invalid for a role that does not exist, Forbidden where the actor lacks rights of the
    old or the new role, Conflict for the last owner."""
    role = people.role_named(role)
    with writing():
        before = _changeable(brand_id, user_id, actor)
        demand_rights(brand_id, actor, role)
        if before.role != role:
            people.add_membership(user_id, brand_id, role, actor=actor)
            _withdraw(brand_id, user_id, role)


def suspend(brand_id: int, user_id: int, *, actor: Actor) -> None:
    """Keep a person out of the brand until `resume`; every session of theirs ends at once, and invitations
    they made are revoked. Raises NotFound, Forbidden, Conflict for the last owner and for oneself."""
    with writing():
        before = _changeable(brand_id, user_id, actor)
        if actor.reference == f"user:{user_id}":
            raise Conflict(_("Nobody suspends themselves."), remedy=_("Ask another owner."))
        if before.role == Role.OWNER:
            people.demand_other_owner(brand_id, user_id)
        changed = Membership.objects.filter(pk=before.pk, suspended_ms=0).update(suspended_ms=now_ms())
        if changed:
            User.objects.filter(pk=user_id).update(session_epoch=F("session_epoch") + 1)
            audit.record(brand_id, actor, "membership.suspended", "user", user_id)
            _withdraw(brand_id, user_id, None)


def resume(brand_id: int, user_id: int, *, actor: Actor) -> None:
    """Let a suspended person work again. Raises NotFound, Forbidden."""
    with writing():
        before = _changeable(brand_id, user_id, actor)
        if Membership.objects.filter(pk=before.pk, suspended_ms__gt=0).update(suspended_ms=0):
            audit.record(brand_id, actor, "membership.resumed", "user", user_id)


def change(
    brand_id: int, user_id: int, *, role: str | None = None, suspended: bool | None = None, actor: Actor
) -> None:
    """Both at once, or neither. Raises what `set_role`, `suspend` and `resume` do."""
    with writing():
        if role is not None:
            set_role(brand_id, user_id, role, actor=actor)
        if suspended is not None:
            (suspend if suspended else resume)(brand_id, user_id, actor=actor)


def remove(brand_id: int, user_id: int, *, actor: Actor) -> None:
    """Take a person out of the brand; what they did stays in the audit log. Raises NotFound, Forbidden,
    Conflict for the last owner."""
    with writing():
        _changeable(brand_id, user_id, actor)
        people.remove_membership(user_id, brand_id, actor=actor)
        _withdraw(brand_id, user_id, None)


def demand_rights(brand_id: int, actor: Actor, role: Role | str) -> None:
    """Raises Forbidden unless the actor manages people here, still, and has every right of `role`. Inside
    the caller's transaction, which nobody who changes owners overtakes."""
    people.lock_owners(brand_id)
    held = _standing(brand_id, actor)
    if Permission.USERS_MANAGE not in held or not ROLE_PERMISSIONS[Role(role)] <= held:
        raise Forbidden(
            _("You cannot give or take the role “%(role)s”: it has rights that you lack.")
            % {"role": Role(role).label},
            remedy=_("Ask an owner."),
            role=str(role),
        )


def givable(actor: Actor) -> list[Role]:
    """The roles that an actor may give."""
    return [role for role in Role if ROLE_PERMISSIONS[role] <= actor.permissions]


def _standing(brand_id: int, actor: Actor) -> frozenset[Permission]:
    """What the actor may do now: a person who was demoted since the request began has lost it."""
    kind, _colon, number = actor.reference.partition(":")
    if kind != "user":
        return actor.permissions
    found = Membership.objects.filter(brand_id=brand_id, user_id=int(number), suspended_ms=0).first()
    return ROLE_PERMISSIONS[Role(found.role)] & actor.permissions if found else frozenset()


def _changeable(brand_id: int, user_id: int, actor: Actor) -> Membership:
    found = people.membership_for_change(user_id, brand_id)
    if found is None:
        raise _nobody()
    demand_rights(brand_id, actor, found.role)
    return found


def _withdraw(brand_id: int, user_id: int, role: Role | None) -> None:
    """Revoke the open invitations of somebody who may no longer make them."""
    held = ROLE_PERMISSIONS[role] if role else frozenset()
    if Permission.USERS_MANAGE in held:
        return
    open_ones = Invitation.objects.filter(
        brand_id=brand_id, actor=f"user:{user_id}", used_ms=0, revoked_ms=0, expires_ms__gt=now_ms()
    )
    for invitation_id in open_ones.values_list("pk", flat=True):
        if Invitation.objects.filter(pk=invitation_id, used_ms=0, revoked_ms=0).update(revoked_ms=now_ms()):
            audit.record(brand_id, "system", "invitation.revoked", "invitation", invitation_id)


def _member(row: Membership) -> Member:
    user = row.user
    return Member(
        user.pk,
        user.username,
        user.name,
        Role(row.role),
        row.suspended_ms if user.is_active else (row.suspended_ms or 1),
        user.last_sign_in_ms,
        bool(user.totp_secret),
    )


def _nobody() -> NotFound:
    return NotFound(_("This person does not work for the brand."), remedy=_("Look at the list again."))
