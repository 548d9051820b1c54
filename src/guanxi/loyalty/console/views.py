"""The ledger explorer: what there is, where it is, and what moved it."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.lookup import customer_ids_of
from guanxi.loyalty.console import listing, statements
from guanxi.loyalty.console.shown import name_of, place, reason
from guanxi.loyalty.ledger import assets, history, proofs, reading
from guanxi.loyalty.ledger.adjusting import BY_HAND
from guanxi.loyalty.ledger.contracts import LIMITED, Place
from guanxi.loyalty.ledger.words import ASSET_KINDS
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import spoken
from guanxi.platform.people import actor_name
from guanxi.platform.roles import Permission
from guanxi.touchpoints import queries as log
from guanxi.touchpoints.console.timeline import timeline_rows
from guanxi.ui.figures import number
from guanxi.ui.parts import Empty, Option, Pager

PAGE_ROWS: Final = 50


@permission_required(Permission.LEDGER_VIEW)
@require_GET
def overview(request: BrandRequest) -> HttpResponse:
    """All assets, and where their units are."""
    brand, rows = request.brand, assets.assets(request.brand.pk)
    may_define = request.actor.may(Permission.LEDGER_DEFINE)
    totals = assets.totals(brand.pk) if rows else {}
    context = {
        "rows": [listing.shown(brand, row, totals.get(row.id, assets.Totals())) for row in rows],
        "figures": listing.figures_of(brand, rows, totals),
        **_proof(request),
        "may_adjust": request.actor.may(Permission.LEDGER_ADJUST),
        "may_report": request.actor.may(Permission.REPORTS_VIEW),
        "empty": None if rows else _nothing(may_define=may_define),
    }
    return render(request, "loyalty/overview.html", context)


def _nothing(*, may_define: bool) -> Empty:
    return Empty(
        _("Nothing is counted yet"),
        _("Points, store credit, coupons and budgets are assets of one ledger. Begin with one of them."),
        "heart-handshake",
        _("Make an asset"),
        reverse("ledger-asset-new") if may_define else "",
        (_("For example points: 1 fen each, spent within 365 days."),),
    )


@permission_required(Permission.LEDGER_DEFINE)
@require_POST
def prove(request: BrandRequest) -> HttpResponse:
    """Have the worker prove the whole ledger."""
    proofs.want(request.brand.pk)
    return redirect(reverse("ledger") + "#proof")


@permission_required(Permission.LEDGER_VIEW)
@require_GET
def proof(request: BrandRequest) -> HttpResponse:
    """How far the proof is, for htmx."""
    return render(request, "loyalty/proof.html", _proof(request))


def _proof(request: BrandRequest) -> dict[str, object]:
    found = proofs.standing(request.brand.pk)
    problems = found.last.problems if found.last else []
    return {
        "proof": found,
        "problems": [(one.rule, one.where, spoken(one.message)) for one in problems],
        "may_define": request.actor.may(Permission.LEDGER_DEFINE),
    }


@permission_required(Permission.LEDGER_VIEW)
@require_GET
def accounts(request: BrandRequest, code: str) -> HttpResponse:
    """The accounts of an asset, a page of them."""
    brand, asset = request.brand, assets.find(request.brand.pk, code)
    query = listing.Query.from_address(request.GET.dict())
    page = reading.accounts(
        brand.pk, asset, place=query.place, text=query.text, after=query.after, limit=PAGE_ROWS
    )
    counted, is_all = reading.count_accounts(brand.pk, asset, place=query.place, text=query.text)
    total = assets.totals(brand.pk).get(asset.id, assets.Totals())
    context = {
        "asset": asset,
        "name": name_of(asset),
        "kind": spoken(ASSET_KINDS.get(asset.kind, asset.kind)),
        "total": listing.shown(brand, asset, total),
        "query": query,
        "chips": _chips(code, query),
        "rows": listing.account_rows(brand, asset, page.rows),
        "pager": Pager(
            len(page.rows),
            number(counted) if is_all else f"{counted:,}+",
            query.url(code) if query.after else "",
            query.url(code, after=str(page.after)) if page.after else "",
        ),
        "may_define": request.actor.may(Permission.LEDGER_DEFINE),
        "may_adjust": request.actor.may(Permission.LEDGER_ADJUST) and asset.kind in BY_HAND,
    }
    return render(request, "loyalty/accounts.html", context)


def _chips(code: str, query: listing.Query) -> list[Option]:
    every = Option(_("All"), query.url(code, place="", after=""), not query.place)
    return [
        every,
        *(Option(place(one), query.url(code, place=one, after=""), query.place == one) for one in Place),
    ]


@permission_required(Permission.LEDGER_VIEW)
@require_GET
def account(request: BrandRequest, account_id: int) -> HttpResponse:
    """One account's statement, its lots and what is announced."""
    brand = request.brand
    period = statements.Period.from_address(request.GET.dict(), brand.timezone)
    told = reading.statement(
        brand.pk,
        account_id,
        from_ms=period.from_ms,
        until_ms=period.until_ms,
        before=period.before,
        limit=PAGE_ROWS,
    )
    asset = assets.find(brand.pk, told.account.asset)
    is_wallet = told.account.place is Place.WALLET
    used_up = request.GET.get("lots") == "used"
    context = {
        **statements.context(brand, asset, told, period),
        "is_limited": told.account.place in LIMITED,
        "is_wallet": is_wallet,
        "used_up": used_up,
        "lots": statements.lots(brand, asset, reading.lots(account_id, used_up=used_up) if is_wallet else []),
        "announced": statements.announced(brand, asset, reading.announced(account_id) if is_wallet else []),
        "may_adjust": request.actor.may(Permission.LEDGER_ADJUST) and asset.kind in BY_HAND,
        "may_export": request.actor.may(Permission.EXPORTS_RUN),
        "export_query": {"account": str(account_id), "from": period.first, "until": period.last},
    }
    return render(request, "loyalty/account.html", context)


@permission_required(Permission.LEDGER_VIEW)
@require_GET
def posting(request: BrandRequest, posting_id: int) -> HttpResponse:
    """All that happened together, and why."""
    brand, found = request.brand, history.posting(request.brand.pk, posting_id)
    by_code = {one.code: one for one in assets.assets(brand.pk)}
    facts = log.facts(brand.pk, [found.fact_id] if found.fact_id else [])
    subjects = [fact.subject_id for fact in facts if fact.subject_id is not None]
    context = {
        "posting": found,
        "title": reason(found.reason),
        "actor": actor_name(found.actor),
        "moves": statements.moves(brand, by_code, found.moves),
        "left_out": found.total - len(found.moves),
        "facts": timeline_rows(brand, facts),
        "fact_customer": next(iter(customer_ids_of(brand.pk, subjects).values()), None),
    }
    return render(request, "loyalty/posting.html", context)
