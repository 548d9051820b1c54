"""The people of a brand and invitations: /api/v1/people, /api/v1/invitations."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Path, Router

from guanxi.platform import invitations, staff
from guanxi.platform.apikeys import Scope
from guanxi.platform.explained import EXPLAINED, ROLES
from guanxi.platform.invitations import Shown
from guanxi.platform.language import spoken
from guanxi.platform.roles import allows
from guanxi.platform.staff import Member
from guanxi.rest import people_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, read_json, text_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json, moment

_INVITED: Final = frozenset(("role", "address", "language"))
_CHANGED: Final = frozenset(("role", "suspended"))
UserId = Annotated[int, Path(description="The person's id.", ge=1, lt=1 << 63)]
InvitationId = Annotated[int, Path(description="The invitation's id.", ge=1, lt=1 << 63)]
router = Router(tags=["people"])


@router.get(
    "/people",
    auth=Key(Scope.PEOPLE_MANAGE),
    summary="List people",
    description=examples.LIST_DOC,
    operation_id="list_people",
    openapi_extra=examples.LIST,
)
def list_people(request: HttpRequest) -> HttpResponse:
    rows = staff.members(as_key_request(request).auth.brand_id)
    return as_json({"people": [_person(row) for row in rows]})


@router.get(
    "/roles",
    auth=Key(Scope.PEOPLE_MANAGE),
    summary="What each role may do",
    description=examples.ROLES_DOC,
    operation_id="show_roles",
    openapi_extra=examples.ROLES,
)
def show_roles(request: HttpRequest) -> HttpResponse:
    return as_json(
        {
            "roles": [
                {
                    "name": role.value,
                    "label": str(role.label),
                    "sentence": spoken(sentence),
                    "permissions": [one.value for one in EXPLAINED if allows(role, one)],
                }
                for role, sentence in ROLES.items()
            ],
            "permissions": [
                {"name": one.value, "sentence": spoken(sentence)} for one, sentence in EXPLAINED.items()
            ],
        }
    )


@router.put(
    "/people/{int:user_id}",
    auth=Key(Scope.PEOPLE_MANAGE),
    summary="Change a person's role, suspend or let work again",
    description=examples.CHANGE_DOC,
    operation_id="change_person",
    openapi_extra=examples.CHANGE,
)
def change_person(request: HttpRequest, user_id: UserId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _CHANGED, needed=())
    role, suspended = text_of(body, "role"), body.get("suspended")
    if suspended is not None and type(suspended) is not bool:
        raise Problem(422, "field_bad", "suspended must be true or false.", field="suspended")
    if role is None and suspended is None:
        raise Problem(422, "body_bad", "There is nothing to change.", field="role")
    staff.change(key.brand_id, user_id, role=role, suspended=suspended, actor=key.actor)
    return as_json(_person(staff.member(key.brand_id, user_id)))


@router.delete(
    "/people/{int:user_id}",
    auth=Key(Scope.PEOPLE_MANAGE),
    summary="Remove a person from the brand",
    description=examples.REMOVE_DOC,
    operation_id="remove_person",
    openapi_extra=examples.REMOVE,
)
def remove_person(request: HttpRequest, user_id: UserId) -> HttpResponse:
    key = as_key_request(request).auth
    staff.remove(key.brand_id, user_id, actor=key.actor)
    return as_json({"id": user_id, "removed": True})


@router.get(
    "/invitations",
    auth=Key(Scope.PEOPLE_MANAGE),
    summary="List invitations",
    description=examples.INVITATIONS_DOC,
    operation_id="list_invitations",
    openapi_extra=examples.INVITATIONS,
)
def list_invitations(request: HttpRequest) -> HttpResponse:
    rows = invitations.invitations_of(as_key_request(request).auth.brand_id)
    return as_json({"invitations": [_invitation(row) for row in rows]})


@router.post(
    "/invitations",
    auth=Key(Scope.PEOPLE_MANAGE),
    summary="Invite somebody",
    description=examples.INVITE_DOC,
    operation_id="invite_person",
    openapi_extra=examples.INVITE,
)
def invite_person(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _INVITED, needed=("role",))
    language = text_of(body, "language") or settings.LANGUAGES[0][0]
    if language not in dict(settings.LANGUAGES):
        raise Problem(422, "field_bad", "language is zh-hans or en.", field="language")
    made = invitations.invite(
        key.brand_id,
        text_of(body, "role") or "",
        address=text_of(body, "address") or "",
        language=language,
        actor=key.actor,
    )
    link = request.build_absolute_uri(reverse("invitation", args=[made.token]))
    return as_json({**_invitation(made.invitation), "link": link})


@router.delete(
    "/invitations/{int:invitation_id}",
    auth=Key(Scope.PEOPLE_MANAGE),
    summary="Take an invitation back",
    description=examples.REVOKE_DOC,
    operation_id="revoke_invitation",
    openapi_extra=examples.REVOKE,
)
def revoke_invitation(request: HttpRequest, invitation_id: InvitationId) -> HttpResponse:
    key = as_key_request(request).auth
    invitations.revoke(key.brand_id, invitation_id, actor=key.actor)
    return as_json({"id": invitation_id, "revoked": True})


def _person(row: Member) -> dict[str, Any]:
    return {
        "id": row.user_id,
        "username": row.username,
        "name": row.name,
        "role": str(row.role),
        "suspended": bool(row.suspended_ms),
        "two_step": row.two_step,
        "last_sign_in_at": moment(row.last_sign_in_ms) if row.last_sign_in_ms else None,
    }


def _invitation(row: Shown) -> dict[str, Any]:
    return {
        "id": row.id,
        "role": str(row.role),
        "invitee": row.invitee or None,
        "state": str(row.state),
        "actor": row.actor,
        "created_at": moment(row.created_ms),
        "expires_at": moment(row.expires_ms),
        "person": row.user_id,
    }
