"""`guanxi ledger assets|accounts|statement|show|adjust`: what the console's ledger explorer shows."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from guanxi.cli.headings import facts, table
from guanxi.cli.shared import BrandOption, JsonOption, command, current_brand, line, out, show, told
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.loyalty.ledger.adjusting import Effect

LimitOption = Annotated[int, typer.Option("--limit", min=1, max=1_000, help="How many at most.")]
PlaceOption = Annotated[
    str, typer.Option("--place", help="Those of one place alone, such as wallet or budget.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to `guanxi ledger`."""
    for name, function in (
        ("assets", assets),
        ("accounts", accounts),
        ("statement", statement),
        ("show", show_posting),
        ("adjust", adjust),
    ):
        app.command(name)(function)


@command
def assets(brand: BrandOption = None, json: JsonOption = False) -> None:
    """What is counted, and where its units are."""
    from guanxi.loyalty.ledger import assets as reading

    brand_id = current_brand(brand).pk
    totals = reading.totals(brand_id)
    rows = [
        {"code": one.code, "kind": one.kind, "name": one.name or one.name_en}
        | totals.get(one.id, reading.Totals())._asdict()
        for one in reading.assets(brand_id)
    ]
    fields = ("code", "kind", "held", "owed", "coming", "issued", "spent", "stock", "budget")
    show({"assets": rows}, json, lambda: _rows(rows, fields))


