"""`guanxi demo`: the brand Lanhua, simulated, brought in through the importers, and served."""

from __future__ import annotations

import json as json_text
import os
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guanxi.cli.headings import facts
from guanxi.cli.shared import JsonOption, command_app, line, note, progress, show
from guanxi.kernel import clock
from guanxi.kernel.errors import Conflict
from guanxi.kernel.wording import Wording, say
from guanxi.platform.home import ensure_folder, write_private

if TYPE_CHECKING:
    from guanxi.platform.models import Brand
    from guanxi.touchpoints.importing.contracts import Options

app = command_app()

SLUG, NAME, USER = "lanhua", "兰花 Lanhua", "demo"
MINI_PROGRAM = "wx1a2b3c4d5e6f7081"  # the app that Lanhua's openids belong to
TILL_COLUMNS = {
    "order": "小票号",
    "date": "交易时间",
    "member": "会员号",
    "name": "顾客姓名",
    "phone": "手机号",
    "store": "门店名称",
    "item": "商品编码",
    "title": "商品名称",
    "category": "品类",
    "quantity": "数量",
    "amount": "实收金额",
}


@app.command("demo")
def demo(
    *,
    customers: Annotated[int, typer.Option("--customers", min=10, help="How many people.")] = 50_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed, other people.")] = 1,
    serve: Annotated[bool, typer.Option(help="Serve it when it is built.")] = True,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="The port to listen on.")] = 8000,
    json: JsonOption = False,
) -> None:
    """Build the demo brand Lanhua from files in the platforms' own formats, with tags, fields, segments and a
    loyalty programme, and serve it.

    Running it again finds what is there and adds nothing.
    """
    from guanxi.cli import lanhua_points

    started = time.monotonic()
    _codes_for_members()
    place = _Place.of(customers, seed)
    brand, password = _installation(json=json)
    place.simulate()
    _passers_by(brand, place)
    lanhua_points.rules(brand, place.customers)
    imported = [_import(brand, place, wanted) for wanted in _wanted(place.files)]
    _programme(brand, place)
    _sync(brand)
    segments = _furnish(brand, place)
    base = f"http://{host}:{port}"
    result: dict[str, Any] = {
        "brand": brand.slug,
        "customers": customers,
        "seed": seed,
        **{name: sum(one[name] for one in imported if one) for name in ("rows", "recorded", "rejected")},
        "segments": segments,
        "seconds": round(time.monotonic() - started, 1),
        "url": base,
        "user": USER,
        "password": password,
        "card": f"{base}{card}" if (card := _card(brand, place)) else "",
    }
    show(result, json, lambda: _print(result))
    if serve:
        from guanxi.cli import serving

        raise typer.Exit(serving.serve(host, port))


@dataclass(frozen=True)
class _Place:
    """The private folder of the demo; it remembers what the demo was built with."""

    folder: Path
    customers: int
    seed: int
    until: date

    @classmethod
    def of(cls, customers: int, seed: int) -> _Place:
        """Raises Conflict where this installation's demo was built with other people."""
        folder = ensure_folder("demo")
        built_with = folder / "built-with.json"
        if built_with.exists():
            known = json_text.loads(built_with.read_text(encoding="ascii"))
            if (known["customers"], known["seed"]) != (customers, seed):
                raise Conflict(
                    say(
                        "The demo here has %(customers)s customers of seed %(seed)s.",
                        customers=f"{known['customers']:,}",
                        seed=known["seed"],
                    ),
                    remedy=say("Name the same, or set GUANXI_HOME to another folder."),
                    **known,
                )
            return cls(folder, customers, seed, date.fromisoformat(known["until"]))
        today = clock.to_datetime(clock.now_ms()).date()
        until = today.replace(day=1) - timedelta(days=1)
        known = {"customers": customers, "seed": seed, "until": until.isoformat()}
        write_private(built_with, json_text.dumps(known) + "\n")
        return cls(folder, customers, seed, until)

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def simulate(self) -> None:
        if (self.files / "truth" / "summary.json").exists():  # written last
            return
        from guanxi.simulator.brand import simulate

        note(say("Simulating the brand …"))
        simulate(self.files, customers=self.customers, seed=self.seed, until=self.until)

    def is_done(self, step: str) -> bool:
        """Whether a file was imported, or a step of the programme was made, to the end."""
        return self._mark(step).exists()

    def set_done(self, step: str) -> None:
        self._mark(step).touch()

    def furnished(self) -> int | None:
        """How many segments were made once; None where that has not been done to the end."""
        done = self.folder / "furnished.txt"
        return int(done.read_text(encoding="ascii")) if done.exists() else None

    def set_furnished(self, segments: int) -> None:
        write_private(self.folder / "furnished.txt", f"{segments}\n")

    def _mark(self, step: str) -> Path:
        return ensure_folder("demo", "imported") / step


