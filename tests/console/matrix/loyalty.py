"""The ledger explorer."""

from __future__ import annotations

from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page
from tests.console.world import World

MADE = {"name": "积分", "unit_price_fen": "1", "most_by_hand": "100", "version": "1"}


def adjusted(w: World) -> dict[str, object]:
    return {
        "customer": w.customer.pk,
        "asset": "points",
        "way": "give",
        "units": "5",
        "note": "x",
        "token": "t",
    }


PAGES: dict[str, Page] = {
    "ledger": Page(Permission.LEDGER_VIEW, lambda w: "/loyalty"),
    "ledger-prove": Page(Permission.LEDGER_DEFINE, lambda w: "/loyalty/prove", lambda w: {}),
    "ledger-proof": Page(Permission.LEDGER_VIEW, lambda w: "/loyalty/proof"),
    "ledger-liability": Page(Permission.LEDGER_VIEW, lambda w: "/loyalty/liability"),
    "loyalty-standing": Page(Permission.REPORTS_VIEW, lambda w: "/loyalty/standing"),
    "ledger-adjust": Page(
        Permission.LEDGER_ADJUST, lambda w: f"/loyalty/adjust?customer={w.customer.pk}&asset=points"
    ),
    "ledger-adjust-preview": Page(Permission.LEDGER_ADJUST, lambda w: "/loyalty/adjust/preview", adjusted),
    "ledger-adjust-do": Page(Permission.LEDGER_ADJUST, lambda w: "/loyalty/adjust/do", adjusted),
    "ledger-asset-new": Page(Permission.LEDGER_DEFINE, lambda w: "/loyalty/assets/new"),
    "ledger-asset-create": Page(
        Permission.LEDGER_DEFINE,
        lambda w: "/loyalty/assets/create",
        lambda w: {**MADE, "code": "credit", "kind": "credit"},
    ),
    "ledger-asset-edit": Page(Permission.LEDGER_DEFINE, lambda w: "/loyalty/assets/points/edit"),
    "ledger-asset-save": Page(
        Permission.LEDGER_DEFINE, lambda w: "/loyalty/assets/points/save", lambda w: MADE
    ),
    "customer-card-link": Page(
        Permission.MESSAGES_MANAGE, lambda w: f"/customers/{w.customer.pk}/card-link", lambda w: {}
    ),
    "ledger-asset": Page(Permission.LEDGER_VIEW, lambda w: "/loyalty/ledger/points"),
    "ledger-account": Page(Permission.LEDGER_VIEW, lambda w: f"/loyalty/ledger/accounts/{w.account}"),
    "ledger-posting": Page(Permission.LEDGER_VIEW, lambda w: f"/loyalty/ledger/postings/{w.posting}"),
}
OF_ANY_BRAND = {
    "ledger",
    "ledger-prove",
    "ledger-proof",
    "ledger-liability",
    "loyalty-standing",
    "ledger-adjust",
    "ledger-adjust-preview",
    "ledger-adjust-do",
    "ledger-asset-new",
    "ledger-asset-create",
}
