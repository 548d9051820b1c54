"""`guanxi user …` and `guanxi brand …`."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from guanxi.cli.headings import facts, heading, table
from guanxi.cli.initialising import read_password
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
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.platform.actors import Actor

app = command_app()
users = command_app(help="People who sign in.")
brands = command_app(help="Brands.")
app.add_typer(users, name="user")
app.add_typer(brands, name="brand")

Username = Annotated[str, typer.Argument(help="The user name.", show_default=False)]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, as one line.")
]


@users.command("add")
@command
def add_user(
    username: Username,
    role: Annotated[
        str, typer.Option(help="owner, manager, operator, analyst, agent or associate.")
    ] = "operator",
    brand: BrandOption = None,
    name: Annotated[str, typer.Option(help="The name people see.")] = "",
    language: Annotated[str, typer.Option(help="zh-hans or en.")] = "zh-hans",
    password_stdin: PasswordStdin = False,
    json: JsonOption = False,
) -> None:
    """Add a person with a role in a brand; without --password-stdin a password is made up and shown once."""
    from guanxi.platform import people
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.writing import writing

    password = read_password() if password_stdin else ""
    chosen = password or secrets.token_urlsafe(12)
    where = current_brand(brand)
    with writing():
        person = people.create_user(username, chosen, name=name, language=language, actor=COMMAND_LINE)
        member = people.add_membership(person.pk, where.pk, role, actor=COMMAND_LINE)
    result = {
        "user": person.username,
        "brand": where.slug,
        "role": str(member.role),
        "password": None if password else chosen,
    }
    show(result, json, lambda: _print_user(result))


@users.command("invite")
@command
def invite(
    role: Annotated[
        str, typer.Option(help="owner, manager, operator, analyst, agent or associate.")
    ] = "operator",
    address: Annotated[
        str, typer.Option(help="The e-mail address, to tell invitations apart; no mail is sent.")
    ] = "",
    site: Annotated[
        str, typer.Option(help="Where the console is, such as https://crm.example.cn: begins the link.")
    ] = "",
    brand: BrandOption = None,
    language: Annotated[str, typer.Option(help="zh-hans or en.")] = "zh-hans",
    json: JsonOption = False,
) -> None:
    """Make a link by which somebody joins a brand, once, within seven days; it is shown this once."""
    from guanxi.platform import invitations
    from guanxi.platform.actors import COMMAND_LINE

    where = current_brand(brand)
    made = invitations.invite(where.pk, role, address=address, language=language, actor=COMMAND_LINE)
    link = f"{site.rstrip('/')}/invitation/{made.token}"
    result = {"brand": where.slug, "id": made.invitation.id, "role": str(made.invitation.role), "link": link}

    def print_it() -> None:
        out.print(link, style="bold", soft_wrap=True)
        note(say("Hand it on now: it is shown this once, works once, and within seven days."))

    show(result, json, print_it)


@users.command("invitations")
@command
def list_invitations(brand: BrandOption = None, json: JsonOption = False) -> None:
    """The open invitations of a brand."""
    from guanxi.platform import invitations

    where = current_brand(brand)
    rows: list[dict[str, object]] = [
        {"id": one.id, "role": str(one.role), "who": one.invitee, "actor": one.actor}
        for one in invitations.invitations_of(where.pk, open_only=True)
    ]
    show({"brand": where.slug, "invitations": rows}, json, lambda: out.print(_table(rows)))


@users.command("uninvite")
@command
def uninvite(
    number: Annotated[int, typer.Argument(help="The invitation's number.", show_default=False)],
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Take an invitation back: its link opens nothing any more."""
    from guanxi.platform import invitations
    from guanxi.platform.actors import COMMAND_LINE

    invitations.revoke(current_brand(brand).pk, number, actor=COMMAND_LINE)
    done = say("Invitation %(id)s is taken back.", id=number)
    show({"id": number, "revoked": True}, json, lambda: line(done))


