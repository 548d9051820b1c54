"""The catalogue of rewards and what is redeemed: /api/v1/rewards and /api/v1/redemptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Field, Path, Query, Router, Schema

from guanxi.loyalty.rewards import catalogue, moving, queries, redeeming, shown
from guanxi.loyalty.rewards.contracts import Price, Wanted
from guanxi.loyalty.rewards.contracts import Shown as Offered
from guanxi.platform.apikeys import Caller, Scope
from guanxi.platform.models import Brand
from guanxi.rest import cursors
from guanxi.rest import reward_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, flag_of, object_of, read_json, text_of, whole_of
from guanxi.rest.facts import Rejected, occurred_ms_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json

_TEXTS: Final = ("name", "name_en", "text", "text_en", "review_channel", "review_template")
_NUMBERS: Final = ("per_customer", "per_household", "pay_minutes", "keep_days", "review_days", "cost_fen")
_MOMENTS: Final = {"opens_at": "opens_ms", "closes_at": "closes_ms", "early_at": "early_ms"}
_PUT: Final = frozenset(
    (*_TEXTS, *_NUMBERS, *_MOMENTS, "kind", "version", "prices", "condition", "early_condition", "stocked")
) | {"deliveries", "settings", "place"}
_REDEEM: Final = frozenset(("key", "reward", "customer", "price", "delivery", "store", "address"))
Code = Annotated[str, Path(description="The reward's code.", max_length=60)]
RedemptionId = Annotated[int, Path(description="The redemption's id.", ge=1, lt=1 << 63)]
router = Router(tags=["rewards"])


class RedemptionsAsked(Schema):
    """Which redemptions."""

    state: str = Field("", max_length=20, description="Only those in this state.")
    delivery: str = Field("", max_length=20, description="Only those that are collected, or sent.")
    reward: str = Field("", max_length=60, description="Only those of this reward.")
    customer: int = Field(0, ge=0, lt=1 << 63, description="Only those of this customer.")
    code: str = Field("", max_length=60, description="The code for collecting, or a tracking number.")
    cursor: str | None = Field(None, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=500)


@router.get(
    "/rewards",
    auth=Key(Scope.PROGRAMME_READ),
    summary="List rewards",
    description=examples.LIST_DOC,
    operation_id="list_rewards",
    openapi_extra=examples.LIST,
)
def list_rewards(
    request: HttpRequest,
    state: Annotated[str | None, Query(description="Only those that are draft, active or archived.")] = None,
) -> HttpResponse:
    brand = _brand(as_key_request(request).auth)
    states = [_state(state)] if state else list(Offered)
    return as_json({"rewards": shown.rewards(brand, queries.rewards(brand.pk, states))})


@router.get(
    "/rewards/{code}",
    auth=Key(Scope.PROGRAMME_READ),
    summary="Show a reward",
    description=examples.SHOW_DOC,
    operation_id="show_reward",
    openapi_extra=examples.SHOW,
)
def show_reward(request: HttpRequest, code: Code) -> HttpResponse:
    brand = _brand(as_key_request(request).auth)
    return as_json(shown.reward(brand, catalogue.find(brand.pk, code)))


@router.put(
    "/rewards/{code}",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Make or change a reward",
    description=examples.PUT_DOC,
    operation_id="put_reward",
    openapi_extra=examples.PUT,
)
def put_reward(request: HttpRequest, code: Code) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _PUT, needed=("name", "kind"))
    version = whole_of(body, "version") or 0
    row = catalogue.put(_brand(key), _wanted(code, body), version=version, actor=key.actor)
    return as_json(shown.reward(_brand(key), row))


@router.post(
    "/rewards/{code}/state",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Show a reward or put it away",
    description=examples.STATE_DOC,
    operation_id="set_reward_state",
    openapi_extra=examples.STATE,
)
def set_reward_state(request: HttpRequest, code: Code) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("state", "version")), needed=("state", "version"))
    version, state = whole_of(body, "version") or 0, _state(text_of(body, "state") or "")
    row = catalogue.set_state(key.brand_id, code, version, state, actor=key.actor)
    return as_json(shown.reward(_brand(key), row))


@router.post(
    "/rewards/{code}/stock",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Change a reward's stock",
    description=examples.STOCK_DOC,
    operation_id="stock_reward",
    openapi_extra=examples.STOCK,
)
def stock_reward(request: HttpRequest, code: Code) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("pieces", "key", "note")), needed=("pieces", "key"))
    pieces, note = whole_of(body, "pieces") or 0, text_of(body, "note") or ""
    name = text_of(body, "key") or ""
    left = catalogue.fill(key.brand_id, code, pieces, key=name, note=note, actor=key.actor)
    return as_json({"left": left})


@router.get(
    "/redemptions",
    auth=Key(Scope.PROGRAMME_READ),
    summary="List redemptions",
    description=examples.REDEMPTIONS_DOC,
    operation_id="list_redemptions",
    openapi_extra=examples.REDEMPTIONS,
)
def list_redemptions(request: HttpRequest, asked: Annotated[RedemptionsAsked, Query()]) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    question = f"redemptions {asked.state} {asked.delivery} {asked.reward} {asked.customer} {asked.code}"
    before = cursors.opened(brand_id, question, asked.cursor) if asked.cursor else 0
    wanted = queries.Asked(asked.state, asked.delivery, asked.reward, asked.customer, asked.code, before)
    rows = queries.redemptions(brand_id, wanted, asked.limit + 1)
    page = rows[: asked.limit]
    further = cursors.sealed(brand_id, question, page[-1].pk) if len(rows) > len(page) else None
    return as_json({"redemptions": shown.redemptions(brand_id, page), "next": further})


@router.post(
    "/redemptions",
    auth=Key(Scope.TILL_USE),
    summary="Redeem a reward for a customer",
    description=examples.REDEEM_DOC,
    operation_id="redeem_reward",
    openapi_extra=examples.REDEEM,
)
def redeem_reward(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _REDEEM, needed=("key", "reward", "customer"))
    customer, price = _large(body, "customer"), whole_of(body, "price")
    asked = redeeming.Asked(
        f"api:{text_of(body, 'key') or ''}",
        text_of(body, "reward") or "",
        customer,
        0 if price is None else price,
        text_of(body, "delivery") or "",
        text_of(body, "store") or "",
        text_of(body, "address") or "",
    )
    row = redeeming.redeem(_brand(key), asked, origin="api", actor=key.actor)
    return as_json(shown.redemption(key.brand_id, row))


@router.get(
    "/redemptions/{redemption_id}",
    auth=Key(Scope.PROGRAMME_READ),
    summary="Show a redemption",
    description=examples.REDEMPTION_DOC,
    operation_id="show_redemption",
    openapi_extra=examples.REDEMPTION,
)
def show_redemption(request: HttpRequest, redemption_id: RedemptionId) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    return as_json(shown.redemption(brand_id, queries.redemption(brand_id, redemption_id)))


@router.post(
    "/redemptions/{redemption_id}/pay",
    auth=Key(Scope.TILL_USE),
    summary="Tell that the money came",
    description=examples.PAY_DOC,
    operation_id="pay_redemption",
    openapi_extra=examples.PAY,
)
def pay_redemption(request: HttpRequest, redemption_id: RedemptionId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("reference", "fen")), needed=("reference", "fen"))
    reference, fen = text_of(body, "reference") or "", whole_of(body, "fen") or 0
    row = moving.pay(_brand(key), redemption_id, reference, fen, actor=key.actor)
    return as_json(shown.redemption(key.brand_id, row))


@router.post(
    "/redemptions/{redemption_id}/hand-out",
    auth=Key(Scope.TILL_USE),
    summary="Hand out or send a reward",
    description=examples.HAND_OUT_DOC,
    operation_id="hand_out_redemption",
    openapi_extra=examples.HAND_OUT,
)
def hand_out_redemption(request: HttpRequest, redemption_id: RedemptionId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("sent", "carrier", "tracking")), needed=())
    carrier, tracking = text_of(body, "carrier") or "", text_of(body, "tracking") or ""
    if flag_of(body, "sent"):
        row = moving.send(key.brand_id, redemption_id, carrier=carrier, tracking=tracking, actor=key.actor)
    else:
        row = moving.hand_out(key.brand_id, redemption_id, actor=key.actor)
    return as_json(shown.redemption(key.brand_id, row))


@router.post(
    "/redemptions/{redemption_id}/cancel",
    auth=Key(Scope.TILL_USE),
    summary="Call a redemption off, or take a reward back",
    description=examples.CANCEL_DOC,
    operation_id="cancel_redemption",
    openapi_extra=examples.CANCEL,
)
def cancel_redemption(request: HttpRequest, redemption_id: RedemptionId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("why", "returned", "piece")), needed=())
    why, piece = text_of(body, "why") or "", flag_of(body, "piece")
    if flag_of(body, "returned"):
        row = moving.take_back(key.brand_id, redemption_id, piece=piece, why=why, actor=key.actor)
    else:
        row = moving.cancel(key.brand_id, redemption_id, why=why, actor=key.actor)
    return as_json(shown.redemption(key.brand_id, row))


# ---------------------------------------------------------------- what bodies say


def _wanted(code: str, body: Mapping[str, Any]) -> Wanted:
    told = dict(body)
    known: dict[str, Any] = {name: text_of(told, name) or "" for name in _TEXTS}
    known |= {name: whole_of(told, name) for name in _NUMBERS if name in told}
    known |= {field: _moment(told, name) for name, field in _MOMENTS.items() if told.get(name) is not None}
    for name in ("condition", "early_condition", "settings"):
        if told.get(name) is not None:
            known[name] = object_of(told, name)
    if "stocked" in told:
        known["stocked"] = flag_of(told, "stocked")
    if (place := whole_of(told, "place")) is not None:
        known["place"] = place
    if told.get("deliveries") is not None:
        known["deliveries"] = _texts(told, "deliveries")
    return Wanted(code, text_of(told, "kind") or "", prices=_prices(told), **known)


def _prices(body: Mapping[str, Any]) -> list[Price]:
    told = body.get("prices", [])
    if type(told) is not list or len(told) > 20:
        raise Problem(422, "field_bad", "prices must be a short list.", field="prices")
    found = []
    for one in told:
        price = fields_of(one, frozenset(("asset", "units", "fen")), needed=())
        units, fen = whole_of(price, "units") or 0, whole_of(price, "fen") or 0
        found.append(Price(text_of(price, "asset") or "", units, fen))
    return found


def _texts(body: Mapping[str, Any], name: str) -> list[str]:
    told = body[name]
    if type(told) is not list or len(told) > 10 or not all(type(one) is str for one in told):
        raise Problem(422, "field_bad", f"{name} must be a list of texts.", field=name)
    return list(told)


def _moment(body: Mapping[str, Any], name: str) -> int:
    try:
        return occurred_ms_of({"occurred_at": body[name]})
    except Rejected:
        message = f"{name} must be a moment: RFC 3339 with an offset, or milliseconds."
        raise Problem(422, "field_bad", message, field=name) from None


def _large(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name)
    if type(value) is not int or not 0 < value < 1 << 63:
        raise Problem(422, "field_bad", f"{name} must be an id.", field=name)
    return value


def _state(name: str) -> Offered:
    if name not in set(Offered):
        raise Problem(422, "field_bad", "state must be draft, active or archived.", field="state")
    return Offered(name)


def _brand(key: Caller) -> Brand:
    return Brand.objects.get(pk=key.brand_id)
