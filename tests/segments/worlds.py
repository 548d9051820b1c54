"""Small worlds of customers and facts, out to get whoever answers conditions, and conditions about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import orjson
import pyarrow as pa
from hypothesis import strategies as st

from guanxi.customers.consent.models import Consent, ConsentText
from guanxi.customers.models import Customer, Subject
from guanxi.kernel.conditions import Condition, Moment, dump, parse
from guanxi.platform.models import Brand
from guanxi.touchpoints.models import Source, Touchpoint
from guanxi.warehouse import files
from guanxi.warehouse.lake import Lake, Manifest
from guanxi.warehouse.schemas import SCHEMAS, TOUCHPOINTS

HOUR = 3_600_000
DAY = 24 * HOUR
MIDNIGHT = 1_772_294_400_000  # 2026-03-01 00:00 in Shanghai: yesterday was the end of a month
KINDS = ["order.paid", "order.refunded", "code.scanned"]
SOURCES = ["shop-a", "店铺 “二”"]
TEXTS = ["S1", 'a"b', "back\\slash", "100%", "杭州_西湖", 'S1","shop":"x', "line\nbreak", "'; --", "S"]
LENGTHS = [1, 7, 30]
_numbers = count(1)


@dataclass
class World:
    """A brand with everything in the database, and the same in a lake."""

    brand: Brand
    moment: Moment
    customer_ids: list[int] = field(default_factory=list)


def payloads() -> st.SearchStrategy[str]:
    texts = st.sampled_from(TEXTS)
    item = st.fixed_dictionaries({}, optional={"sku": texts, "title": texts, "quantity": st.just(2)})
    fields = st.fixed_dictionaries(
        {},
        optional={
            "store": texts,
            "code": texts,
            "payable_fen": st.sampled_from([0, -5, 10**14, 10**18, 199]),
            "is_member": st.booleans(),
            "items": st.lists(item, max_size=2),
        },
    )
    return fields.map(lambda found: orjson.dumps(found).decode() if found else "")


def moments() -> st.SearchStrategy[int]:
    """Around midnight in Shanghai and in UTC, around the bounds of windows, and ties of all of these."""
    days = st.sampled_from([0, 0, -1, -7, -30, -31, -59, -365, 1, 5])
    hours = st.sampled_from([0, 8, -8, 12])
    nudges = st.sampled_from([-1, 0, 0, 1])
    return st.builds(lambda d, h, n: MIDNIGHT + d * DAY + h * HOUR + n, days, hours, nudges)


def facts() -> st.SearchStrategy[dict[str, Any]]:
    amounts = st.sampled_from([None, 0, 1, 100, 19_900, -500, 10**15])
    return st.fixed_dictionaries(
        {
            "kind": st.sampled_from(KINDS),
            "channel": st.sampled_from(["tmall", "jd", "", "tmall"]),
            "subject": st.one_of(st.none(), st.integers(0, 7), st.integers(0, 7)),
            "occurred_ms": moments(),
            "amount_fen": amounts,
            "quantity": st.sampled_from([None, 0, 1, 3, 10**17]),
            "source": st.sampled_from(SOURCES),
            "payload": payloads(),
        }
    )


def people() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "gender": st.sampled_from(["", "f", "m"]),
            "language": st.sampled_from(["", "zh", "en"]),
            "adcode": st.sampled_from([None, 330100, 330106, 330000, 310000, 310115, 230100]),
            "birthday": st.sampled_from(
                [
                    ("", ""),
                    ("1990-03-01", "solar"),
                    ("2000-02-29", "solar"),
                    ("--02-28", "solar"),
                    ("1996-12-31", "solar"),
                    ("1988-01-13", "lunar"),
                    ("--01-12", "lunar"),
                    ("2001-04-30", "lunar"),
                    ("2012-02-28", "solar"),
                    ("2012-02-08", "lunar"),
                    ("2020-01-30", "lunar"),
                ]
            ),
            "first_ms": moments(),
            "last_ms": moments(),
            "merged": st.booleans(),
            "schemes": st.lists(st.sampled_from(["phone", "unionid", "openid:wx1", "tmall"]), max_size=2),
        }
    )


def statements() -> st.SearchStrategy[dict[str, Any]]:
    """Rows of the ledger of consent; `for` are the places of the subjects that it speaks for as well."""
    return st.fixed_dictionaries(
        {
            "subject": st.integers(0, 4),
            "purpose": st.sampled_from(["marketing", "marketing", "personalisation"]),
            "channel": st.sampled_from(["sms", "sms", "email", ""]),
            "said": st.sampled_from(["given", "given", "refused", "withdrawn"]),
            "proof": st.sampled_from(["page", "page", "file"]),
            "by": st.sampled_from(["self", "self", "guardian"]),
            "version": st.integers(0, 2),
            "for": st.lists(st.integers(0, 4), max_size=3),
            "occurred_ms": moments(),
        }
    )


def worlds() -> st.SearchStrategy[dict[str, Any]]:
    """What `built` makes a world of."""
    return st.fixed_dictionaries(
        {
            "people": st.lists(people(), min_size=1, max_size=5),
            "facts": st.lists(facts(), max_size=24),
            "statements": st.lists(statements(), max_size=12),
            "renewals": st.lists(moments(), max_size=2),
            "as_of_ms": moments(),
            "up_to": st.sampled_from([None, None, 5, 10]),
        }
    )


def built(given: dict[str, Any]) -> World:
    """The world in the database and in a lake of its own."""
    number = next(_numbers)
    brand = Brand.objects.create(slug=f"world-{number}", name="world")
    first_fact = (Touchpoint.objects.order_by("-id").values_list("id", flat=True).first() or 0) + 1
    up_to = None if given["up_to"] is None else first_fact + given["up_to"]
    world = World(brand, Moment(given["as_of_ms"], up_to=up_to))
    subjects = _people(world, given["people"])
    _facts(world, given["facts"], subjects, first_fact)
    _statements(world, given.get("statements", []), subjects)
    _renewals(world, given.get("renewals", []))
    write_lake(world)
    return world


def _people(world: World, rows: list[dict[str, Any]]) -> list[int]:
    """Customers; one that is merged belongs, with its subjects, to the first."""
    subjects: list[int] = []
    root = 0
    for place, row in enumerate(rows):
        mine = 0
        for scheme in ["member", *row["schemes"]]:
            subject = Subject.objects.create(
                brand_id=world.brand.pk,
                scheme=scheme,
                key=f"{place}-{len(subjects)}",
                customer_id=0,
                first_ms=row["first_ms"],
                anchored=True,
            )
            mine = mine or subject.pk
            root = root or mine
            merged = row["merged"] and place > 0
            Subject.objects.filter(pk=subject.pk).update(customer_id=root if merged else mine)
            subjects.append(subject.pk)
        text, calendar = row["birthday"]
        Customer.objects.create(
            id=mine,
            brand=world.brand,
            merged_into_id=root if row["merged"] and place > 0 else None,
            first_ms=row["first_ms"],
            last_ms=row["last_ms"],
            adcode=row["adcode"],
            gender=row["gender"],
            birthday=text,
            birthday_calendar=calendar,
            language=row["language"],
        )
        world.customer_ids.append(mine)
    return subjects


def _facts(world: World, rows: list[dict[str, Any]], subjects: list[int], first: int) -> None:
    sources = {name: Source.objects.create(brand=world.brand, name=name).pk for name in SOURCES}
    Touchpoint.objects.bulk_create(
        Touchpoint(
            id=first + number,
            brand_id=world.brand.pk,
            source_id=sources[row["source"]],
            source_ref=str(number),
            kind=row["kind"],
            channel=row["channel"],
            subject_id=None if row["subject"] is None else subjects[row["subject"] % len(subjects)],
            occurred_ms=row["occurred_ms"],
            recorded_ms=0,
            amount_fen=row["amount_fen"],
            quantity=row["quantity"],
            payload=row["payload"],
        )
        for number, row in enumerate(rows)
    )


def _statements(world: World, rows: list[dict[str, Any]], subjects: list[int]) -> None:
    for number, row in enumerate(rows):
        subject = subjects[row["subject"] % len(subjects)]
        family = sorted({subject, *(subjects[place % len(subjects)] for place in row["for"])})
        Consent.objects.create(
            brand_id=world.brand.pk,
            subject_id=subject,
            purpose=row["purpose"],
            channel=row["channel"] if row["purpose"] == "marketing" else "",
            said=row["said"],
            basis="consent",
            text_version=row["version"],
            proof=row["proof"],
            spoken_by=row["by"],
            speaks_for=f",{','.join(map(str, family))},",
            occurred_ms=row["occurred_ms"],
            recorded_ms=0,
            key=str(number),
        )


def _renewals(world: World, moments_ms: list[int]) -> None:
    """Texts that changed the purpose, the first of version 1."""
    for number, at_ms in enumerate(sorted(moments_ms)):
        ConsentText.objects.create(
            brand_id=world.brand.pk,
            purpose="marketing",
            version=number + 1,
            language="zh",
            changes_purpose=True,
            at_ms=at_ms,
        )


def write_lake(world: World) -> None:
    """What a sync would leave, without its processes."""
    brand_id, lake = world.brand.pk, Lake(world.brand.slug)
    names = dict(Source.objects.filter(brand_id=brand_id).values_list("pk", "name"))
    columns = [
        "id",
        "kind",
        "channel",
        "subject_id",
        "occurred_ms",
        "amount_fen",
        "quantity",
        "payload",
        "source_id",
    ]
    rows = list(Touchpoint.objects.filter(brand_id=brand_id).order_by("id").values(*columns))
    table = pa.table(
        {name: pa.array([row[name] for row in rows], TOUCHPOINTS.field(name).type) for name in columns[:-1]}
        | {"source": pa.array([names[row["source_id"]] for row in rows], pa.string())}
    )
    finished = files.finished(table, "Asia/Shanghai").cast(TOUCHPOINTS)
    manifest = Manifest(timezone="Asia/Shanghai", lineage=lake.slug, synced_ms=0)
    with lake.locked():
        written = [files.write(lake, "touchpoints", part, month) for month, part in files.by_month(finished)]
        manifest = manifest.with_files("touchpoints", written)
        for name, content in snapshots(brand_id).items():
            manifest = manifest.with_files(name, [files.write(lake, name, content)])
        lake.commit(manifest)


def snapshots(brand_id: int) -> dict[str, pa.Table]:
    """The registered snapshots of a brand, read by the same SQL through Django."""
    from django.db import connection

    from guanxi.warehouse import registry
    from guanxi.warehouse.export import conform

    found = {}
    for source in registry.snapshots:
        with connection.cursor() as cursor:
            cursor.execute(source.rows[connection.vendor].format(brand=brand_id).replace("%", "%%"), [])
            names = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
        schema = SCHEMAS[source.table]
        columns = list(zip(*rows, strict=True)) if rows else [[] for _ in names]
        arrays = {}
        for name, values in zip(names, columns, strict=True):
            kind = schema.field(name).type
            arrays[name] = pa.array(list(values), kind) if len(values) else pa.array([], kind)
        found[source.table] = conform(pa.table(arrays), schema, "Asia/Shanghai")
    return found


# ---------------------------------------------------------------- conditions


def windows() -> st.SearchStrategy[dict[str, Any]]:
    days = st.sampled_from(["2026-02-28", "2026-03-01", "2026-01-31", "2025-03-01", "2026-03-06"])
    names = ["today", "yesterday", "this_month", "last_month", "this_year", "last_year"]
    return st.one_of(
        st.builds(lambda n: {"days": n}, st.sampled_from(LENGTHS)),
        st.builds(lambda n: {"older_than_days": n}, st.sampled_from(LENGTHS)),
        st.builds(lambda d: {"since": d}, days),
        st.builds(lambda d: {"before": d}, days),
        st.builds(lambda a, b: {"between": sorted([a, b])}, days, days),
        st.builds(lambda name: {"calendar": name}, st.sampled_from(names)),
    )


def comparisons() -> st.SearchStrategy[dict[str, Any]]:
    texts = st.sampled_from(TEXTS)

    def compare(name: str, ops: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.builds(
            lambda op, value, more: {
                "field": name,
                "op": op,
                "value": [value, more] if op == "among" else value,
            },
            st.sampled_from(ops),
            values,
            values,
        )

    whole = ["eq", "ne", "lt", "le", "gt", "ge", "among"]
    words = ["eq", "ne", "among", "contains"]
    return st.one_of(
        compare("channel", words, st.sampled_from(["tmall", "jd", "ll"])),
        compare("source", words, st.sampled_from([*SOURCES, "“"])),
        compare("amount_fen", whole, st.sampled_from([0, 1, 100, -500])),
        compare("quantity", whole, st.sampled_from([0, 1, 3])),
    ) | st.one_of(
        compare("store", words, texts),
        compare("items.sku", ["eq", "among", "contains"], texts),
        compare("items.title", ["eq", "among", "contains"], texts),
        compare("payable_fen", whole, st.sampled_from([0, -5, 199, 200])),
    )


def order_kinds() -> st.SearchStrategy[list[str]]:
    """Every one of the comparisons above can be made of each of these."""
    return st.sampled_from([["order.paid"], ["order.refunded"], ["order.paid", "order.refunded"]])


def of_facts() -> st.SearchStrategy[dict[str, Any]]:
    number = st.integers(0, 3)
    common = {"kinds": order_kinds()}
    narrowed = {"within": windows(), "where": st.lists(comparisons(), max_size=2)}
    fen = st.sampled_from([-500, 0, 1, 100, 19_900, 20_000])

    def leaf(name: str, needed: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries({"leaf": st.just(name), **needed}, optional=optional)

    steps = st.lists(
        st.fixed_dictionaries(
            {"kinds": order_kinds()}, optional={"where": st.lists(comparisons(), max_size=1)}
        )
        | st.just({"kinds": ["code.scanned"]}),
        min_size=2,
        max_size=3,
    )
    return st.one_of(
        leaf("behaviour.did", {"kinds": st.lists(st.sampled_from(KINDS), min_size=1)}, {"within": windows()}),
        leaf("behaviour.did", common, narrowed),
        leaf("behaviour.did", {**common, "at_least": number}, narrowed),
        leaf("behaviour.did", {**common, "at_most": number}, narrowed),
        leaf("behaviour.did", {**common, "exactly": number}, narrowed),
        leaf("behaviour.last", {**common, "within": windows()}, {"where": narrowed["where"]}),
        leaf("behaviour.first", {**common, "within": windows()}, {"where": narrowed["where"]}),
        leaf(
            "behaviour.sum",
            {**common, "of": st.sampled_from(["amount_fen", "net_fen", "quantity"]), "at_least": fen},
            narrowed,
        ),
        leaf(
            "behaviour.average",
            {**common, "of": st.sampled_from(["amount_fen", "quantity"]), "at_most": fen},
            narrowed,
        ),
        leaf(
            "behaviour.sequence",
            {"steps": steps, "within_days": st.sampled_from(LENGTHS)},
            {"without": st.lists(st.sampled_from(KINDS), min_size=1), "within": windows()},
        ),
        leaf("value.recency", {"at_least_days": st.sampled_from(LENGTHS)}, {}),
        leaf("value.recency", {"at_most_days": st.sampled_from(LENGTHS)}, {}),
        leaf("value.frequency", {"at_most": number}, {"within": windows()}),
        leaf("value.monetary", {"at_least": fen}, {"within": windows(), "net": st.booleans()}),
    )


def of_customers() -> st.SearchStrategy[dict[str, Any]]:
    """What is asked of customers themselves."""

    def leaf(name: str, **params: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries({"leaf": st.just(name), **params})

    ages = st.sampled_from([0, 24, 25, 26, 29, 35, 36, 37, 38])
    answers = st.sampled_from(["given", "refused", "lapsed", "never"])
    schemes = ["phone", "unionid", "openid", "openid:wx1", "openid:wx", "tmall", "jd"]
    return st.one_of(
        leaf("profile.gender", **{"is": st.sampled_from(["f", "m"])}),
        leaf("profile.language", among=st.sampled_from([["zh"], ["en", "zh"]])),
        leaf("profile.city", among=st.sampled_from([[330100], [230100, 310000], [310100]])),
        leaf("profile.province", among=st.sampled_from([[330000], [230000, 310000]])),
        leaf("profile.age", at_least=ages),
        leaf("profile.age", at_most=ages),
        leaf("profile.age", at_least=st.just(24), at_most=st.just(25)),
        leaf("profile.birthday", within_days=st.sampled_from([0, 1, 2, 7, 30, 90])),
        leaf("profile.birthday", this_month=st.just(True)),
        leaf("profile.birthday", months=st.lists(st.integers(1, 12), min_size=1, max_size=3)),
        leaf("profile.first_seen", within=windows()),
        leaf("profile.last_seen", within=windows()),
        leaf("identity.has", scheme=st.sampled_from(schemes)),
        leaf("consent.reachable", channel=st.sampled_from(["sms", "email", "wecom", "wechat"])),
        leaf("consent.is", **{"is": answers}, channels=st.sampled_from([["sms"], ["email", "app"]])),
        leaf("consent.is", **{"is": answers}, purpose=st.just("personalisation")),
        leaf("calendar.month", among=st.sampled_from([[2], [3, 4], [12]])),
        leaf("sample.share", percent=st.sampled_from([0, 12.34, 50, 100]), draw=st.sampled_from(["a", "b"])),
    )


def conditions() -> st.SearchStrategy[Condition]:
    trees = st.recursive(
        st.one_of(of_facts(), of_facts(), of_customers()),
        lambda below: st.one_of(
            st.builds(lambda part: {"not": part}, below),
            st.builds(lambda parts: {"all": parts}, st.lists(below, max_size=3)),
            st.builds(lambda parts: {"any": parts}, st.lists(below, max_size=3)),
        ),
        max_leaves=5,
    )
    return trees.map(parsed)


def parsed(tree: dict[str, Any]) -> Condition:
    condition = parse({"version": 1, **tree})
    assert parse(dump(condition)) == condition
    return condition
