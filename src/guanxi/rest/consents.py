"""Consent: /api/v1/customers/{id}/consents and /consents."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from guanxi.customers import lookup
from guanxi.customers.consent import ledger, links, queries, texts
from guanxi.customers.consent.contracts import By, Statement
from guanxi.customers.consent.models import Consent
from guanxi.customers.consent.queries import Standing
from guanxi.customers.consent.texts import Text
from guanxi.platform.apikeys import Scope
from guanxi.platform.language import spoken
from guanxi.rest import consent_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, flag_of, object_of, read_json, text_of, whole_of
from guanxi.rest.facts import Rejected, occurred_ms_of, source_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json, moment

MOST: Final = ledger.LARGEST_BATCH
LARGEST_TEXT: Final = 1_000
router = Router(tags=["customers"])
CustomerId = Annotated[int, Path(description="The customer's id.")]
_TEXTS: Final = ("purpose", "said", "key", "proof", "channel", "proof_ref", "text_language", "by")
_PUBLISHED: Final = frozenset(("purpose", "words", "changes_purpose", "version"))
_NEEDED: Final = {"customer", "purpose", "said", "key", "proof"}
_ALLOWED: Final = {"channel", "said_at", "proof_ref", "text_version", "text_language", "by", "separate"}


@router.get(
    "/customers/{int:customer_id}/consents",
    auth=Key(Scope.CONSENTS_READ),
    summary="What a customer allows",
    description=examples.SHOW_DOC,
    operation_id="show_consents",
    openapi_extra=examples.SHOW,
)
def show_consents(request: HttpRequest, customer_id: CustomerId) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    root = lookup.root_of(brand_id, customer_id)
    if root is None:
        raise Problem(404, "not_found", "There is no such customer.", remedy="Look it up by an identity.")
    said = queries.history(brand_id, lookup.subject_ids_of(brand_id, root))
    return as_json(
        {
            "customer": root,
            "standings": [_standing(one) for one in queries.standings(brand_id, root)],
            "statements": [_statement(row) for row in said],
        }
    )


@router.post(
    "/consents",
    auth=Key(Scope.CONSENTS_WRITE),
    summary="Record what customers said",
    description=examples.RECORD_DOC,
    operation_id="record_consents",
    openapi_extra=examples.RECORD,
)
def record_consents(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = read_json(request)
    if type(body) is not dict or not {"statements"} <= set(body) <= {"statements", "source"}:
        raise _bad("", "an object with statements, and source where it is not the API, is expected")
    given = body["statements"]
    if type(given) is not list or not 1 <= len(given) <= MOST:
        raise _bad("statements", f"statements is a list of 1 to {MOST} entries")
    try:
        source = source_of(body.get("source"))
        statements = [_read(one, number) for number, one in enumerate(given)]
    except Rejected as rejected:
        raise Problem(422, rejected.code, rejected.message, field=rejected.field) from None
    done = ledger.record(key.brand_id, statements, source=source, actor=key.actor)
    refused = [
        {"index": one.position, "code": one.code, "message": spoken(one.message)} for one in done.rejected
    ]
    return as_json({"recorded": done.recorded, "repeated": done.repeated, "rejected": refused})


@router.post(
    "/customers/{int:customer_id}/consents/link",
    auth=Key(Scope.CONSENTS_WRITE),
    summary="Make a link to a customer's preference centre",
    description=examples.LINK_DOC,
    operation_id="make_consent_link",
    openapi_extra=examples.LINK,
)
def make_consent_link(request: HttpRequest, customer_id: CustomerId) -> HttpResponse:
    key = as_key_request(request).auth
    link = links.make(key.brand_id, customer_id, actor=key.actor)
    url = request.build_absolute_uri(link.path)
    return as_json({"url": url, "expires_at": moment(link.expires_ms)})


@router.get(
    "/consents/texts",
    auth=Key(Scope.CONSENTS_READ),
    summary="The words that are agreed to",
    description=examples.TEXTS_DOC,
    operation_id="show_consent_texts",
    openapi_extra=examples.TEXTS,
)
def show_consent_texts(request: HttpRequest) -> HttpResponse:
    current = texts.current(as_key_request(request).auth.brand_id)
    return as_json({"texts": [_text(one) for one in current.values()]})


@router.post(
    "/consents/texts",
    auth=Key(Scope.CONSENTS_DEFINE),
    summary="Publish a version of the words",
    description=examples.PUBLISH_DOC,
    operation_id="publish_consent_text",
    openapi_extra=examples.PUBLISH,
)
def publish_consent_text(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _PUBLISHED, needed=("purpose", "words"))
    words = object_of(body, "words") or {}
    if set(words) != set(texts.LANGUAGES) or any(type(one) is not str for one in words.values()):
        raise Problem(422, "field_bad", "words are an object with the texts zh and en.", field="words")
    published = texts.publish(
        key.brand_id,
        text_of(body, "purpose") or "",
        words,
        changes_purpose=flag_of(body, "changes_purpose"),
        actor=key.actor,
        read=whole_of(body, "version") or 0,
    )
    return as_json(_text(published))


def _text(one: Text) -> dict[str, Any]:
    return {
        "purpose": one.purpose,
        "version": one.version if one.at_ms else None,
        "words": dict(one.bodies),
        "changes_purpose": one.changes_purpose,
        "published_at": moment(one.at_ms) if one.at_ms else None,
    }


def _standing(one: Standing) -> dict[str, Any]:
    word = one.verdict.word
    return {
        "purpose": one.purpose.name,
        "channel": one.channel,
        "basis": one.purpose.basis,
        "allowed": one.verdict.allowed,
        "reason": one.verdict.why,
        "may_ask": one.verdict.may_ask,
        "statement": word.id if word else None,
    }


def _statement(row: Consent) -> dict[str, Any]:
    return {
        "id": row.pk,
        "purpose": row.purpose,
        "channel": row.channel,
        "said": row.said,
        "by": row.spoken_by,
        "proof": row.proof,
        "proof_ref": row.proof_ref,
        "text_version": row.text_version,
        "text_language": row.text_language,
        "separate": row.separate,
        "source": row.source,
        "said_at": moment(row.occurred_ms),
        "recorded_at": moment(row.recorded_ms),
        "key": row.key,
    }


def _read(one: Any, number: int) -> Statement:
    """The shape of a statement; what it may say is for the ledger."""
    where = f"statements[{number}]"
    if type(one) is not dict:
        raise _bad(where, "a statement is an object")
    if missing := sorted(_NEEDED - set(one)):
        raise _bad(f"{where}.{missing[0]}", f"{missing[0]} is missing")
    if unknown := sorted(set(one) - _NEEDED - _ALLOWED):
        raise _bad(f"{where}.{unknown[0][:40]}", f"there is no field '{unknown[0][:40]}'")
    given = {"channel": "", "proof_ref": "", "text_language": "", "by": By.SELF, **one}
    for name in _TEXTS:
        if not isinstance(given[name], str) or len(given[name]) > LARGEST_TEXT:
            raise _bad(f"{where}.{name}", f"{name} is text of at most {LARGEST_TEXT} characters")
    version, separate = given.get("text_version", 0), given.get("separate", False)
    if type(version) is not int or not 0 <= version < 1 << 31:
        raise _bad(f"{where}.text_version", "a version is a whole number")
    if type(separate) is not bool:
        raise _bad(f"{where}.separate", "separate is true or false")
    if type(given["customer"]) is not int or not 0 < given["customer"] < 1 << 63:
        raise _bad(f"{where}.customer", "a customer is a whole number")
    said_at = given.get("said_at")
    return Statement(
        given["customer"],
        given["purpose"],
        given["said"],
        f"api:{given['key']}",
        given["proof"],
        given["channel"],
        None if said_at is None else occurred_ms_of({"occurred_at": said_at}),
        given["proof_ref"],
        version,
        given["text_language"],
        given["by"],
        separate,
    )


def _bad(field: str, message: str) -> Problem:
    return Problem(422, "body_bad", f"{message[0].upper()}{message[1:]}.", field=field)
