"""`guanxi init`: everything a new installation needs; harmless where it exists already."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from typing import Annotated

import typer

from guanxi.cli.headings import facts, heading
from guanxi.cli.shared import JsonOption, command_app, note, set_up, show
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.platform.home import PRIVATE_FOLDER, ensure_folder, home, secret_from

app = command_app()


@app.command("init")
def init(
    user: Annotated[str, typer.Option(help="The owner's user name.")] = "owner",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the owner's password from standard input.")
    ] = False,
    brand: Annotated[str, typer.Option("--brand-name", help="The default brand's name.")] = "My brand",
    slug: Annotated[str, typer.Option("--brand-slug", help="The default brand's short name.")] = "default",
    currency: Annotated[str, typer.Option(help="Its currency (ISO 4217).")] = "CNY",
    timezone: Annotated[str, typer.Option(help="Its time zone (IANA name).")] = "Asia/Shanghai",
    json: JsonOption = False,
) -> None:
    """Make the data folder, its keys, the database, the default brand and its owner.

    Running it again changes nothing that exists; after an upgrade it brings the database up to date.
    """
    password = read_password() if password_stdin else ""
    made = initialise(user, password, brand=brand, slug=slug, currency=currency, timezone=timezone, json=json)
    show(made, json, lambda: _print(made))


def initialise(
    user: str, password: str, *, brand: str, slug: str, currency: str, timezone: str, json: bool = False
) -> dict[str, object]:
    """Make what is missing; what was made, by name. An empty `password` means a new random one, which is
    in the answer only if it was used."""
    os.umask(0o077)
    made: list[str] = [*_make_folder(), *_make_secret()]
    set_up(json=json)
    made += [*_migrate(), *_make_master_key()]
    made += _make_brand(brand, slug, currency, timezone)
    owner, created = _make_owner(user, password)
    if created:
        made.append("owner")
    from guanxi.platform import people
    from guanxi.platform.databases import described

    return {
        "home": str(home()),
        "database": described(),
        "brand": people.default_brand().slug,
        "made": made,
        "user": owner,
        "password": created,
    }


def read_password() -> str:
    """One line of standard input. Raises Invalid where it is empty."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Invalid(say("The password on standard input is empty."), remedy=say("Pipe it in as one line."))
    return password


def _make_folder() -> list[str]:
    existed = home().is_dir()
    folder = ensure_folder()
    if existed and folder.stat().st_mode & 0o077:
        with suppress(PermissionError):  # somebody else's folder: doctor tells
            folder.chmod(PRIVATE_FOLDER)
    return [] if existed else ["folder"]


def _make_secret() -> list[str]:
    if secret_from("GUANXI_SECRET_KEY", "secret.key"):
        return []
    secret_from("GUANXI_SECRET_KEY", "secret.key", create=True)
    return ["secret key"]


def _migrate() -> list[str]:
    from django.core.management import call_command

    from guanxi.platform.checks import pending_migrations

    pending = pending_migrations()
    if pending == []:
        return []
    call_command("migrate", interactive=False, verbosity=0)
    return ["database"] if pending is None else [f"{len(pending)} migrations"]


def _make_master_key() -> list[str]:
    from guanxi.platform import keys, vault

    made = []
    if not keys.from_environment() and not keys.key_path().exists():
        vault.demand_empty()
        keys.create_key_file()
        made.append("master key")
    vault.check_keys()
    return made


def _make_brand(name: str, slug: str, currency: str, timezone: str) -> list[str]:
    from guanxi.platform import people
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.models import Brand

    if Brand.objects.filter(is_default=True).exists():
        return []
    people.create_brand(slug, name, currency=currency, timezone=timezone, actor=COMMAND_LINE)
    return ["brand"]


def _make_owner(username: str, password: str) -> tuple[str, str | None]:
    """The owner's user name, and the password where it was made up here ("" where it was given)."""
    from guanxi.platform import people
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.contracts import Role
    from guanxi.platform.models import Membership

    brand = people.default_brand()
    known = Membership.objects.filter(brand=brand, role=Role.OWNER).select_related("user").first()
    if known:
        return known.user.username, None
    chosen = password or secrets.token_urlsafe(12)
    person = people.create_user(username, chosen, actor=COMMAND_LINE)
    people.add_membership(person.pk, brand.pk, Role.OWNER, actor=COMMAND_LINE)
    return person.username, "" if password else chosen


def _print(made: dict[str, object]) -> None:
    things = made["made"]
    assert isinstance(things, list)
    facts(
        (say("Data folder"), made["home"]),
        (say("Database"), made["database"]),
        (say("Brand"), made["brand"]),
        (say("Owner"), made["user"]),
        (say("Password"), made["password"]),
    )
    if made["password"]:
        note(say("This password is shown this once. Keep it now, and change it after the first sign-in."))
    if "master key" in things:
        note(say("Back up master.key apart from the database: without it personal data cannot be read."))
    if things:
        note(say("Made: %(things)s. Next: `guanxi up`.", things=", ".join(map(heading, things))))
    else:
        note(say("Everything was there already; nothing was changed."))