@dataclass(frozen=True)
class _Wanted:
    path: Path
    importer: str
    options: Options


def _wanted(files: Path) -> Iterator[_Wanted]:
    """Every file with the importer it is for, as an operator would choose it."""
    from guanxi.touchpoints.importing.contracts import Options

    plain = Options()
    till = Options(mapping=TILL_COLUMNS, shop=SLUG, channel="store")
    for pattern, importer, options in (
        ("members/*.csv", "members", Options(shop=MINI_PROGRAM)),
        ("tmall/ExportOrderList*.csv", "taobao-orders", plain),
        ("tmall/ExportOrderDetailList*.csv", "taobao-details", plain),
        ("jd/*.csv", "jd-orders", plain),
        ("douyin/*.csv", "douyin-orders", plain),
        ("youzan/*orders*.csv", "youzan-orders", plain),
        ("youzan/*customers*.xlsx", "youzan-customers", plain),
        ("store/*.csv", "orders", till),
        ("spend/*.csv", "spend", plain),
        ("followers/*.csv", "followers", Options(shop=MINI_PROGRAM)),
    ):
        for path in sorted(files.glob(pattern)):
            yield _Wanted(path, importer, options)


def _installation(*, json: bool) -> tuple[Brand, str]:
    """The demo's brand and its owner's password, made where they are missing."""
    from guanxi.cli.initialising import initialise

    login = ensure_folder("demo") / "password.txt"
    if not login.exists():
        write_private(login, secrets.token_urlsafe(9) + "\n")
    password = login.read_text(encoding="ascii").strip()
    initialise(USER, password, brand=NAME, slug=SLUG, currency="CNY", timezone="Asia/Shanghai", json=json)
    from guanxi.platform import people
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.contracts import Role
    from guanxi.platform.models import Brand, Membership, User

    brand = Brand.objects.filter(slug=SLUG).first()
    if brand is None:  # an installation of somebody's own: the demo is a second brand in it
        brand = people.create_brand(SLUG, NAME, actor=COMMAND_LINE)
    user = User.objects.filter(username=USER).first()
    if user is None:
        user = people.create_user(USER, password, name=NAME, actor=COMMAND_LINE)
    if not Membership.objects.filter(user=user, brand=brand).exists():
        people.add_membership(user.pk, brand.pk, Role.OWNER, actor=COMMAND_LINE)
    return brand, password


def _import(brand: Brand, place: _Place, wanted: _Wanted) -> dict[str, Any] | None:
    """One file, unless an earlier run of the demo finished it."""
    from guanxi.touchpoints.importing import running

    if place.is_done(wanted.path.name):
        return None
    with progress(wanted.path.name) as advance:

        def tell(done: running.Done) -> None:
            share = done.bytes_read / done.bytes_total if done.bytes_total else 0.0
            advance(done.rows, done.rows / share if share else None)

        outcome = running.start_import(
            brand.pk,
            wanted.path,
            importer=wanted.importer,
            options=wanted.options,
            actor="demo",
            progress=tell,
        )
    place.set_done(wanted.path.name)
    return outcome._asdict()


