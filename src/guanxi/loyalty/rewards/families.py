"""Members who belong together: linked by a code that one makes and the other takes; what they may give each
other, and who counts as one household."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from guanxi.customers.lookup import customer_ids_of, living, subject_ids_of
from guanxi.kernel.clock import DAY_MS, now_ms, to_datetime, to_ms
from guanxi.kernel.conditions import BrandRow
from guanxi.kernel.errors import Conflict, Invalid, Limit, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting, State
from guanxi.loyalty.ledger.models import Asset
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.rewards.models import FamilyGift, FamilyLimit, FamilyLink
from guanxi.platform import audit
from guanxi.platform.writing import writing

MOST_LINKS: Final = 5  # of one customer
LASTS_MS: Final = DAY_MS
MOST_UNITS: Final = 10**9
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CHARS: Final = 8


class Linked(NamedTuple):
    """Somebody's family: the link, and whom it leads to."""

    link_id: int
    customer_id: int
    subject_id: int


class Allowance(NamedTuple):
    """What a customer may give this month of an asset, and gave."""

    asset: str
    most: int
    gave: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.gave)


def linked(brand_id: int, customer_id: int) -> list[Linked]:
    """The family of a customer, those that are customers still, in the order in which they were linked."""
    mine = set(subject_ids_of(brand_id, customer_id))
    rows = FamilyLink.objects.filter(brand_id=brand_id, linked_ms__isnull=False)
    rows = rows.filter(Q(host_id__in=mine) | Q(guest_id__in=mine)).order_by("linked_ms", "pk")
    others = {row.pk: (row.guest_id if row.host_id in mine else row.host_id) or 0 for row in rows}
    owners = customer_ids_of(brand_id, set(others.values()))
    alive = set(living(brand_id, set(owners.values())))
    return [
        Linked(link_id, owners[subject], subject)
        for link_id, subject in others.items()
        if subject in owners and owners[subject] in alive and owners[subject] != customer_id
    ]


def household_of(brand_id: int, customer_id: int) -> list[int]:
    """All profiles of a customer and their family."""
    customers = {customer_id, *(one.customer_id for one in linked(brand_id, customer_id))}
    return [number for one in sorted(customers) for number in subject_ids_of(brand_id, one)]


def invite(brand_id: int, subject_id: int) -> str:
    """A code for one other member, for a day; the one made before stops working. Raises NotFound, Limit."""
    code = "".join(secrets.choice(_LETTERS) for _place in range(_CHARS))
    with writing(brand_id):
        customer_id = _customer(brand_id, subject_id)
        _demand_room(brand_id, customer_id)
        mine = subject_ids_of(brand_id, customer_id)
        FamilyLink.objects.filter(brand_id=brand_id, host_id__in=mine, linked_ms__isnull=True).delete()
        FamilyLink.objects.create(
            brand_id=brand_id, host_id=subject_id, code_hash=_hash(code), until_ms=now_ms() + LASTS_MS
        )
    return code


def accept(brand_id: int, subject_id: int, code: str) -> int:
    """Take a code that another member made; the link. Raises NotFound for a code that does not work (any
    more), Conflict for one's own or one's family's, Limit."""
    plain = "".join(code.split()).upper().replace("-", "")
    with writing(brand_id):
        customer_id = _customer(brand_id, subject_id)
        row = FamilyLink.objects.filter(
            brand_id=brand_id, code_hash=_hash(plain), linked_ms__isnull=True, until_ms__gt=now_ms()
        ).first()
        host = customer_ids_of(brand_id, [row.host_id]).get(row.host_id) if row else None
        if row is None or host is None or not living(brand_id, [host]):
            raise NotFound(
                say("This code does not work."), remedy=say("Ask for a new one: a code lives for a day.")
            )
        if host == customer_id or host in {one.customer_id for one in linked(brand_id, customer_id)}:
            raise Conflict(
                say("You are linked already, or the code is your own."),
                remedy=say("Ask the other one to make a code, and type that."),
            )
        _demand_room(brand_id, customer_id)
        _demand_room(brand_id, host)
        row.guest_id, row.linked_ms, row.code_hash = subject_id, now_ms(), ""
        row.save()
        audit.record(brand_id, "customer", "family.linked", "customer", customer_id, detail={"host_id": host})
    return row.pk


def part(brand_id: int, subject_id: int, link_id: int) -> None:
    """End a link, by either of the two. Raises NotFound."""
    with writing(brand_id):
        customer_id = _customer(brand_id, subject_id)
        if link_id not in {one.link_id for one in linked(brand_id, customer_id)}:
            raise NotFound(say("There is no such link."))
        FamilyLink.objects.filter(brand_id=brand_id, pk=link_id).delete()
        audit.record(brand_id, "customer", "family.parted", "customer", customer_id)


