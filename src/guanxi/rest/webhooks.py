"""Webhooks and their deliveries: /api/v1/webhooks, /api/v1/deliveries."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from guanxi.platform.apikeys import Scope
from guanxi.platform.webhooks import queries, services
from guanxi.platform.webhooks.contracts import DeliveryState
from guanxi.platform.webhooks.models import Delivery
from guanxi.platform.webhooks.queries import Shown
from guanxi.rest import cursors
from guanxi.rest import webhook_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, read_json, text_of, whole_of
from guanxi.rest.facts import Rejected, occurred_ms_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json, moment

LATEST_MS: Final = 1 << 43
_MADE: Final = frozenset(("name", "url", "events", "history", "batch_most"))
_CHANGED: Final = _MADE | {"version", "active", "skip"}
WebhookId = Annotated[int, Path(description="The webhook's id.", ge=1, lt=1 << 63)]
DeliveryId = Annotated[int, Path(description="The delivery's id.", ge=1, lt=1 << 63)]
router = Router(tags=["webhooks"])


@router.get(
    "/webhooks",
    auth=Key(Scope.WEBHOOKS_MANAGE),
    summary="List webhooks",
    description=examples.LIST_DOC,
    operation_id="list_webhooks",
    openapi_extra=examples.LIST,
)
def list_webhooks(request: HttpRequest) -> HttpResponse:
    found = queries.webhooks(as_key_request(request).auth.brand_id)
    return as_json({"webhooks": [_shown(one) for one in found]})


@router.post(
    "/webhooks",
    auth=Key(Scope.WEBHOOKS_MANAGE),
    summary="Create a webhook",
    description=examples.CREATE_DOC,
    operation_id="create_webhook",
    openapi_extra=examples.CREATE,
)
def create_webhook(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _MADE, needed=("name", "url", "events"))
    most = whole_of(body, "batch_most")
    made = services.create(
        key.brand_id,
        text_of(body, "name") or "",
        text_of(body, "url") or "",
        _texts_of(body, "events") or [],
        with_history=_flag_of(body, "history") or False,
        batch_most=services.USUAL_BATCH if most is None else most,
        actor=key.actor,
    )
    return as_json(_one(key.brand_id, made.webhook.pk) | {"secret": made.secret})


@router.get(
    "/webhooks/{int:webhook_id}",
    auth=Key(Scope.WEBHOOKS_MANAGE),
    summary="Show a webhook",
    description=examples.SHOW_DOC,
    operation_id="show_webhook",
    openapi_extra=examples.SHOW,
)
def show_webhook(request: HttpRequest, webhook_id: WebhookId) -> HttpResponse:
    return as_json(_one(as_key_request(request).auth.brand_id, webhook_id))


@router.put(
    "/webhooks/{int:webhook_id}",
    auth=Key(Scope.WEBHOOKS_MANAGE),
    summary="Change a webhook",
    description=examples.CHANGE_DOC,
    operation_id="change_webhook",
    openapi_extra=examples.CHANGE,
)
def change_webhook(request: HttpRequest, webhook_id: WebhookId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _CHANGED, needed=("version",))
    active, skip = _flag_of(body, "active"), _flag_of(body, "skip")
    services.change(
        key.brand_id,
        webhook_id,
        whole_of(body, "version") or 0,
        name=text_of(body, "name"),
        url=text_of(body, "url"),
        patterns=_texts_of(body, "events"),
        with_history=_flag_of(body, "history"),
        batch_most=whole_of(body, "batch_most"),
        actor=key.actor,
    )
    if active is not None:
        if active:
            services.resume(key.brand_id, webhook_id, skip=skip or False, actor=key.actor)
        else:
            services.pause(key.brand_id, webhook_id, actor=key.actor)
    return as_json(_one(key.brand_id, webhook_id))


@router.delete(
    "/webhooks/{int:webhook_id}",
    auth=Key(Scope.WEBHOOKS_MANAGE),
    summary="Remove a webhook",
    description=examples.REMOVE_DOC,
    operation_id="remove_webhook",
    openapi_extra=examples.REMOVE,
)
def remove_webhook(request: HttpRequest, webhook_id: WebhookId) -> HttpResponse:
    key = as_key_request(request).auth
    services.remove(key.brand_id, webhook_id, actor=key.actor)
    return as_json({"id": webhook_id, "removed": True})


@router.post(
    "/webhooks/{int:webhook_id}/rotate",
    auth=Key(Scope.WEBHOOKS_MANAGE),
    summary="Rotate a webhook's secret",
    description=examples.ROTATE_DOC,
    operation_id="rotate_webhook",
    openapi_extra=examples.ROTATE,
)
def rotate_webhook(request: HttpRequest, webhook_id: WebhookId) -> HttpResponse:
    key = as_key_request(request).auth
    made = services.rotate(key.brand_id, webhook_id, actor=key.actor)
    return as_json(_one(key.brand_id, webhook_id) | {"secret": made.secret})


@router.post(
    "/webhooks/{int:webhook_id}/test",
    auth=Key(Scope.WEBHOOKS_MANAGE),
    summary="Send a test event",
    description=examples.TEST_DOC,
    operation_id="test_webhook",
    openapi_extra=examples.TEST,
)
def test_webhook(request: HttpRequest, webhook_id: WebhookId) -> HttpResponse:
    key = as_key_request(request).auth
    return as_json({"delivery": services.test(key.brand_id, webhook_id, actor=key.actor)})


@router.post(
    "/webhooks/{int:webhook_id}/replay",
    auth=Key(Scope.WEBHOOKS_MANAGE),
    summary="Send many deliveries again",
    description=examples.REPLAY_MANY_DOC,
    operation_id="replay_webhook",
    openapi_extra=examples.REPLAY_MANY,
)
def replay_webhook(request: HttpRequest, webhook_id: WebhookId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("since", "failed")), needed=())
    count = services.replay_many(
        key.brand_id,
        webhook_id,
        since_ms=_moment_of(body, "since"),
        failed=_flag_of(body, "failed") or False,
        actor=key.actor,
    )
    return as_json({"deliveries": count})


@router.get(
    "/webhooks/{int:webhook_id}/deliveries",
    auth=Key(Scope.WEBHOOKS_MANAGE),
    summary="List deliveries",
    description=examples.DELIVERIES_DOC,
    operation_id="list_deliveries",
    openapi_extra=examples.DELIVERIES,
)
def list_deliveries(
    request: HttpRequest,
    webhook_id: WebhookId,
    state: Annotated[DeliveryState | None, Query(description="Those in that state.")] = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    question = f"deliveries of {webhook_id} {state or ''}"
    after = cursors.opened(brand_id, question, cursor) if cursor else None
    page = queries.deliveries(brand_id, webhook_id, state=state or "", after=after, limit=limit)
    following = None if page.after is None else cursors.sealed(brand_id, question, page.after)
    return as_json({"deliveries": [_delivery(row) for row in page.rows], "next": following})


@router.get(
    "/deliveries/{int:delivery_id}",
    auth=Key(Scope.WEBHOOKS_MANAGE),
    summary="Show a delivery",
    description=examples.DELIVERY_DOC,
    operation_id="show_delivery",
    openapi_extra=examples.DELIVERY,
)
def show_delivery(request: HttpRequest, delivery_id: DeliveryId) -> HttpResponse:
    row = services.delivery_of(as_key_request(request).auth.brand_id, delivery_id)
    return as_json(_delivery(row) | {"response": row.response, "body": queries.sent_body(row)})


@router.post(
    "/deliveries/{int:delivery_id}/replay",
    auth=Key(Scope.WEBHOOKS_MANAGE),
    summary="Send a delivery again",
    description=examples.REPLAY_DOC,
    operation_id="replay_delivery",
    openapi_extra=examples.REPLAY,
)
def replay_delivery(request: HttpRequest, delivery_id: DeliveryId) -> HttpResponse:
    key = as_key_request(request).auth
    return as_json(_delivery(services.replay(key.brand_id, delivery_id, actor=key.actor)))


def _one(brand_id: int, webhook_id: int) -> dict[str, Any]:
    return _shown(queries.webhook(brand_id, webhook_id))


def _shown(one: Shown) -> dict[str, Any]:
    webhook, health = one
    return {
        "id": webhook.pk,
        "name": webhook.name,
        "url": webhook.url,
        "events": webhook.patterns,
        "history": webhook.with_history,
        "batch_most": webhook.batch_most,
        "active": webhook.is_active,
        "stopped": webhook.stopped or None,
        "version": webhook.version,
        "failures": webhook.failures,
        "waiting": health.waiting,
        "last_day": health.day,
        "delivered_at": moment(webhook.delivered_ms) if webhook.delivered_ms else None,
        "created_at": moment(webhook.created_ms),
    }


def _delivery(row: Delivery) -> dict[str, Any]:
    open_states = (DeliveryState.QUEUED, DeliveryState.FAILED)
    return {
        "id": row.pk,
        "message": row.message,
        "kinds": row.kinds.split(","),
        "events": row.count,
        "state": row.state,
        "attempts": row.attempts,
        "replays": row.replays,
        "status": row.status,
        "error": row.error or None,
        "duration_ms": row.duration_ms,
        "created_at": moment(row.created_ms),
        "sent_at": moment(row.sent_ms) if row.sent_ms else None,
        "next_at": moment(row.next_ms) if row.state in open_states and row.next_ms else None,
    }


def _texts_of(body: dict[str, Any], name: str) -> list[str] | None:
    value = body.get(name)
    if value is not None and (type(value) is not list or any(type(one) is not str for one in value)):
        raise Problem(422, "field_bad", f"{name} must be a list of texts.", field=name)
    return value


def _flag_of(body: dict[str, Any], name: str) -> bool | None:
    value = body.get(name)
    if value is not None and type(value) is not bool:
        raise Problem(422, "field_bad", f"{name} must be true or false.", field=name)
    return value


def _moment_of(body: dict[str, Any], name: str) -> int | None:
    if body.get(name) is None:
        return None
    try:
        at_ms = occurred_ms_of({"occurred_at": body[name]})
    except Rejected as rejected:
        message = rejected.message.replace("occurred_at", name)
        raise Problem(422, "time_bad", message, field=name) from None
    if not 0 <= at_ms < LATEST_MS:
        raise Problem(422, "time_bad", f"{name} is out of range.", field=name)
    return at_ms
