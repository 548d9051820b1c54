"""`guanxi customers`: find, show, merge and part them. Personal details are masked unless asked for."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guanxi.cli.headings import table
from guanxi.cli.shared import (
    BrandOption,
    JsonOption,
    command,
    command_app,
    current_brand,
    line,
    note,
    out,
    show,
)
from guanxi.kernel.clock import to_datetime
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.kernel.text import masked_email, masked_name, masked_phone
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.customers.lookup import Known, Summary
    from guanxi.customers.rights.erasing import Consequence

app = command_app(help="Find, show, merge, part and erase customers.")

LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")]
UnmaskOption = Annotated[
    bool, typer.Option("--unmask", help="Show names, phones and e-mails in full; the audit log says so.")
]
ReasonOption = Annotated[str, typer.Option(metavar="TEXT", help="Why, for the history.")]


@app.command("list")
@command
def list_customers(
    *,
    after: Annotated[int, typer.Option(metavar="ID", help="Begin behind this customer.")] = 0,
    has: Annotated[str, typer.Option(metavar="SCHEME", help="Only with such an identity: unionid …")] = "",
    lacks: Annotated[str, typer.Option(metavar="SCHEME", help="Only without one: phone …")] = "",
    limit: LimitOption = 20,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Customers by number, a page at a time, all or those with or without a kind of identity."""
    from guanxi.customers import lookup

    brand_id = current_brand(brand).pk
    ids = lookup.live_ids(brand_id, after=after, limit=limit + 1, has=has, lacks=lacks)
    rows = _plain_rows(brand_id, ids[:limit])
    result = {"customers": rows, "next": ids[limit - 1] if len(ids) > limit else None}
    show(result, json, lambda: _print_rows(rows))


@app.command()
@command
def search(text: str, limit: LimitOption = 20, brand: BrandOption = None, json: JsonOption = False) -> None:
    """Customers by name, phone (in full, 138****8000, or its last digits), e-mail, account or number."""
    from guanxi.customers.console.reads import search as find

    brand_id = current_brand(brand).pk
    rows = _plain_rows(brand_id, find(brand_id, text, limit + 1))
    more = len(rows) > limit
    show({"customers": rows[:limit], "more": more}, json, lambda: _print_rows(rows[:limit]))
    if more:
        note(say("More than %(n)s customers match: add digits or letters.", n=f"{limit:,}"))