def give(brand: BrandRow, subject_id: int, link_id: int, asset: str, units: int, *, key: str) -> FamilyGift:
    """Units of a member to one of their family, which keep their expiry; once under `key`. Raises NotFound,
    Invalid, Limit beyond what may be given in a month, and Conflict where there are not so many."""
    if not 0 < units <= MOST_UNITS:
        raise Invalid(say("Give 1 or more."), field="units")
    if not 0 < len(key) <= 60 or not key.isprintable():
        raise Invalid(say("A key has 1 to 60 characters."), field="key")
    full = f"{subject_id}:{key}"
    with writing(brand.pk):
        customer_id = _customer(brand.pk, subject_id)
        if (known := FamilyGift.objects.filter(brand_id=brand.pk, key=full).first()) is not None:
            return known
        found = {one.link_id: one for one in linked(brand.pk, customer_id)}
        if link_id not in found:
            raise NotFound(say("There is no such link."))
        allowed = {one.asset: one for one in allowances(brand, customer_id)}
        if asset not in allowed:
            raise Invalid(say("These cannot be given away."), field="asset")
        if units > allowed[asset].left:
            raise Limit(
                say("You can give %(left)s more this month.", left=allowed[asset].left),
                remedy=say("Give less, or wait for the next month."),
                left=allowed[asset].left,
            )
        taker = found[link_id].subject_id
        step = Move(Account(asset, Place.WALLET, subject_id), Account(asset, Place.WALLET, taker), units)
        (told,) = post(brand.pk, [Posting(f"family:{full}", "family", [step], now_ms())], actor="customer")
        if told.state is State.REFUSED:
            raise Conflict(told.message, remedy=say("Give less."), reason=told.code)
        row = FamilyGift.objects.create(
            brand_id=brand.pk,
            key=full,
            giver_id=subject_id,
            taker_id=taker,
            asset=asset,
            units=units,
            posting_id=told.posting_id,
            at_ms=now_ms(),
        )
        detail = {"units_count": units, "asset": asset, "posting_id": told.posting_id}
        audit.record(brand.pk, "customer", "family.gave", "customer", customer_id, detail=detail)
    return row


def allowances(brand: BrandRow, customer_id: int) -> list[Allowance]:
    """What a customer may still give this month (the brand's), by asset."""
    limits = FamilyLimit.objects.filter(brand_id=brand.pk).order_by("asset")
    since = _month_ms(brand, now_ms())
    mine = subject_ids_of(brand.pk, customer_id)
    gifts = FamilyGift.objects.filter(brand_id=brand.pk, giver_id__in=mine, at_ms__gte=since)
    gave = dict(gifts.values_list("asset").annotate(Sum("units")))
    return [Allowance(one.asset, one.most_units, int(gave.get(one.asset, 0))) for one in limits]


def limits(brand_id: int) -> dict[str, int]:
    """asset → units that a customer may give in a month."""
    return dict(FamilyLimit.objects.filter(brand_id=brand_id).values_list("asset", "most_units"))


def set_limit(brand_id: int, asset: str, most_units: int, *, actor: object) -> None:
    """How many units of an asset a customer may give family in a month; 0: none. Raises NotFound, Invalid."""
    if not 0 <= most_units <= MOST_UNITS:
        message = say("A whole number from %(least)s to %(most)s.", least=0, most=MOST_UNITS)
        raise Invalid(message, field="most_units")
    with writing(brand_id):
        if not Asset.objects.filter(brand_id=brand_id, code=asset, kind="points").exists():
            raise NotFound(
                say("There are no points '%(code)s'.", code=asset[:60]),
                remedy=say("Only points go to family: what was paid for stays with who paid."),
            )
        if most_units:
            FamilyLimit.objects.update_or_create(
                brand_id=brand_id, asset=asset, defaults={"most_units": most_units}
            )
        else:
            FamilyLimit.objects.filter(brand_id=brand_id, asset=asset).delete()
        detail = {"units_count": most_units}
        audit.record(brand_id, str(actor), "family.limit", "asset", asset, detail=detail)


def _customer(brand_id: int, subject_id: int) -> int:
    root = customer_ids_of(brand_id, [subject_id]).get(subject_id)
    if root is None or not living(brand_id, [root]):
        raise NotFound(say("There is no such customer."))
    return root


def _demand_room(brand_id: int, customer_id: int) -> None:
    if len(linked(brand_id, customer_id)) >= MOST_LINKS:
        raise Limit(
            say("A family has at most %(most)s others.", most=MOST_LINKS),
            remedy=say("End a link first."),
            most=MOST_LINKS,
        )


def _month_ms(brand: BrandRow, at_ms: int) -> int:
    zone = ZoneInfo(brand.timezone)
    local = to_datetime(at_ms, zone)
    return to_ms(datetime(local.year, local.month, 1), zone)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