@users.command("role")
@command
def set_role(
    username: Username,
    role: Annotated[str, typer.Argument(help="The new role.", show_default=False)],
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Give somebody who works for a brand another role."""
    from guanxi.platform import staff

    _change(
        username, brand, json, "role", lambda where, user, by: staff.set_role(where, user, role, actor=by)
    )


@users.command("suspend")
@command
def suspend(username: Username, brand: BrandOption = None, json: JsonOption = False) -> None:
    """Keep a person out of a brand for now; every session of theirs ends."""
    from guanxi.platform import staff

    _change(username, brand, json, "suspended", lambda where, user, by: staff.suspend(where, user, actor=by))


@users.command("resume")
@command
def resume(username: Username, brand: BrandOption = None, json: JsonOption = False) -> None:
    """Let a suspended person work again."""
    from guanxi.platform import staff

    _change(username, brand, json, "resumed", lambda where, user, by: staff.resume(where, user, actor=by))


@users.command("remove")
@command
def remove(username: Username, brand: BrandOption = None, json: JsonOption = False) -> None:
    """Take a person out of a brand; their account and what they did stay."""
    from guanxi.platform import staff

    _change(username, brand, json, "removed", lambda where, user, by: staff.remove(where, user, actor=by))


def _change(
    username: str, brand: str | None, json: bool, what: str, verb: Callable[[int, int, Actor], None]
) -> None:
    from guanxi.platform import people
    from guanxi.platform.actors import COMMAND_LINE

    where, person = current_brand(brand), people.find_user(username)
    verb(where.pk, person.pk, COMMAND_LINE)
    done = say("Done: %(user)s, %(brand)s.", user=person.username, brand=where.name)
    show({"user": person.username, "brand": where.slug, "changed": what}, json, lambda: line(done))


@users.command("password")
@command
def change_password(
    username: Username, password_stdin: PasswordStdin = False, json: JsonOption = False
) -> None:
    """Give a person a new password; their sessions end."""
    from guanxi.platform import people
    from guanxi.platform.actors import COMMAND_LINE

    person = people.find_user(username)
    password = read_password() if password_stdin else ""
    chosen = password or secrets.token_urlsafe(12)
    people.set_password(person.pk, chosen, actor=COMMAND_LINE)
    result = {"user": person.username, "password": None if password else chosen}
    show(result, json, lambda: _print_user(result))


@users.command("unlock")
@command
def unlock(username: Username, json: JsonOption = False) -> None:
    """Lift the wait after too many wrong passwords."""
    from guanxi.platform import lockout, people
    from guanxi.platform.actors import COMMAND_LINE

    person = people.find_user(username)
    lockout.clear(person, actor=COMMAND_LINE)
    show({"user": person.username}, json, lambda: line(say("%(user)s may try again.", user=person.username)))


@users.command("two-step-off")
@command
def turn_two_step_off(username: Username, json: JsonOption = False) -> None:
    """For whoever has lost phone and recovery codes: the password alone signs in again."""
    from guanxi.platform import people, totp
    from guanxi.platform.actors import COMMAND_LINE

    person = people.find_user(username)
    totp.disable(person, actor=COMMAND_LINE)
    done = say("Two-step sign-in of %(user)s is off.", user=person.username)
    show({"user": person.username}, json, lambda: line(done))


@users.command("list")
@command
def list_users(brand: BrandOption = None, json: JsonOption = False) -> None:
    """Everybody who works for a brand."""
    from guanxi.platform import staff

    where = current_brand(brand)
    rows: list[dict[str, object]] = [
        {"user": m.username, "name": m.name, "role": str(m.role), "active": not m.suspended_ms}
        for m in staff.members(where.pk)
    ]
    show({"brand": where.slug, "users": rows}, json, lambda: out.print(_table(rows)))


@brands.command("add")
@command
def add_brand(
    name: Annotated[str, typer.Option(help="The name people see.", show_default=False)],
    slug: Annotated[str, typer.Option(help="The short name for --brand and folders.", show_default=False)],
    currency: Annotated[str, typer.Option(help="ISO 4217.")] = "CNY",
    timezone: Annotated[str, typer.Option(help="IANA name.")] = "Asia/Shanghai",
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="For trying things; a copy of a brand: `guanxi sandbox make`.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Add a brand. Its data never meets another brand's."""
    from guanxi.platform import people
    from guanxi.platform.actors import COMMAND_LINE

    made = people.create_brand(
        slug, name, currency=currency, timezone=timezone, sandbox=sandbox, actor=COMMAND_LINE
    )
    result = {
        "brand": made.slug,
        "name": made.name,
        "currency": made.currency,
        "timezone": made.timezone,
        "default": made.is_default,
        "sandbox": made.sandbox,
    }
    show(result, json, lambda: out.print(_table([result])))


@brands.command("list")
@command
def list_brands(json: JsonOption = False) -> None:
    """All brands; the default one is used where --brand is not given."""
    from guanxi.platform.models import Brand

    rows = [
        {
            "brand": b.slug,
            "name": b.name,
            "currency": b.currency,
            "timezone": b.timezone,
            "default": b.is_default,
            "sandbox": b.sandbox,
        }
        for b in Brand.objects.order_by("slug")
    ]
    show({"brands": rows}, json, lambda: out.print(_table(rows)))


def _print_user(result: dict[str, str | None]) -> None:
    facts(*((heading(key), value) for key, value in result.items()))
    if result.get("password"):
        note(say("The password is shown this once."))


def _table(rows: list[dict[str, object]]) -> Table:
    shown = table(*(rows[0] if rows else ["nothing"]))
    for row in rows:
        shown.add_row(
            *("✓" if value is True else "" if value is False else str(value) for value in row.values())
        )
    return shown
