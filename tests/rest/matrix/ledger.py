"""The ledger."""

from __future__ import annotations

from typing import Any

from guanxi.platform.apikeys import Scope
from guanxi.rest.ledger_examples import ASSET_WANTED, POST_WANTED
from tests.rest.matrix.known import known_account, known_posting
from tests.rest.matrix.row import Ask


def posting_for(customer: int) -> dict[str, Any]:
    return {**POST_WANTED, "steps": [one | {"customer": customer} for one in POST_WANTED["steps"]]}


ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "list_assets": (Scope.LEDGER_READ, lambda caller, _: caller.get("ledger/assets")),
    "create_asset": (
        Scope.LEDGER_WRITE,
        lambda caller, _: caller.post("ledger/assets", {**ASSET_WANTED, "code": "petals"}),
    ),
    "list_ledger_accounts": (
        Scope.LEDGER_READ,
        lambda caller, _: caller.get("ledger/assets/points/accounts"),
    ),
    "show_account": (
        Scope.LEDGER_READ,
        lambda caller, _: caller.get(f"ledger/accounts/{known_account()}"),
    ),
    "show_statement": (
        Scope.LEDGER_READ,
        lambda caller, _: caller.get(f"ledger/accounts/{known_account()}/entries"),
    ),
    "show_posting": (
        Scope.LEDGER_READ,
        lambda caller, _: caller.get(f"ledger/postings/{known_posting()}"),
    ),
    "show_balances": (
        Scope.LEDGER_READ,
        lambda caller, customer: caller.get(f"customers/{customer}/balances"),
    ),
    "post_to_ledger": (
        Scope.LEDGER_WRITE,
        lambda caller, customer: caller.post("ledger/postings", posting_for(customer)),
    ),
}
