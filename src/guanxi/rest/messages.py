"""Messages and what became of them: /api/v1/messages, /api/v1/receipts."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from guanxi.customers.consent import links
from guanxi.customers.consent.links import Opens
from guanxi.kernel.clock import now_ms
from guanxi.messaging import queries, services
from guanxi.messaging.contracts import Became, Message, Outcome, Receipt, State
from guanxi.messaging.queries import Shown
from guanxi.platform.apikeys import Scope
from guanxi.platform.language import spoken
from guanxi.rest import cursors
from guanxi.rest import message_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, object_of, read_json, text_of, whole_of
from guanxi.rest.facts import Rejected, occurred_ms_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json, moment

MOST: Final = 1_000
_ONE: Final = frozenset(
    ("key", "customer", "channel", "template", "variables", "language", "version", "campaign")
) | {"not_before", "expires_at"}
_NEEDED: Final = ("customer", "channel", "template")
_RECEIPT: Final = frozenset(("provider_id", "state", "at", "code"))
MessageId = Annotated[int, Path(description="The message's id.", ge=1, lt=1 << 63)]
router = Router(tags=["messages"])


@router.post(
    "/messages",
    auth=Key(Scope.MESSAGES_SEND),
    summary="Queue messages",
    description=examples.QUEUE_DOC,
    operation_id="queue_messages",
    openapi_extra=examples.QUEUE,
)
def queue_messages(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = read_json(request)
    if type(body) is dict and "messages" not in body:
        one = _message(body, request.headers.get("Idempotency-Key", ""))
        (outcome,) = services.queue(key.brand_id, [one], actor=key.actor)
        if outcome.state is Became.REFUSED:
            raise Problem(409 if outcome.code == "key_conflict" else 422, outcome.code, spoken(outcome.text))
        return as_json(_outcome(one, outcome))
    given = fields_of(body, frozenset(("messages",)), needed=("messages",))["messages"]
    if type(given) is not list or not 1 <= len(given) <= MOST:
        raise Problem(422, "field_bad", f"messages is a list of 1 to {MOST}.", field="messages")
    wanted = [_message(one, "", f"messages[{place}].") for place, one in enumerate(given)]
    outcomes = services.queue(key.brand_id, wanted, actor=key.actor)
    return as_json({"messages": [_outcome(*pair) for pair in zip(wanted, outcomes, strict=True)]})


@router.get(
    "/messages",
    auth=Key(Scope.MESSAGES_READ),
    summary="List messages",
    description=examples.LIST_DOC,
    operation_id="list_messages",
    openapi_extra=examples.LIST,
)
def list_messages(  # noqa: PLR0917 - the filters of a question
    request: HttpRequest,
    state: Annotated[State | None, Query(description="In this state.")] = None,
    channel: Annotated[str, Query(max_length=20)] = "",
    template: Annotated[str, Query(max_length=60)] = "",
    campaign: Annotated[str, Query(max_length=60)] = "",
    customer: Annotated[int | None, Query(description="To this customer.", ge=1, lt=1 << 63)] = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> HttpResponse:
    key = as_key_request(request).auth
    question = f"messages {state or ''}|{channel}|{template}|{campaign}|{customer or ''}"
    before = cursors.opened(key.brand_id, question, cursor) if cursor else None
    rows = queries.messages(
        key.brand_id,
        state=state,
        channel=channel,
        template=template,
        campaign=campaign,
        customer_id=customer,
        before=before,
        limit=limit + 1,
    )
    following = cursors.sealed(key.brand_id, question, rows[limit - 1].id) if len(rows) > limit else None
    return as_json({"messages": [_shown(one) for one in rows[:limit]], "next": following})


@router.get(
    "/messages/{int:message_id}",
    auth=Key(Scope.MESSAGES_READ),
    summary="Show a message",
    description=examples.SHOW_DOC,
    operation_id="show_message",
    openapi_extra=examples.SHOW,
)
def show_message(request: HttpRequest, message_id: MessageId) -> HttpResponse:
    return as_json(_detail(as_key_request(request).auth.brand_id, message_id))


@router.post(
    "/messages/{int:message_id}/cancel",
    auth=Key(Scope.MESSAGES_SEND),
    summary="Cancel a message",
    description=examples.CANCEL_DOC,
    operation_id="cancel_message",
    openapi_extra=examples.CANCEL,
)
def cancel_message(request: HttpRequest, message_id: MessageId) -> HttpResponse:
    key = as_key_request(request).auth
    services.cancel(key.brand_id, message_id, actor=key.actor)
    return as_json(_detail(key.brand_id, message_id))


@router.post(
    "/receipts",
    auth=Key(Scope.MESSAGES_RECEIPTS),
    summary="Say what became of messages",
    description=examples.RECEIPTS_DOC,
    operation_id="take_receipts",
    openapi_extra=examples.RECEIPTS,
)
def take_receipts(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("channel", "receipts")), needed=("channel", "receipts"))
    given = body["receipts"]
    if type(given) is not list or len(given) > MOST:
        raise Problem(422, "field_bad", f"receipts is a list of at most {MOST}.", field="receipts")
    said = [_receipt(one) for one in given]
    return as_json(services.receipts(key.brand_id, text_of(body, "channel") or "", said)._asdict())


@router.post(
    "/customers/{int:customer_id}/inbox-link",
    auth=Key(Scope.MESSAGES_SEND),
    summary="Make a link to a customer's inbox",
    description=examples.LINK_DOC,
    operation_id="make_inbox_link",
    openapi_extra=examples.LINK,
)
def make_inbox_link(
    request: HttpRequest,
    customer_id: Annotated[int, Path(description="The customer's id.", ge=1, lt=1 << 63)],
) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("days",)), needed=())
    days = whole_of(body, "days")
    made = links.make(
        key.brand_id,
        customer_id,
        days=links.DAYS if days is None else days,
        actor=key.actor,
        opens=Opens.INBOX,
    )
    return as_json({"path": made.path, "expires_at": moment(made.expires_ms)})


def _message(one: Any, header: str, where: str = "") -> Message:
    """Its shape; whether it can be said is for the outbox. Raises Problem."""
    try:
        body = fields_of(one, _ONE, needed=_NEEDED)
        key = text_of(body, "key") or header
        if not key:
            raise Problem(
                422,
                "key_missing",
                "A message needs a key, by which it is queued once.",
                remedy="Send the header Idempotency-Key, or the field key.",
                field="key",
            )
        customer = body["customer"]
        if type(customer) is not int:
            raise Problem(422, "field_bad", "customer is a whole number.", field="customer")
        return Message(
            key,
            customer,
            text_of(body, "channel") or "",
            text_of(body, "template") or "",
            object_of(body, "variables") or {},
            text_of(body, "language") or "",
            whole_of(body, "version") or 0,
            _moment(body, "not_before") or 0,
            _moment(body, "expires_at"),
            text_of(body, "campaign") or "",
        )
    except Problem as problem:
        problem.more["field"] = f"{where}{problem.more.get('field', '')}".rstrip(".")
        raise


def _receipt(one: Any) -> Receipt:
    body = fields_of(one, _RECEIPT, needed=("provider_id", "state"))
    state = text_of(body, "state") or ""
    if state not in list(State):
        raise Problem(422, "field_bad", "state is sent, delivered or failed.", field="state")
    at_ms = _moment(body, "at")
    code = text_of(body, "code") or ""
    provider = text_of(body, "provider_id") or ""
    if "\0" in code + provider:
        raise Problem(422, "field_bad", "A text has no NUL.", field="receipts")
    return Receipt(provider, State(state), now_ms() if at_ms is None else at_ms, code)


def _moment(body: dict[str, Any], name: str) -> int | None:
    """Raises Problem."""
    if body.get(name) is None:
        return None
    try:
        found = occurred_ms_of({"occurred_at": body[name]})
    except Rejected as bad:
        raise Problem(422, bad.code, bad.message.replace("occurred_at", name), field=name) from None
    if not 0 <= found < 1 << 43:
        raise Problem(422, "time_bad", f"{name} is too far away.", field=name)
    return found


def _outcome(one: Message, outcome: Outcome) -> dict[str, Any]:
    refused = outcome.state is Became.REFUSED
    shown = {"key": one.key, "outcome": str(outcome.state), "id": outcome.message_id or None}
    return shown | ({"code": outcome.code, "detail": spoken(outcome.text)} if refused else {})


def _detail(brand_id: int, message_id: int) -> dict[str, Any]:
    return {
        **_shown(queries.message(brand_id, message_id)),
        "history": [
            {"state": str(one.state), "code": one.code, "detail": one.detail, "at": moment(one.at_ms)}
            for one in queries.changes(brand_id, message_id)
        ],
    }


def _shown(one: Shown) -> dict[str, Any]:
    return {
        "id": one.id,
        "key": one.key,
        "customer": one.customer_id,
        "channel": one.channel,
        "template": one.template,
        "version": one.version,
        "variables": one.variables,
        "language": one.language or None,
        "purpose": one.purpose,
        "priority": one.priority.name.lower(),
        "campaign": one.campaign or None,
        "state": str(one.state),
        "code": one.code or None,
        "attempts": one.attempts,
        "provider_id": one.provider_id or None,
        "not_before": moment(one.not_before_ms) if one.not_before_ms else None,
        "expires_at": moment(one.expires_ms) if one.expires_ms else None,
        "due_at": moment(one.due_ms) if one.state is State.QUEUED else None,
        "queued_at": moment(one.queued_ms),
        "changed_at": moment(one.changed_ms),
    }