def _sync(brand: Brand) -> None:
    from guanxi.warehouse import services

    note(say("Bringing the warehouse up to date …"))
    services.sync(brand)


def _codes_for_members() -> None:
    """Members sign in by codes that the log says, where nobody chose a sender. Before settings are read."""
    if not os.environ.get("GUANXI_CODE_SENDER", "").strip():
        os.environ["GUANXI_CODE_SENDER"] = "development"


def _passers_by(brand: Brand, place: _Place) -> None:
    """First of all, so that those with names and orders are the newest."""
    from guanxi.cli import lanhua

    if place.furnished() is None:
        lanhua.passers_by(brand, customers=place.customers, until=place.until, seed=place.seed)


def _programme(brand: Brand, place: _Place) -> None:
    """Points spent, the loyalty programme, and what customers did with it; each once, since each step adds to
    what the one before looked at."""
    from guanxi.cli import lanhua_members, lanhua_occasions, lanhua_points, lanhua_programme

    until, seed = place.until, place.seed
    steps: list[tuple[str, Wording, Callable[[], None]]] = [
        ("points", say("Spending points …"), lambda: lanhua_points.lives(brand)),
        ("programme", say("Making the loyalty programme …"), lambda: lanhua_programme.build(brand, until)),
        ("members", say("Using coupons and rewards …"), lambda: lanhua_members.live(brand, until)),
        ("occasions", say("Holding draws …"), lambda: lanhua_occasions.live(brand, until, seed)),
    ]
    for step, told, make in steps:
        if place.furnished() is None and not place.is_done(step):
            note(told)
            make()
            place.set_done(step)


def _card(brand: Brand, place: _Place) -> str:
    """The path of a signed link to one customer's card, the same again while it lasts; "" where there is
    nobody."""
    from guanxi.cli import lanhua_members
    from guanxi.customers.consent import links
    from guanxi.kernel.errors import GuanxiError

    kept = place.folder / "card.txt"
    path = kept.read_text(encoding="ascii").strip() if kept.exists() else ""
    try:
        links.open_token(path.rpartition("/")[2], links.Opens.CARD)
    except GuanxiError:  # none yet, or it has ended
        shown = lanhua_members.showpiece(lanhua_members.buyers(brand.pk, place.until))
        if not shown:
            return ""
        made = links.make(brand.pk, shown, days=links.MOST_DAYS, actor="demo", opens=links.Opens.CARD)
        path = made.path
        write_private(kept, f"{path}\n")
    return path


def _furnish(brand: Brand, place: _Place) -> int:
    """Tags, questions, figures and segments, unless an earlier run of the demo made them: what people did
    with them since stays."""
    from guanxi.cli import lanhua
    from guanxi.platform.models import User

    done = place.furnished()
    if done is not None:
        return done
    note(say("Making tags, fields and segments …"))
    actor = f"user:{User.objects.get(username=USER).pk}"
    made = lanhua.furnish(brand, actor=actor, until=place.until, seed=place.seed)
    place.set_furnished(made)
    return made


def _print(result: dict[str, Any]) -> None:
    line(
        say(
            "[bold]%(brand)s[/bold]: %(recorded)s facts new from %(rows)s rows in %(seconds)s s",
            brand=NAME,
            **{name: f"{result[name]:,}" for name in ("recorded", "rows", "seconds")},
        )
    )
    facts(
        (say("Address"), result["url"]),
        (say("User"), result["user"]),
        (say("Password"), result["password"]),
    )
    door = f"{result['url']}/m/{SLUG}/"
    if result["card"]:
        line(say("A member's card, as on a phone: %(link)s", link=result["card"]), soft_wrap=True)
    line(say("Members sign in at %(address)s; their codes are in what is printed below.", address=door))
