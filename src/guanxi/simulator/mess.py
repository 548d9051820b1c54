"""What the files show of who ordered: masks, slips of the pen, gifts, shop phones, nicknames.

Every record (order, member row, Youzan customer row) carries identities; each identity has an owner, who is
mostly but not always the person whose record it is. All of it is columns, so a million people fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from guanxi.simulator import names
from guanxi.simulator.catalogue import DOUYIN, JD, STORE, STORES, TMALL, YOUZAN
from guanxi.simulator.orders import Orders
from guanxi.simulator.people import Flags, Ints, People
from guanxi.simulator.seasons import Calendar

TYPO_SHARE = 0.052  # of phones that a file shows, so that two in a hundred records have one
GIFT_SHARE = 0.03
GIFT_TO_CUSTOMER_SHARE = 0.025  # few friends of customers are customers too
SHOP_PHONE_SHARE = 0.04  # of receipts
ALIAS_SHARE = 0.008
TITLE_SHARE = 0.03
NAMELESS_MEMBER_SHARE = 0.02

FULL, MASKED, PLACEHOLDER, TITLE, ALIAS, ABSENT = range(6)  # how a name is written
NOBODY = -1


@dataclass
class Sightings:
    """One entry a record: which account and phone it shows, and whose they are. Phone 0: not legible."""

    person: Ints  # whose record it truly is, NOBODY where nobody can know
    at: Ints
    account: Flags  # the channel's account (tmall, jd, douyin) or member number is shown
    member: Flags  # the member number is shown
    phone: Ints  # as written, legible; else 0
    phone_owner: Ints
    hidden_phone: Ints  # behind a mask, else 0
    receiver: Ints  # name code of the name beside the phone
    name_style: Ints
    typo: Flags
    gift: Flags
    shop: Ints  # the shop whose phone it is, else NOBODY
    buyer_phone: Ints  # Youzan shows the buyer's own number beside the receiver's; 0 where hidden

    def holder(self) -> Ints:
        """A number for the full personal name beside a legible phone; 0 where there is none."""
        named = (self.phone > 0) & np.isin(self.name_style, (FULL, ALIAS))
        return np.where(named, self.receiver * 2 + (self.name_style == ALIAS) + 1, 0)


def holder_name(holder: int) -> str:
    """The text of `Sightings.holder`."""
    if not holder:
        return ""
    code, alias = divmod(holder - 1, 2)
    return names.nickname(code) if alias else names.write(code)


def mistype(random: np.random.Generator, phones: Ints) -> Ints:
    """One slip each: a digit of the last eight changed, or two neighbours swapped; never the same number."""
    place = 10 ** random.integers(0, 7, len(phones))
    right, left = phones // place % 10, phones // (place * 10) % 10
    swapped = phones + (left - right) * place + (right - left) * place * 10
    changed = phones + ((right + random.integers(1, 10, len(phones))) % 10 - right) * place
    return np.where((random.random(len(phones)) < 0.4) & (left != right), swapped, changed)


def shop_phone(shop: Ints) -> Ints:
    return 18_800_660_000 + shop * 101 + 7


def current_phone(people: People, person: Ints, at: Ints) -> Ints:
    moved = (people.later_phone[person] > 0) & (at >= people.changed_at[person])
    return np.where(moved, people.later_phone[person], people.phone[person])


def store_of(people: People, orders: Orders) -> Ints:
    """Each person has a home store; every seventh receipt is from another."""
    home = people.home[people.household[orders.person]] + people.city[orders.person]
    return np.where(orders.number % 7 == 0, (home + orders.number) % STORES, home % STORES)


def _masking(random: np.random.Generator, orders: Orders, calendar: Calendar) -> tuple[Flags, Flags]:
    """(phone masked, name masked): more with every year, as the platforms tightened."""
    count = len(orders)
    progress = (orders.at - calendar.start_s) / (calendar.end_s - calendar.start_s)
    low = np.array([0.12, 0.48, 0.46, 0.24, 0.06])[orders.channel]
    high = np.array([0.34, 0.88, 0.88, 0.46, 0.06])[orders.channel]
    masked = random.random(count) < low + (high - low) * progress
    name = masked & np.isin(orders.channel, (TMALL, DOUYIN))
    phone = masked & ~((orders.channel == TMALL) & (random.random(count) < 0.15))  # name alone
    return phone, name


def of_orders(random: np.random.Generator, people: People, orders: Orders, calendar: Calendar) -> Sightings:
    """What the order files show."""
    count = len(orders)
    person, online = orders.person, orders.channel != STORE
    phone = current_phone(people, person, orders.at)
    phone_owner, receiver = person.copy(), people.name[person]

    order = np.lexsort((orders.number, orders.channel, person))
    same = (person[order][1:] == person[order][:-1]) & (
        orders.channel[order][1:] == orders.channel[order][:-1]
    )
    opening = np.zeros(count, dtype=bool)  # a first order at a shop is seldom a gift
    opening[order] = np.r_[True, ~same]
    gift = online & (random.random(count) < np.where(opening, GIFT_SHARE * 0.3, GIFT_SHARE * 2))
    given = np.flatnonzero(gift)
    friend = random.integers(0, len(people), len(given))
    passed_on = people.previous_owner >= 0  # numbers with two lives would make the truth a matter of days
    passed_on[people.previous_owner[passed_on]] = True
    stranger = (
        (random.random(len(given)) >= GIFT_TO_CUSTOMER_SHARE) | (friend == person[given]) | passed_on[friend]
    )
    phone[given] = np.where(
        stranger,
        192_0000_0000 + random.integers(0, 10**8, len(given)),  # a prefix that no customer has
        current_phone(people, friend, orders.at[given]),
    )
    phone_owner[given] = np.where(stranger, NOBODY, friend)
    receiver[given] = np.where(
        stranger,
        names.draw(random, random.random(len(given)) < 0.6, np.zeros(len(given), dtype=np.int64)),
        people.name[friend],
    )

    chance = random.random(count)
    at_store = orders.channel == STORE
    member = at_store & people.member[person] & (orders.at >= people.joined[person]) & (chance < 0.82)
    shop = np.where(at_store & (random.random(count) < SHOP_PHONE_SHARE), store_of(people, orders), NOBODY)
    shop[member & (chance > 0.3)] = NOBODY  # with a card in hand the clerk has less reason
    by_shop = shop != NOBODY
    phone = np.where(by_shop, shop_phone(shop), phone)
    phone_owner[by_shop] = NOBODY
    silent = at_store & ~by_shop & (random.random(count) < np.where(member, 0.45, 0.12))  # no phone asked
    phone[silent] = 0

    style = np.full(count, FULL, dtype=np.int64)
    style[at_store & (random.random(count) < 0.35)] = ABSENT
    style[(random.random(count) < TITLE_SHARE) & ((orders.channel == YOUZAN) | at_store)] = TITLE
    style[online & ~gift & (random.random(count) < ALIAS_SHARE)] = ALIAS
    style[by_shop] = PLACEHOLDER

    masked_phone, masked_name = _masking(random, orders, calendar)
    masked_phone &= (phone > 0) & ~by_shop
    style[masked_name] = MASKED
    hidden = np.where(masked_phone, phone, 0)
    phone[masked_phone] = 0
    typo = (phone > 0) & ~by_shop & ~gift & (phone < 20_000_000_000) & (random.random(count) < TYPO_SHARE)
    phone[typo] = mistype(random, phone[typo])
    whose = person.copy()
    whose[by_shop & ~member] = NOBODY
    account = np.isin(orders.channel, (TMALL, JD, DOUYIN))
    buyer_shown = (orders.channel == YOUZAN) & (~masked_phone | (random.random(count) < 0.25))
    buyer_phone = np.where(buyer_shown, current_phone(people, person, orders.at), 0)
    return Sightings(
        whose, orders.at, account, member, phone, phone_owner, hidden, receiver, style, typo, gift, shop,
        buyer_phone,
    )  # fmt: skip


def of_members(random: np.random.Generator, people: People, calendar: Calendar) -> Sightings:
    """The member file as it stands at the end: today's numbers, typed in by clerks or by members."""
    person = np.flatnonzero(people.member)
    count = len(person)
    phone = current_phone(people, person, np.full(count, calendar.end_s - 1))
    typo = (phone < 20_000_000_000) & (random.random(count) < TYPO_SHARE / 4)
    phone[typo] = mistype(random, phone[typo])
    style = np.where(random.random(count) < NAMELESS_MEMBER_SHARE, PLACEHOLDER, FULL)
    nobody = np.full(count, NOBODY, dtype=np.int64)
    no = np.zeros(count, dtype=bool)
    return Sightings(
        person, people.joined[person], no, ~no, phone, person, nobody * 0, people.name[person], style, typo,
        no, nobody, nobody * 0,
    )  # fmt: skip


def of_youzan_customers(
    random: np.random.Generator, people: People, orders: Orders
) -> tuple[Sightings, Ints]:
    """Youzan's customer list, and for each the time of their last order there."""
    bought = np.flatnonzero(orders.channel == YOUZAN)
    person, first = np.unique(orders.person[bought], return_index=True)
    last = np.zeros(len(people), dtype=np.int64)
    np.maximum.at(last, orders.person[bought], orders.at[bought])
    at = orders.at[bought][first]
    count = len(person)
    phone = current_phone(people, person, last[person])
    masked = random.random(count) < 0.35
    hidden = np.where(masked, phone, 0)
    phone[masked] = 0
    style = np.where(random.random(count) < 0.3, ABSENT, FULL)
    nobody = np.full(count, NOBODY, dtype=np.int64)
    no = np.zeros(count, dtype=bool)
    sightings = Sightings(
        person, at, no, no, phone, person, hidden, people.name[person], style, no, no, nobody, nobody * 0
    )
    return sightings, last[person]
