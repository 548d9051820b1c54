"""POST and GET /api/v1/customers."""

from __future__ import annotations

import secrets
from typing import Annotated, Any, Final

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from guanxi.customers import lookup
from guanxi.customers.contracts import Identity
from guanxi.customers.identifiers import SCHEMES, normalise
from guanxi.customers.preferences import spoken_answers
from guanxi.customers.tags import tags_of_many
from guanxi.economics.states.contracts import Kept
from guanxi.economics.states.queries import states_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.ids import short_hash
from guanxi.kernel.text import masked_name
from guanxi.platform import audit
from guanxi.platform.apikeys import Caller, Scope
from guanxi.platform.writing import writing
from guanxi.rest import examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import read_json
from guanxi.rest.facts import Rejected, identities_of, occurred_ms_of, person_of, source_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import masked, moment
from guanxi.touchpoints import feed, services
from guanxi.touchpoints.contracts import Fact

_FIELDS: Final = frozenset(("identities", "person", "seen_at", "source", "channel"))
router = Router(tags=["customers"])


@router.post(
    "",
    auth=Key(Scope.CUSTOMERS_WRITE),
    summary="Create or update a customer",
    description=examples.UPSERT_DOC,
    operation_id="upsert_customer",
    openapi_extra=examples.UPSERT,
)
def upsert_customer(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = read_json(request)
    try:
        source, fact = _fact(body, request.headers.get("Idempotency-Key"))
    except Rejected as rejected:
        raise Problem(422, rejected.code, rejected.message, field=rejected.field) from None
    return _json(_upserted(key, source, fact))


@router.get(
    "",
    auth=Key(Scope.CUSTOMERS_READ),
    summary="Find customers by identity",
    description=examples.FIND_DOC,
    operation_id="find_customers",
    openapi_extra=examples.FIND,
)
def find_customers(
    request: HttpRequest, identity: Annotated[str, Query(description="scheme:value")]
) -> HttpResponse:
    key = as_key_request(request).auth
    found = lookup.find(key.brand_id, _identity(identity))
    return _json({"customers": _shown(key, found)})


@router.get(
    "/{int:customer_id}",
    auth=Key(Scope.CUSTOMERS_READ),
    summary="Show a customer",
    description=examples.SHOW_DOC,
    operation_id="show_customer",
    openapi_extra=examples.SHOW,
)
def show_customer(
    request: HttpRequest, customer_id: Annotated[int, Path(description="The customer's id.")]
) -> HttpResponse:
    key = as_key_request(request).auth
    root = lookup.root_of(key.brand_id, customer_id)
    found = _shown(key, [root]) if root is not None else []
    if not found:
        raise Problem(404, "not_found", "There is no such customer.", remedy="Look it up by an identity.")
    return _json(found[0])


def _fact(body: Any, idempotency_key: str | None) -> tuple[str, Fact]:
    """An update of a customer is a fact like any other, so that it is in the timeline and counts once."""
    if type(body) is not dict:
        raise Rejected("body_bad", "the body must be a JSON object")
    if unknown := sorted(set(body) - _FIELDS):
        raise Rejected("field_unknown", f"there is no field '{unknown[0][:40]}'", unknown[0][:40])
    identities = identities_of(body.get("identities"))
    if not identities:
        raise Rejected("identities_missing", "a customer needs at least one identity", "identities")
    seen_ms = now_ms() if body.get("seen_at") is None else occurred_ms_of({"occurred_at": body["seen_at"]})
    channel = body.get("channel") or ""
    if type(channel) is not str:
        raise Rejected("field_bad", "channel must be text", "channel")
    fact = Fact(
        "profile.updated",
        f"customer:{_reference(body, idempotency_key)}",
        seen_ms,
        identities,
        person_of(body.get("person")),
        channel,
    )
    return source_of(body.get("source")), fact


def _reference(body: dict[str, Any], idempotency_key: str | None) -> str:
    """What makes a repeated request the same: the caller's key, else the body where it says when; else
    nothing, since a customer may well go back to an earlier state."""
    if idempotency_key:
        return short_hash(idempotency_key.encode())
    if body.get("seen_at") is not None:
        return short_hash(orjson.dumps(body, option=orjson.OPT_SORT_KEYS))
    return secrets.token_urlsafe(12)


def _upserted(key: Caller, source: str, fact: Fact) -> dict[str, Any]:
    with writing(key.brand_id, by_keys=True):
        done = services.record(key.brand_id, source, [fact])
        if done.rejected:
            _position, code, message = done.rejected[0]
            raise Problem(422, code, message, remedy="Nothing was changed.")
        subject = feed.subject_of(key.brand_id, source, fact.source_ref)
        owners = lookup.customer_ids_of(key.brand_id, [subject] if subject else [])
        if subject not in owners:
            raise Problem(
                422, "identities_missing", "None of the identities names a person.", field="identities"
            )
        customer = owners[subject]
        if done.recorded:
            audit.record(
                key.brand_id,
                key.actor,
                "customer.upserted",
                "customer",
                customer,
                detail={"created": bool(done.customers_created), "merged": done.customers_merged},
            )
    return {
        "id": customer,
        "created": bool(done.customers_created),
        "merged": done.customers_merged,
        "duplicate": not done.recorded,
    }


def _identity(text: str) -> Identity:
    """`scheme:value`; the schemes openid and shop have a qualifier: `openid:<appid>:<value>`."""
    base, _colon, rest = text.partition(":")
    scheme, value = base, rest
    if (known := SCHEMES.get(base)) is not None and known.qualified:
        qualifier, _colon, value = rest.partition(":")
        scheme = f"{base}:{qualifier}"
    try:
        normal = normalise(scheme, value)
    except ValueError:
        normal = None
        known = None
    if known is None:
        raise Problem(
            422,
            "scheme_unknown",
            "This is not an identity.",
            remedy=f"Write scheme:value; schemes: {', '.join(SCHEMES)}.",
            field="identity",
        )
    if normal is None:
        raise Problem(
            422,
            "identity_bad",
            f"The {base} is empty, masked or not one that identifies a person.",
            field="identity",
        )
    return Identity(scheme, normal)


def _shown(key: Caller, customer_ids: list[int]) -> list[dict[str, Any]]:
    """As the key may see them; showing them in full is in the audit log."""
    in_full = Scope.CUSTOMERS_UNMASK in key.scopes
    found = lookup.summaries(key.brand_id, customer_ids)
    if in_full and found:
        with writing():
            for one in found:
                audit.record(key.brand_id, key.actor, "customer.unmasked", "customer", one.id)
    ids = [one.id for one in found]
    tags, answers = tags_of_many(key.brand_id, ids), spoken_answers(key.brand_id, ids)
    states = states_of(key.brand_id, ids)
    return [
        {**_customer(one, tags[one.id], answers[one.id], in_full), "state": _state(states.get(one.id))}
        for one in found
    ]


def _state(kept: Kept | None) -> dict[str, Any] | None:
    return None if kept is None else {"name": kept.state.value, "since": moment(kept.since_ms)}


def _customer(
    one: lookup.Summary, tags: list[str], answers: dict[str, object], in_full: bool
) -> dict[str, Any]:
    birthday = one.birthday if in_full or not one.birthday else f"****{one.birthday[-6:]}"
    return {
        "id": one.id,
        "name": one.name if in_full or not one.name else masked_name(one.name),
        "gender": one.gender or None,
        "birthday": birthday or None,
        "birthday_calendar": one.birthday_calendar or None,
        "language": one.language or None,
        "adcode": one.adcode,
        "identities": [
            {
                "scheme": known.scheme,
                "value": known.value if in_full or not known.value else masked(known.scheme, known.value),
                "first_seen": moment(known.first_ms),
            }
            for known in one.identities
        ],
        "first_seen": moment(one.first_ms),
        "last_seen": moment(one.last_ms),
        "tags": tags,
        "preferences": answers,
        "masked": not in_full,
    }


def _json(body: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), content_type="application/json")