@command
def accounts(
    asset: Annotated[str, typer.Argument(help="The asset's code.")],
    find: Annotated[str, typer.Option("--find", help="A customer's number, or a part of a name.")] = "",
    place: PlaceOption = "",
    after: Annotated[int, typer.Option("--after", min=0, help="Go on behind this account.")] = 0,
    limit: LimitOption = 50,
    *,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """The accounts of an asset, by number."""
    from guanxi.loyalty.ledger import reading
    from guanxi.loyalty.ledger.assets import find as found

    brand_id = current_brand(brand).pk
    page = reading.accounts(
        brand_id, found(brand_id, asset), place=place, text=find, after=after, limit=limit
    )
    rows = [one._asdict() | {"customer": one.customer_id} for one in page.rows]
    fields = ("id", "place", "customer", "name", "balance", "held", "coming")
    show({"accounts": rows, "next": page.after}, json, lambda: _rows(rows, fields))


@command
def statement(
    account: Annotated[int, typer.Argument(min=1, help="The account's number.")],
    first: Annotated[str, typer.Option("--from", help="Entered on this day or later.")] = "",
    last: Annotated[str, typer.Option("--until", help="Entered on this day or earlier.")] = "",
    before: Annotated[int | None, typer.Option("--before", min=1, help="Go on behind this move.")] = None,
    limit: LimitOption = 50,
    *,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """The entries of an account, newest first, with the balance after each."""
    from guanxi.loyalty.console.statements import Period
    from guanxi.loyalty.ledger import reading

    ours = current_brand(brand)
    period = Period.from_address({"from": first, "until": last}, ours.timezone)
    if (period.first, period.last) != (first, last):
        raise Invalid(say("This is no day."), remedy=say("Write days as 2026-11-21."))
    found = reading.statement(
        ours.pk, account, from_ms=period.from_ms, until_ms=period.until_ms, before=before, limit=limit
    )
    rows = [one._asdict() | {"kind": one.kind.name.lower()} for one in found.entries]
    for row in rows:
        row["other"] = row["other"]._asdict()
    result = {
        "account": found.account._asdict(),
        "opening": found.opening,
        "closing": found.closing,
        "total": found.total,
        "entries": rows,
        "next": found.before,
    }
    fields = ("posting_id", "kind", "units", "balance", "reason", "rule", "key", "when")

    def printed() -> None:
        facts((say("at the beginning"), f"{found.opening:,}"), (say("at the end"), f"{found.closing:,}"))
        _rows([row | {"when": _when(row["occurred_ms"], ours.timezone)} for row in rows], fields)

    show(result, json, printed)


@command
def show_posting(
    posting: Annotated[int, typer.Argument(min=1, help="The posting's number.")],
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """All that happened together, and what became of it."""
    from guanxi.loyalty.ledger import history

    ours = current_brand(brand)
    found = history.posting(ours.pk, posting)
    moves: list[dict[str, Any]] = [
        {
            "id": one.id,
            "kind": one.kind.name.lower(),
            "asset": one.asset,
            "from": one.source._asdict(),
            "to": one.target._asdict(),
            "units": one.units,
            "open": one.is_open,
            "lots": [use._asdict() for use in one.uses],
            "history": [other._asdict() | {"kind": other.kind.name.lower()} for other in one.history],
        }
        for one in found.moves
    ]

    def printed() -> None:
        facts(
            (say("reason"), found.reason),
            (say("rule"), found.rule),
            (say("touchpoint"), found.fact_id),
            (say("key"), found.key),
            (say("by whom"), found.actor),
            (say("when"), _when(found.occurred_ms, ours.timezone)),
            (say("in words"), found.note),
        )
        plain = [one | {"source": _side(one["from"]), "to": _side(one["to"])} for one in moves]
        _rows(plain, ("id", "kind", "asset", "source", "to", "units"))

    show({**found._asdict(), "moves": moves}, json, printed)


@command
def adjust(
    customer: Annotated[int, typer.Argument(min=1, help="The customer's number.")],
    asset: Annotated[str, typer.Argument(help="The asset's code.")],
    units: Annotated[int, typer.Option("--units", help="Above 0: give; below: take.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the statement.")],
    days: Annotated[
        int | None, typer.Option("--days", help="Of what is given: days until it expires.")
    ] = None,
    key: Annotated[
        str, typer.Option("--key", help="Done once under this key, however often it is run.")
    ] = "",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; do nothing.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Give or take units by hand, and say what came of it. Exit code 6 where it cannot be done."""
    from guanxi.loyalty.ledger import adjusting
    from guanxi.loyalty.ledger.contracts import State
    from guanxi.platform.actors import COMMAND_LINE

    ours = current_brand(brand)
    wanted = adjusting.Wanted(asset, customer, units, reason, days)
    effect = adjusting.preview(ours, wanted)
    if dry_run:
        show(_effect(effect) | {"state": "nothing done"}, json, lambda: _print_effect(effect))
        return
    outcome = adjusting.adjust(ours, wanted, key or secrets.token_hex(16), actor=COMMAND_LINE)
    if outcome.state is State.REFUSED:
        raise Conflict(outcome.message, remedy=say("Nothing was posted."), reason=outcome.code)
    result = {"state": outcome.state, "posting": outcome.posting_id}
    if outcome.state is State.EXISTS:
        show(result, json, lambda: line(say("This was done before. Nothing was done twice.")))
        return
    show(_effect(effect) | result, json, lambda: _print_effect(effect))


def _effect(effect: Effect) -> dict[str, object]:
    return {
        "asset": effect.asset.code,
        "customer": effect.customer_id,
        "before": effect.before._asdict(),
        "after": effect.after._asdict(),
        "paid": effect.paid,
        "missing": effect.missing,
        "expires_ms": effect.expires_ms,
    }


def _print_effect(effect: Effect) -> None:
    shown = table("units", "before", "after")
    before, after = effect.before._asdict(), effect.after._asdict()
    for name, word in (("spendable", say("to spend")), ("posted", say("in wallets")), ("owed", say("owed"))):
        shown.add_row(told(word), f"{before[name]:,}", f"{after[name]:,}")
    out.print(shown)
    if effect.missing:
        line(say("This cannot be done: %(missing)s are missing.", missing=effect.missing))


def _side(side: Mapping[str, Any]) -> str:
    who = f" #{side['customer_id'] or side['subject_id']}" if side["subject_id"] else ""
    return f"{side['place']}{who} {side['name']}".strip()


def _when(at_ms: int, zone: str) -> str:
    from guanxi.ui.figures import exact

    return exact(at_ms, zone)


def _rows(rows: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> None:
    shown = table(*fields)
    for row in rows:
        cells = (row[field] for field in fields)
        shown.add_row(*(Text(f"{cell:,}" if type(cell) is int else str(cell or "")) for cell in cells))
    out.print(shown)
