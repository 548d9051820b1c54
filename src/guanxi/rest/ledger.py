"""The ledger read, and its assets: /api/v1/ledger and /api/v1/customers/{id}/balances."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Field, Path, Query, Router, Schema

from guanxi.customers.lookup import subject_ids_of
from guanxi.loyalty.ledger import assets, history, queries, reading
from guanxi.loyalty.ledger.assets import AssetRow, Totals
from guanxi.loyalty.ledger.contracts import LIMITED, NEVER_MS, Place
from guanxi.loyalty.ledger.reading import AccountRow, Side
from guanxi.platform.apikeys import Scope
from guanxi.rest import cursors
from guanxi.rest import ledger_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, read_json, text_of, whole_of
from guanxi.rest.facts import Rejected, occurred_ms_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json, moment

AccountId = Annotated[int, Path(description="The account's id.", ge=1, lt=1 << 63)]
PostingId = Annotated[int, Path(description="The posting's id.", ge=1, lt=1 << 63)]
Code = Annotated[str, Path(description="The asset's code.", max_length=60)]
_CREATED: Final = frozenset(
    ("code", "kind", "name", "name_en", "unit_price_fen", "lasts_days", "most_by_hand")
)
router = Router(tags=["ledger"])


class AccountsAsked(Schema):
    """Which accounts of an asset."""

    place: Place | None = Field(None, description="Those of one place alone.")
    q: str = Field("", max_length=80, description="A customer's id, or a part of a name.")
    cursor: str | None = Field(None, description="`next` of the page before.")
    limit: int = Field(100, ge=1, le=1_000)


class EntriesAsked(Schema):
    """Which entries of an account, by when they were entered."""

    since: str = Field("", alias="from", max_length=40, description="Then or later.")
    until: str = Field("", max_length=40, description="Before then.")
    cursor: str | None = Field(None, description="`next` of the page before.")
    limit: int = Field(100, ge=1, le=1_000)


@router.get(
    "/ledger/assets",
    auth=Key(Scope.LEDGER_READ),
    summary="List assets",
    description=examples.ASSETS_DOC,
    operation_id="list_assets",
    openapi_extra=examples.ASSETS,
)
def list_assets(request: HttpRequest) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    totals = assets.totals(brand_id)
    return as_json({"assets": [_asset(row, totals.get(row.id)) for row in assets.assets(brand_id)]})


@router.post(
    "/ledger/assets",
    auth=Key(Scope.LEDGER_WRITE),
    summary="Make an asset",
    description=examples.CREATE_DOC,
    operation_id="create_asset",
    openapi_extra=examples.CREATE,
)
def create_asset(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _CREATED, needed=("code", "kind"))
    most = whole_of(body, "most_by_hand")
    wanted = AssetRow(
        0,
        text_of(body, "code") or "",
        text_of(body, "kind") or "",
        text_of(body, "name") or "",
        text_of(body, "name_en") or "",
        whole_of(body, "unit_price_fen"),
        whole_of(body, "lasts_days"),
        assets.USUAL_BY_HAND if most is None else most,
    )
    return as_json(_asset(assets.create(key.brand_id, wanted, actor=key.actor), None))


@router.get(
    "/ledger/assets/{code}/accounts",
    auth=Key(Scope.LEDGER_READ),
    summary="List an asset's accounts",
    description=examples.ACCOUNTS_DOC,
    operation_id="list_ledger_accounts",
    openapi_extra=examples.ACCOUNTS,
)
def list_accounts(request: HttpRequest, code: Code, asked: Query[AccountsAsked]) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    asset, text, place = assets.find(brand_id, code), asked.q.replace("\0", ""), asked.place or ""
    question = f"accounts of {asset.id} {place} {text}"
    after = cursors.opened(brand_id, question, asked.cursor) if asked.cursor else 0
    page = reading.accounts(brand_id, asset, place=place, text=text, after=after, limit=asked.limit)
    following = None if page.after is None else cursors.sealed(brand_id, question, page.after)
    return as_json({"accounts": [_account(row) for row in page.rows], "next": following})


@router.get(
    "/ledger/accounts/{int:account_id}",
    auth=Key(Scope.LEDGER_READ),
    summary="Show an account and its lots",
    description=examples.ACCOUNT_DOC,
    operation_id="show_account",
    openapi_extra=examples.ACCOUNT,
)
def show_account(request: HttpRequest, account_id: AccountId) -> HttpResponse:
    found = reading.account(as_key_request(request).auth.brand_id, account_id)
    lots = reading.lots(account_id, limit=1_000) if found.place is Place.WALLET else []
    shown = [
        {
            "move": lot.move_id,
            "posting": lot.posting_id,
            "units": lot.units,
            "left": lot.remaining,
            "expires_at": _until(lot.expires_ms),
        }
        for lot in lots
    ]
    return as_json({**_account(found), "lots": shown})


@router.get(
    "/ledger/accounts/{int:account_id}/entries",
    auth=Key(Scope.LEDGER_READ),
    summary="Read a statement",
    description=examples.STATEMENT_DOC,
    operation_id="show_statement",
    openapi_extra=examples.STATEMENT,
)
def show_statement(request: HttpRequest, account_id: AccountId, asked: Query[EntriesAsked]) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    question = f"entries of {account_id} {asked.since} {asked.until}"
    told = reading.statement(
        brand_id,
        account_id,
        from_ms=_moment("from", asked.since),
        until_ms=_moment("until", asked.until),
        before=cursors.opened(brand_id, question, asked.cursor) if asked.cursor else None,
        limit=asked.limit,
    )
    entries = [
        {
            "move": one.move_id,
            "posting": one.posting_id,
            "kind": one.kind.name.lower(),
            "units": one.units,
            "balance": one.balance,
            "other": _side(one.other),
            "reason": one.reason,
            "rule": one.rule or None,
            "touchpoint": one.fact_id,
            "key": one.key,
            "actor": one.actor,
            "occurred_at": moment(one.occurred_ms),
            "recorded_at": moment(one.recorded_ms),
        }
        for one in told.entries
    ]
    return as_json(
        {
            "account": _account(told.account),
            "opening": told.opening,
            "closing": told.closing,
            "total": told.total,
            "entries": entries,
            "next": None if told.before is None else cursors.sealed(brand_id, question, told.before),
        }
    )


@router.get(
    "/ledger/postings/{int:posting_id}",
    auth=Key(Scope.LEDGER_READ),
    summary="Show a posting",
    description=examples.POSTING_DOC,
    operation_id="show_posting",
    openapi_extra=examples.POSTING,
)
def show_posting(request: HttpRequest, posting_id: PostingId) -> HttpResponse:
    found = history.posting(as_key_request(request).auth.brand_id, posting_id)
    return as_json(
        {
            "id": found.id,
            "key": found.key,
            "digest": found.digest,
            "reason": found.reason,
            "note": found.note or None,
            "rule": found.rule or None,
            "touchpoint": found.fact_id,
            "actor": found.actor,
            "occurred_at": moment(found.occurred_ms),
            "recorded_at": moment(found.recorded_ms),
            "total": found.total,
            "moves": [_move(one) for one in found.moves],
        }
    )


@router.get(
    "/customers/{int:customer_id}/balances",
    auth=Key(Scope.LEDGER_READ),
    summary="Show a customer's balances",
    description=examples.BALANCES_DOC,
    operation_id="show_balances",
    openapi_extra=examples.BALANCES,
)
def show_balances(
    request: HttpRequest,
    customer_id: Annotated[int, Path(description="The customer's id.", ge=1, lt=1 << 63)],
) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    subjects = subject_ids_of(brand_id, customer_id)
    if not subjects:
        raise Problem(404, "not_found", "There is no such customer.", remedy="Look it up by an identity.")
    balances = [
        {
            "asset": one.asset.code,
            **one.standing._asdict(),
            "next_expiry": None
            if one.next_ms is None
            else {"at": moment(one.next_ms), "units": one.next_units},
            "accounts": [number for number, _place in one.accounts],
        }
        for one in queries.balances(brand_id, subjects)
    ]
    return as_json({"customer": customer_id, "balances": balances})


def _moment(field: str, text: str) -> int | None:
    if not text:
        return None
    try:
        return occurred_ms_of({"occurred_at": text})
    except Rejected:
        message = f"{field} must be RFC 3339 with an offset, such as 2026-11-01T00:00:00+08:00."
        raise Problem(422, "parameter_bad", message, field=field) from None


def _asset(row: AssetRow, totals: Totals | None) -> dict[str, Any]:
    told = row._asdict()
    del told["id"], told["version"]
    return {**told, "totals": (totals or Totals())._asdict()}


def _account(row: AccountRow) -> dict[str, Any]:
    kept = row.place in LIMITED
    return {
        "id": row.id,
        "asset": row.asset,
        "place": row.place,
        "name": row.name or None,
        "customer": row.customer_id,
        "balance": row.balance,
        "held": row.held if kept else None,
        "coming": row.coming if kept else None,
    }


def _side(side: Side) -> dict[str, Any]:
    return {"account": side.account_id, "place": side.place, "name": side.name or None}


def _move(one: history.MoveRow) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind.name.lower(),
        "asset": one.asset,
        "from": {**_side(one.source), "customer": one.source.customer_id},
        "to": {**_side(one.target), "customer": one.target.customer_id},
        "units": one.units,
        "open": one.is_open,
        "until": None if one.until_ms is None else moment(one.until_ms),
        "resolves": one.pending_id,
        "origin": one.origin_id,
        "lots": [{"move": use.lot_id, "posting": use.posting_id, "units": use.units} for use in one.uses],
        "history": [
            {
                "move": other.move_id,
                "posting": other.posting_id,
                "kind": other.kind.name.lower(),
                "units": other.units,
                "recorded_at": moment(other.recorded_ms),
            }
            for other in one.history
        ],
    }


def _until(at_ms: int) -> str | None:
    return None if at_ms >= NEVER_MS else moment(min(at_ms, 253_402_214_400_000))
