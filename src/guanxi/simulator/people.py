"""The people: who they are, when they buy, and which number rings in their pocket.

Buying follows the BG/NBD picture: each person has a rate of their own (gamma over people) and after each
order leaves for good with a chance of their own (beta over people).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guanxi.simulator import names, places
from guanxi.simulator.catalogue import CHANNELS, DOUYIN, STORE
from guanxi.simulator.seasons import DAY_S, Calendar, second_of_day

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

RECYCLED_SHARE = 0.036  # of people, their number was somebody else's before
FAMILY_SHARE = 0.052  # of people, they order under a relative's number
CHANGED_SHARE = 0.05  # of people, they change their number in between
MEMBER_SHARE = 0.42
NEVER_BOUGHT_SHARE = 0.06
LAST_ORDER_S = 300  # before the end, so that it is also paid by then
SILENCE_S = 190 * DAY_S  # carriers resell a number after some months; the law of the land of the test: six

_PREFIXES = np.array(
    [
        "134",
        "135",
        "136",
        "137",
        "138",
        "139",
        "147",
        "150",
        "151",
        "152",
        "157",
        "158",
        "159",
        "178",
        "182",
        "183",
        "184",
        "187",
        "188",
        "198",
        "130",
        "131",
        "132",
        "145",
        "155",
        "156",
        "166",
        "175",
        "176",
        "185",
        "186",
        "133",
        "149",
        "153",
        "173",
        "177",
        "180",
        "181",
        "189",
        "191",
        "199",
    ],
    dtype=np.int64,
)
_RATE_SHAPE, _RATE_PER_YEAR = 0.75, 2.9
_DROPOUT_A, _DROPOUT_B = 0.95, 1.25
_FIRST_CHANNEL = np.array([0.36, 0.15, 0.17, 0.13, 0.19])
_LOYAL_TO_CHANNEL = 0.72


@dataclass
class People:
    """Columns, one entry a person. Times are local seconds since 1970; a phone of 0 is none."""

    name: Ints
    female: Flags
    city: Ints
    language: Ints  # 0 Mandarin, 1 Cantonese, 2 English
    born: Ints  # days since 1970
    lunar: Flags
    taste: NDArray[np.float64]
    home: Ints  # a number for the household's address
    household: Ints  # the person whose phone the family uses, else oneself
    phone: Ints
    later_phone: Ints
    changed_at: Ints
    previous_owner: Ints  # whose number it was before, else -1
    member: Flags
    joined: Ints
    first_at: Ints  # first and last sign of life, order or joining
    last_at: Ints

    def __len__(self) -> int:
        return len(self.name)


@dataclass
class Purchases:
    """Columns, one entry an order, sorted by time."""

    person: Ints
    at: Ints
    channel: Ints


def _phones(random: np.random.Generator, count: int, hong_kong: Flags) -> Ints:
    """Different numbers for everybody."""
    found = np.empty(0, dtype=np.int64)
    while len(found) < count:
        wanted = (count - len(found)) * 11 // 10 + 16
        drawn = random.choice(_PREFIXES, wanted) * 10**8 + random.integers(0, 10**8, wanted)
        _, first = np.unique(np.concatenate([found, drawn]), return_index=True)
        found = np.concatenate([found, drawn])[np.sort(first)]
    phones = found[:count].copy()
    away = np.flatnonzero(hong_kong)
    phones[away] = 852_91_000_000 + random.permutation(5_000_000)[: len(away)]
    return phones


def _buy(random: np.random.Generator, count: int, calendar: Calendar, years: float) -> tuple[Ints, Ints]:
    """(person, midnight) of every order; every person here buys at least once."""
    rate = random.gamma(_RATE_SHAPE, _RATE_PER_YEAR / _RATE_SHAPE, count) * years
    dropout = random.beta(_DROPOUT_A, _DROPOUT_B, count)
    alive, now = np.arange(count), random.random(count)
    people, days = [], []
    while len(alive):
        people.append(alive)
        days.append(calendar.day_at(now))
        stays = random.random(len(alive)) >= dropout[alive]
        now = now + random.exponential(1.0, len(alive)) / np.maximum(rate[alive], 1e-9)
        stays &= now < 1.0
        alive, now = alive[stays], now[stays]
    return np.concatenate(people).astype(np.int64), np.concatenate(days)


def _channels(random: np.random.Generator, person: Ints, share: NDArray[np.float64]) -> Ints:
    """Each person's first channel by the fashion of the day, later ones mostly the same."""
    fashion = _FIRST_CHANNEL * np.ones((len(person), len(CHANNELS)))
    fashion[:, DOUYIN] *= 0.35 + 1.5 * share
    fashion /= fashion.sum(axis=1, keepdims=True)
    drawn = (random.random((len(person), 1)) > np.cumsum(fashion, axis=1)).sum(axis=1)
    order = np.argsort(person, kind="stable")  # within a person by time
    first = np.empty(person.max() + 1, dtype=np.int64)
    first[person[order][::-1]] = drawn[order][::-1]
    second = (first + 1 + random.integers(0, len(CHANNELS) - 1, len(first))) % len(CHANNELS)
    mood = random.random(len(person))
    chosen = np.where(mood < _LOYAL_TO_CHANNEL, first[person], np.where(mood < 0.93, second[person], drawn))
    start = np.r_[True, person[order][1:] != person[order][:-1]]
    opening = np.zeros(len(person), dtype=bool)
    opening[order[start]] = True
    return np.where(opening, first[person], chosen)


def _languages(random: np.random.Generator, city: Ints) -> Ints:
    chance = random.random(len(city))
    cantonese = (city == places.HONG_KONG) | (places.GUANGDONG[city] & (chance < 0.45))
    return np.where(cantonese & (chance < 0.97), 1, np.where(chance > 0.992, 2, 0)).astype(np.int64)


