"""The log is enough: recorded anew in an empty brand with the same rules, it gives the same ledger."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import islice

import orjson
import pytest

from guanxi.customers.models import Subject
from guanxi.kernel.clock import DAY_MS
from guanxi.loyalty.ledger.models import Account as AccountRow
from guanxi.loyalty.ledger.models import Lot
from guanxi.loyalty.ledger.models import Move as MoveRow
from guanxi.loyalty.ledger.queries import asset
from guanxi.loyalty.rules import services
from guanxi.platform.models import Brand
from guanxi.touchpoints.contracts import Fact, Identity
from guanxi.touchpoints.models import Touchpoint
from tests.loyalty.rules.conftest import NOON_MS, POINT_A_YUAN, Shop

PEOPLE = ("ann", "ben", "cleo")


def rules(shop: Shop) -> None:
    """Of every sort: a share of an amount, once a day, a multiple, the best of a group, until receipt."""
    services.set_group(shop.brand, "base", "best", actor="test")
    shop.rule(POINT_A_YUAN, group="base")
    shop.rule({"effect": "give", "asset": "points", "units": 25}, group="base", priority=5)
    shop.rule({"effect": "multiply", "asset": "points", "percent": 150, "group": "base"})
    shop.rule({"effect": "give", "asset": "points", "units": 9}, limit={"per": "day", "times": 1})
    shop.rule({"effect": "give", "asset": "points", "units": 3, "wait_days": 7, "wait_after": "receipt"})
    first = {"version": 1, "all": [{"leaf": "behaviour.did", "kinds": ["order.paid"], "at_most": 1}]}
    shop.rule({"effect": "give", "asset": "points", "units": 100}, **{"if": first})


def life(shop: Shop, dice: random.Random) -> list[Fact]:
    """Orders, refunds in part and whole, some before their order, and receipts."""
    facts, paid = [], {}
    for day in range(40):
        who, at = dice.choice(PEOPLE), {"at_ms": NOON_MS - (40 - day) * DAY_MS // 4}
        match dice.randrange(6):
            case 0 | 1 | 2:
                paid[f"o{day}"] = (who, amount := dice.randint(1, 60))
                facts.append(shop.order(who, amount, f"o{day}", **at))
            case 3 | 4 if paid:
                order = dice.choice(list(paid))
                owner, amount = paid[order]
                facts.append(shop.refund(owner, dice.choice([1, amount / 2, amount]), order, **at))
            case 5 if paid:
                order = dice.choice(list(paid))
                facts.append(shop.received(paid[order][0], order, **at))
    early = dice.randrange(2, len(facts))
    facts[early - 2], facts[early] = facts[early], facts[early - 2]
    return facts


def logged(brand: Brand) -> list[Fact]:
    """All facts of its log, as they would be recorded again."""
    keys = dict(Subject.objects.filter(brand_id=brand.pk).values_list("pk", "key"))
    return [
        Fact(
            row.kind,
            row.source_ref,
            row.occurred_ms,
            (Identity("tmall", keys[row.subject_id]),),
            None,
            row.channel,
            row.amount_fen,
            row.quantity,
            orjson.loads(row.payload or "{}"),
        )
        for row in Touchpoint.objects.filter(brand_id=brand.pk)
        .exclude(kind__startswith="points.")
        .order_by("pk")
    ]


def ledger(brand: Brand) -> list[list[tuple[object, ...]]]:
    keys = {0: ""} | dict(Subject.objects.filter(brand_id=brand.pk).values_list("pk", "key"))
    accounts = AccountRow.objects.filter(brand_id=brand.pk)
    moves = MoveRow.objects.filter(posting__brand_id=brand.pk).select_related("source", "target", "posting")
    lots = Lot.objects.filter(account__in=accounts).select_related("account").order_by("pk")
    return [
        sorted((keys[one.subject_id], one.place, one.posted, one.held, one.coming) for one in accounts),
        [(keys[one.account.subject_id], one.units, one.remaining) for one in lots],
        [
            (
                one.kind,
                keys[one.source.subject_id],
                keys[one.target.subject_id],
                one.units,
                one.posting.reason,
            )
            for one in moves.order_by("pk")
        ],
    ]


def nets(brand: Brand) -> dict[str, int]:
    """What each has, less what each owes."""
    found: dict[str, int] = defaultdict(int)
    for who, _place, posted, *_rest in ledger(brand)[0]:
        found[str(who)] += int(str(posted))
    return found


def again(shop: Shop, slug: str) -> Shop:
    """An empty brand with the same rules."""
    other = Shop.__new__(Shop)
    other.brand, other.numbers = Brand.objects.create(slug=slug, name=slug), shop.numbers
    asset(other.brand.pk, "points")
    rules(other)
    return other


@pytest.mark.parametrize("seed", range(3))
def test_the_log_recorded_anew_gives_the_same_ledger(shop: Shop, seed: int) -> None:
    dice = random.Random(seed)
    rules(shop)
    facts = life(shop, dice)
    sizes = [dice.randint(1, 5) for _ in facts]
    in_parts(shop, facts, sizes)
    before = ledger(shop.brand)
    assert len(before[2]) > 40

    same = again(shop, "same")
    in_parts(same, logged(shop.brand), sizes)
    assert ledger(same.brand) == before

    file = again(shop, "file")  # cut otherwise, refunds may take from other lots: what is left is the same
    file.record(*logged(shop.brand))
    assert nets(file.brand) == nets(shop.brand)
    for one in (shop, same, file):
        one.proven()


def in_parts(shop: Shop, facts: list[Fact], sizes: list[int]) -> None:
    rest = iter(facts)
    for size in sizes:
        if part := list(islice(rest, size)):
            shop.record(*part)
