"""Shops and tills: /api/v1/till."""

from __future__ import annotations

import secrets
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from guanxi.customers.console.faces import faces
from guanxi.loyalty.ledger.contracts import State
from guanxi.loyalty.member import numbers
from guanxi.loyalty.till import serving
from guanxi.loyalty.till.serving import Visit
from guanxi.platform.apikeys import Caller, Scope
from guanxi.rest import till_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, read_json, text_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json, moment

_READ: Final = frozenset(("code", "key"))
_BOUGHT: Final = frozenset(("visit", "order", "amount_fen", "store", "associate"))
_PAID: Final = frozenset(("visit", "order", "asset", "units", "key"))
router = Router(tags=["till"])


@router.post(
    "/till/read",
    auth=Key(Scope.TILL_USE),
    summary="Read a card",
    description=examples.READ_DOC,
    operation_id="read_card",
    openapi_extra=examples.READ,
)
def read_card(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _READ, needed=("code",))
    press = _key(request, body) or secrets.token_urlsafe(12)
    visits = serving.look(key.brand_id, text_of(body, "code") or "", press, actor=key.actor)
    shown = faces(key.brand_id, [one.customer_id for one in visits])
    members = [
        {
            "visit": serving.token(key.brand_id, one),
            "ends_at": moment(one.ends_ms),
            "found_by": one.by,
            "customer": one.customer_id,
            "number": numbers.number(key.brand_id, one.customer_id),
            "name": shown[one.customer_id].name or None,
            "phone": shown[one.customer_id].phone or None,
            "balances": _balances(key.brand_id, one.customer_id),
        }
        for one in visits
    ]
    return as_json({"members": members})


@router.post(
    "/till/purchases",
    auth=Key(Scope.TILL_USE),
    summary="Record a purchase",
    description=examples.BUY_DOC,
    operation_id="record_purchase",
    openapi_extra=examples.BUY,
)
def record_purchase(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _BOUGHT, needed=("visit", "order", "amount_fen"))
    visit = _visit(key, body)
    done = serving.purchase(
        key.brand_id,
        visit.customer_id,
        text_of(body, "order") or "",
        _whole(body, "amount_fen"),
        store=text_of(body, "store") or "",
        associate=text_of(body, "associate") or "",
        actor=key.actor,
    )
    told = {"state": "recorded" if done.is_new else "exists", "gained": done.gained}
    return as_json({**told, "balances": _balances(key.brand_id, visit.customer_id)})


@router.post(
    "/till/pay",
    auth=Key(Scope.TILL_USE),
    summary="Pay with points",
    description=examples.PAY_DOC,
    operation_id="pay_with_units",
    openapi_extra=examples.PAY,
)
def pay_with_units(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _PAID, needed=("visit", "order", "asset", "units"))
    press = _key(request, body)
    if not press:
        raise Problem(
            422,
            "key_missing",
            "A payment needs a key, so that sending it again takes nothing twice.",
            remedy="Send the header Idempotency-Key, or `key` in the body.",
            field="key",
        )
    visit = _visit(key, body)
    order, asset = text_of(body, "order") or "", text_of(body, "asset") or ""
    outcome = serving.pay(
        key.brand_id, visit, asset, _whole(body, "units"), order, press=press, actor=key.actor
    )
    state = "exists" if outcome.state is State.EXISTS else "posted"
    balances = _balances(key.brand_id, visit.customer_id)
    return as_json({"state": state, "posting": outcome.posting_id, "balances": balances})


def _visit(key: Caller, body: dict[str, Any]) -> Visit:
    return serving.opened(key.brand_id, text_of(body, "visit") or "")


def _balances(brand_id: int, customer_id: int) -> list[dict[str, Any]]:
    return [
        {
            "asset": one.asset.code,
            "spendable": one.standing.spendable,
            "coming": one.standing.coming,
            "owed": one.standing.owed,
        }
        for one in serving.balances(brand_id, customer_id)
    ]


def _key(request: HttpRequest, body: dict[str, Any]) -> str:
    key = (text_of(body, "key") or request.headers.get("Idempotency-Key") or "").strip()
    if len(key) > serving.LONGEST_PRESS or not key.isprintable():
        most = serving.LONGEST_PRESS
        raise Problem(422, "field_bad", f"The key has 1 to {most} printable characters.", field="key")
    return key


def _whole(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if type(value) is not int or not 0 < value < 1 << 50:
        raise Problem(422, "field_bad", f"{name} must be a whole number above 0.", field=name)
    return value
