"""`guanxi user …` and `guanxi brand …`."""

from __future__ import annotations

import secrets
from typing import Annotated

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
    from guanxi.platform import people

    where = current_brand(brand)
    rows = [
        {"user": m.user.username, "name": m.user.name, "role": str(m.role), "active": m.user.is_active}
        for m in people.members_of(where.pk)
    ]
    show({"brand": where.slug, "users": rows}, json, lambda: out.print(_table(rows)))


@brands.command("add")
@command
def add_brand(
    name: Annotated[str, typer.Option(help="The name people see.", show_default=False)],
    slug: Annotated[str, typer.Option(help="The short name for --brand and folders.", show_default=False)],
    currency: Annotated[str, typer.Option(help="ISO 4217.")] = "CNY",
    timezone: Annotated[str, typer.Option(help="IANA name.")] = "Asia/Shanghai",
    json: JsonOption = False,
) -> None:
    """Add a brand. Its data never meets another brand's."""
    from guanxi.platform import people
    from guanxi.platform.actors import COMMAND_LINE

    made = people.create_brand(slug, name, currency=currency, timezone=timezone, actor=COMMAND_LINE)
    result = {
        "brand": made.slug,
        "name": made.name,
        "currency": made.currency,
        "timezone": made.timezone,
        "default": made.is_default,
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