def _families(random: np.random.Generator, people: People) -> None:
    """Gives some people a relative's number, address and often surname."""
    count = len(people)
    chosen = random.permutation(count)
    joiners = chosen[: int(count * FAMILY_SHARE)]
    heads = chosen[len(joiners) : 2 * len(joiners)].copy()
    heads[::8] = np.roll(heads, 1)[::8]  # now and then three under one number
    people.household[joiners] = heads
    for column in (people.phone, people.home, people.city):
        column[joiners] = column[heads]
    kin = random.random(len(joiners)) < 0.55
    people.name[joiners[kin]] = names.with_surname_of(people.name[joiners[kin]], people.name[heads[kin]])
    same = people.name[joiners] == people.name[heads]
    people.name[joiners[same]] = names.draw(
        random, people.female[joiners[same]], np.zeros(int(same.sum()), dtype=np.int64)
    )


def _recycle(random: np.random.Generator, people: People, last_use: Ints) -> None:
    """Gives numbers that have been silent for six months to people who come later."""
    count = len(people)
    single = (people.household == np.arange(count)) & (people.city != places.HONG_KONG)
    single[np.unique(people.household[people.household != np.arange(count)])] = False
    shuffled = random.permutation(count)
    shuffled = shuffled[single[shuffled]]
    by_first = shuffled[np.argsort(people.first_at[shuffled], kind="stable")]
    wanted = int(count * RECYCLED_SHARE)
    newest = by_first[-int(len(by_first) * 0.45) :]
    takers = np.sort(random.choice(len(newest), min(wanted, len(newest)), replace=False))
    givers = np.setdiff1d(shuffled, newest[takers])
    givers = givers[np.argsort(last_use[givers], kind="stable")]
    free = 0
    for taker in newest[takers]:
        giver = givers[free]
        if last_use[giver] + SILENCE_S < people.first_at[taker] and people.name[giver] != people.name[taker]:
            people.phone[taker] = people.phone[giver]
            people.previous_owner[taker] = giver
            free += 1


def draw(
    random: np.random.Generator, count: int, calendar: Calendar, years: float
) -> tuple[People, Purchases]:
    """`count` people and what they do until the calendar ends."""
    female = random.random(count) < 0.78
    city = places.draw(random, count)
    language = _languages(random, city)
    style = np.where(language == 2, names.LATIN, np.where(city == places.HONG_KONG, names.TRADITIONAL, 0))
    own = np.arange(count, dtype=np.int64)
    nobody = np.zeros(count, dtype=np.int64)
    never = random.random(count) < NEVER_BOUGHT_SHARE
    buyers = np.flatnonzero(~never)
    person, midnight = _buy(random, len(buyers), calendar, years)
    share = (midnight - calendar.start_s) / (calendar.end_s - calendar.start_s)
    order = np.lexsort((midnight, person))
    person, midnight, share = person[order], midnight[order], share[order]
    channel = _channels(random, person, share)
    at = midnight + second_of_day(random, channel == STORE)
    at = np.minimum(at, calendar.end_s - LAST_ORDER_S)
    person = buyers[person]
    by_time = np.lexsort((person, at))
    purchases = Purchases(person[by_time], at[by_time], channel[by_time])

    first_at = np.full(count, calendar.end_s, dtype=np.int64)
    np.minimum.at(first_at, person, at)
    member = never | (random.random(count) < MEMBER_SHARE)
    joined = first_at + np.where(random.random(count) < 0.6, 0, random.integers(0, 120 * DAY_S, count))
    joined[never] = random.integers(calendar.start_s, calendar.end_s, int(never.sum()))
    joined = np.minimum(joined, calendar.end_s - 1)
    last_at = np.where(member, joined, 0)
    np.maximum.at(last_at, person, at)
    people = People(
        name=names.draw(random, female, style),
        female=female,
        city=city,
        language=language,
        born=random.integers(-7_300, 13_500, count),
        lunar=random.random(count) < 0.12,
        taste=random.normal(0, 1, count),
        home=random.integers(0, 2**40, count),
        household=own.copy(),
        phone=_phones(random, count, city == places.HONG_KONG),
        later_phone=nobody.copy(),
        changed_at=np.full(count, calendar.end_s, dtype=np.int64),
        previous_owner=np.full(count, -1, dtype=np.int64),
        member=member,
        joined=joined,
        first_at=np.where(member, np.minimum(first_at, joined), first_at),
        last_at=last_at,
    )
    _families(random, people)
    _change_numbers(random, people)
    return people, purchases


def _change_numbers(random: np.random.Generator, people: People) -> None:
    """Some change their number in mid-life; some numbers come back to others."""
    count = len(people)
    alone = people.household == np.arange(count)
    alone[people.household[~alone]] = False
    movers = np.flatnonzero(
        alone & (random.random(count) < CHANGED_SHARE) & (people.last_at > people.first_at)
    )
    span = (people.last_at - people.first_at)[movers]
    people.changed_at[movers] = people.first_at[movers] + (
        span * random.uniform(0.2, 0.9, len(movers))
    ).astype(int)
    taken = set(people.phone.tolist())
    fresh = [
        phone
        for phone in _phones(random, len(movers) * 2 + 16, np.zeros(0, dtype=bool))
        if phone not in taken
    ]
    people.later_phone[movers] = fresh[: len(movers)]
    last_use = people.last_at.copy()
    last_use[movers] = people.changed_at[movers]
    # The member file shows the number of today, so the old number falls silent with the change.
    _recycle(random, people, last_use)