@app.command("show")
@command
def show_customer(
    number: int,
    *,
    limit: LimitOption = 20,
    unmask: UnmaskOption = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """One customer: identities, totals, newest touchpoints."""
    from guanxi.customers import lookup
    from guanxi.platform import audit
    from guanxi.touchpoints import queries

    brand_id = current_brand(brand).pk
    root = lookup.root_of(brand_id, number)
    found = lookup.summaries(brand_id, [root]) if root is not None else []
    if not found:
        raise NotFound(
            say("There is no customer %(number)s.", number=number),
            remedy=say("Look with `guanxi customers search`."),
        )
    if unmask:
        audit.record(brand_id, "cli", "customer.unmasked", "customer", found[0].id)
    subject_ids = lookup.subject_ids_of(brand_id, found[0].id)
    page = queries.timeline(brand_id, subject_ids, limit=limit)
    result = {
        **_plain(found[0], unmask=unmask),
        "subjects": subject_ids,
        "totals": queries.totals(brand_id, [found[0].id])[found[0].id]._asdict(),
        "touchpoints": [row._asdict() for row in page.rows],
    }
    show(result, json, lambda: _print_one(result))


@app.command()
@command
def merge(
    numbers: Annotated[list[int], typer.Argument(metavar="ID ID…", help="Customers that are one person.")],
    *,
    reason: ReasonOption = "",
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Make customers one person. `guanxi customers unmerge` undoes it exactly."""
    from guanxi.customers import lookup, services

    if len(set(numbers)) < 2:
        raise Invalid(say("Say at least two different customers."))
    brand_id = current_brand(brand).pk
    services.merge(brand_id, numbers, actor="cli", reason=reason)
    root = lookup.root_of(brand_id, numbers[0])
    show({"customer_id": root}, json, lambda: note(say("They are customer %(id)s now.", id=root)))


@app.command()
@command
def unmerge(
    number: int,
    subjects: Annotated[list[int], typer.Argument(metavar="SUBJECT…", help="Identities that leave.")],
    *,
    reason: ReasonOption = "",
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Take identities out of a customer: they become a customer of their own, with all their facts."""
    from guanxi.customers import lookup, services

    brand_id = current_brand(brand).pk
    services.unmerge(brand_id, number, subjects, actor="cli", reason=reason)
    owners = sorted(set(lookup.customer_ids_of(brand_id, [number, *subjects]).values()))
    now = ", ".join(map(str, owners))
    show({"customer_ids": owners}, json, lambda: note(say("They are the customers %(ids)s now.", ids=now)))


@app.command()
@command
def erase(
    number: int,
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the record; no names or numbers.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it. Without, only say what it would do.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Erase a customer for ever. Without --yes: what that would do, in numbers."""
    from guanxi.customers.rights import erasing

    brand_id = current_brand(brand).pk
    if not yes:
        found = erasing.consequence(brand_id, number)
        show({"identities": found.identities, "rows": dict(found.rows)}, json, lambda: _print_loss(found))
        note(say("Nothing was done. Add --yes to erase for ever."))
        return
    done = erasing.erase(brand_id, number, actor="cli", reason=reason)
    show(done._asdict(), json, lambda: note(say("Customer %(id)s is erased.", id=number)))


@app.command()
@command
def freeze(
    number: int,
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the record; no names or numbers.")],
    end: Annotated[bool, typer.Option("--end", help="End the freeze.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Store a customer's data and do nothing else with it, or end that."""
    from guanxi.customers.rights import freezing

    change = freezing.unfreeze if end else freezing.freeze
    change(current_brand(brand).pk, number, actor="cli", reason=reason)
    said = say("Customer %(id)s is free again.", id=number) if end else say("%(id)s is frozen.", id=number)
    show({"customer_id": number, "frozen": not end}, json, lambda: note(said))


def _print_loss(found: Consequence) -> None:
    line(say("%(n)s identities", n=found.identities))
    for label, count in found.rows:
        line(f"{label}: {count:,}")


def _plain_rows(brand_id: int, ids: Collection[int]) -> list[dict[str, Any]]:
    """Customers in the order of `ids`, with their totals as of now."""
    from guanxi.customers import lookup
    from guanxi.touchpoints import queries

    found = {one.id: one for one in lookup.summaries(brand_id, ids)}
    totals = queries.totals(brand_id, list(found))
    rows = [_plain(found[number], unmask=False) for number in ids if number in found]
    for row in rows:
        total = totals[row["id"]]
        row.update(orders=total.orders, revenue_fen=total.revenue_fen)
    return rows


def _plain(one: Summary, *, unmask: bool) -> dict[str, Any]:
    row = one._asdict()
    if not unmask:
        row["name"] = masked_name(one.name) if one.name else None
        row["birthday"] = f"****{one.birthday[-6:]}" if one.birthday else ""
    row["identities"] = [f"{known.scheme}:{_value(known, unmask=unmask)}" for known in one.identities]
    return row


def _value(known: Known, *, unmask: bool) -> str:
    value = known.value or ""
    if unmask or not value:
        return value
    if known.scheme == "phone":
        return masked_phone(value)
    return masked_email(value) if known.scheme == "email" else value


def _print_rows(rows: list[dict[str, Any]]) -> None:
    shown = table("id", "name", "orders", "revenue_fen", "last seen", "identities")
    for row in rows:
        revenue = f"{row['revenue_fen'] / 100:,.2f}"
        shown.add_row(
            str(row["id"]),
            row["name"] or "",
            f"{row['orders']:,}",
            revenue,
            f"{to_datetime(row['last_ms']):%Y-%m-%d}",
            " ".join(row["identities"]),
        )
    out.print(shown)


def _print_one(row: dict[str, Any]) -> None:
    totals = row["totals"]
    out.print(f"[bold]#{row['id']}[/bold] {row['name'] or ''}  {' '.join(row['identities'])}")
    line(
        say(
            "%(orders)s orders, %(paid)s paid, %(back)s given back",
            orders=f"{totals['orders']:,}",
            paid=f"{totals['revenue_fen'] / 100:,.2f}",
            back=f"{totals['refunds_fen'] / 100:,.2f}",
        )
    )
    shown = table("when", "kind", "channel", "amount", "reference")
    for fact in row["touchpoints"]:
        amount = "" if fact["amount_fen"] is None else f"{fact['amount_fen'] / 100:,.2f}"
        when = f"{to_datetime(fact['occurred_ms']):%Y-%m-%d %H:%M}"
        shown.add_row(when, fact["kind"], fact["channel"], amount, fact["source_ref"])
    out.print(shown)
