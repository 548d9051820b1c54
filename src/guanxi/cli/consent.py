"""`guanxi consent`: who allows what, links to the preference centre, texts, files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guanxi.cli.headings import table
from guanxi.cli.shared import (
    BrandOption,
    JsonOption,
    command,
    command_app,
    current_brand,
    either,
    line,
    note,
    out,
    show,
    told,
)
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.customers.consent.files import ConsentImported
    from guanxi.customers.consent.queries import Standing
    from guanxi.customers.consent.texts import Text

app = command_app(help="Consent: who allows what, links, texts, files.")
CustomerArgument = Annotated[int, typer.Argument(metavar="CUSTOMER", help="Number of the customer.")]


@app.command("list")
@command
def list_consents(customer: CustomerArgument, *, brand: BrandOption = None, json: JsonOption = False) -> None:
    """What a customer allows, for every purpose and channel, and why."""
    from guanxi.customers.consent import queries
    from guanxi.customers.lookup import root_of

    brand_id = current_brand(brand).pk
    root = root_of(brand_id, customer)
    if root is None:
        raise NotFound(say("There is no such customer."), remedy=say("See `guanxi customers list`."))
    found = queries.standings(brand_id, root)
    rows = [
        {"purpose": one.purpose.name, "channel": one.channel, "basis": one.purpose.basis}
        | {"allowed": one.verdict.allowed, "reason": one.verdict.why, "may_ask": one.verdict.may_ask}
        for one in found
    ]
    show({"customer": root, "consents": rows}, json, lambda: _print(found))


@app.command()
@command
def record(
    customer: CustomerArgument,
    purpose: Annotated[str, typer.Argument(metavar="PURPOSE", help="Name of the purpose.")],
    said: Annotated[str, typer.Argument(metavar="SAID", help="given, refused or withdrawn.")],
    *,
    channel: Annotated[str, typer.Option(help="sms, email, wechat, wecom, phone, app.")] = "",
    proof: Annotated[str, typer.Option(help="page, form, message, file or associate.")] = "associate",
    reference: Annotated[str, typer.Option(help="Where it is written.")] = "",
    text: Annotated[int, typer.Option(help="Version of the words that were agreed to.")] = 0,
    separate: Annotated[bool, typer.Option("--separate", help="It was asked on its own.")] = False,
    guardian: Annotated[bool, typer.Option("--guardian", help="A parent or guardian said it.")] = False,
    key: Annotated[str, typer.Option(help="Makes it count once, however often it is sent.")] = "",
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Note what a customer said. What an associate or a file reports lifts no refusal."""
    import secrets

    from guanxi.customers.consent import ledger
    from guanxi.customers.consent.contracts import By, Statement

    given = Statement(
        customer,
        purpose,
        said,
        f"cli:{key or secrets.token_urlsafe(12)}",
        proof,
        channel,
        proof_ref=reference,
        text_version=text,
        by=By.GUARDIAN if guardian else By.SELF,
        separate=separate,
    )
    done = ledger.record(current_brand(brand).pk, [given], source="cli", actor="cli")
    if done.rejected:
        raise Invalid(done.rejected[0].message, reason=done.rejected[0].code)
    shown = {"recorded": done.recorded, "repeated": done.repeated}
    show(shown, json, lambda: note(say("Noted.") if done.recorded else say("It was noted before.")))


@app.command("link")
@command
def link_command(
    customer: CustomerArgument,
    *,
    days: Annotated[int, typer.Option(help="How long it works, 1 to 365.")] = 30,
    site: Annotated[str, typer.Option(help="The console's address, such as https://crm.example.com.")] = "",
    revoke: Annotated[bool, typer.Option("--revoke", help="End all links of this customer instead.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """A link to the page where the customer sees and changes what they allow."""
    from guanxi.customers.consent import links

    brand_id = current_brand(brand).pk
    if revoke:
        links.revoke(brand_id, customer, actor="cli")
        show({"revoked": True}, json, lambda: note(say("All links to this customer's page have ended.")))
        return
    made = links.make(brand_id, customer, days=days, actor="cli")
    address = site.rstrip("/") + made.path
    show({"link": address, "expires_ms": made.expires_ms}, json, lambda: line(address, soft_wrap=True))


@app.command()
@command
def texts(
    purpose: Annotated[str, typer.Argument(metavar="[PURPOSE]", help="Only of this purpose.")] = "",
    *,
    zh: Annotated[str, typer.Option(help="Publish: the words in Chinese.")] = "",
    en: Annotated[str, typer.Option(help="Publish: the words in English.")] = "",
    changes: Annotated[
        bool, typer.Option("--changes-purpose", help="Earlier consent no longer counts.")
    ] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """The words that customers agree to, all versions; with --zh and --en a new one."""
    from guanxi.customers.consent import texts as wording

    brand_id = current_brand(brand).pk
    if purpose:
        wording.find_purpose(purpose)
    if zh or en:
        bodies = {"zh": zh, "en": en}
        wording.publish(brand_id, purpose, bodies, changes_purpose=changes, actor="cli")
    stored = wording.versions(brand_id, purpose)
    shipped = [one for one in wording.current(brand_id).values() if not one.at_ms]
    found = [*stored, *(one for one in shipped if purpose in {"", one.purpose})]
    show({"texts": [one._asdict() for one in found]}, json, lambda: _print_texts(found))


@app.command("import")
@command
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A CSV.")],
    *,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Statements from a CSV: columns purpose, said, at, and customer, phone or another identity; channel,
    proof, text_version, by, separate where they are known.

    Ends with 3 where rows are rejected.
    """
    from guanxi.cli.tables import read_rows
    from guanxi.customers.consent.files import import_consents

    done = import_consents(current_brand(brand).pk, read_rows(file), source=file.name[:80], actor="cli")
    show(
        done._asdict() | {"rejected": [one._asdict() for one in done.rejected]},
        json,
        lambda: _print_imported(done),
    )
    if done.rejected:
        raise typer.Exit(3)


def _print_imported(done: ConsentImported) -> None:
    note(say("%(new)s recorded, %(old)s known already.", new=done.recorded, old=done.repeated))
    for one in done.rejected[:20]:
        note(say("Row %(row)s: %(why)s", row=one.position, why=one.message))
    if len(done.rejected) > 20:
        note(say("%(n)s rows are rejected in all.", n=len(done.rejected)))


def _print(found: list[Standing]) -> None:
    shown = table("purpose", "channel", "allowed", "reason")
    for one in found:
        allowed = told(say("yes") if one.verdict.allowed else say("no"))
        shown.add_row(
            either(one.purpose.label_zh, one.purpose.label_en), one.channel, allowed, one.verdict.why
        )
    out.print(shown)


def _print_texts(found: list[Text]) -> None:
    shown = table("purpose", "version", "中文", "English")
    for one in found:
        shown.add_row(one.purpose, str(one.version), one.bodies["zh"], one.bodies["en"])
    out.print(shown)
