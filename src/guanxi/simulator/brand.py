"""Lanhua from seed to files: the one door of the simulator."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from guanxi.kernel.errors import Invalid
from guanxi.simulator import identities, mess, orders, people, truth
from guanxi.simulator.catalogue import CHANNELS, YOUZAN
from guanxi.simulator.exports import douyin, followers, jd, members, spend, store, tmall, youzan
from guanxi.simulator.exports.book import Book
from guanxi.simulator.seasons import Calendar
from guanxi.simulator.ties import Kind

MOST_CUSTOMERS = 5_000_000
MOST_YEARS = 10
DEFAULT_UNTIL = date(2026, 10, 31)
WECHAT_SHARE = 0.62  # of members, they joined in the Mini Program
_MEMBERS_CHANNEL = len(CHANNELS)

Progress = Callable[[str], None]
Totals = dict[str, object]


def simulate(
    folder: Path,
    *,
    customers: int = 50_000,
    seed: int = 1,
    years: float = 3,
    until: date = DEFAULT_UNTIL,
    progress: Progress = lambda step: None,
) -> Totals:
    """Writes the brand's files and their truth below `folder` and returns what truth/summary.json says.

    The same arguments give the same bytes. Raises Invalid for sizes that make no sense.
    """
    if not 10 <= customers <= MOST_CUSTOMERS:
        raise Invalid(
            f"{customers} customers cannot be simulated.", remedy=f"Ask for 10 to {MOST_CUSTOMERS}."
        )
    if not 0.5 <= years <= MOST_YEARS:
        raise Invalid(f"{years} years cannot be simulated.", remedy=f"Ask for 0.5 to {MOST_YEARS}.")
    random = np.random.default_rng([seed, customers])
    calendar = Calendar.of(until, years)
    progress("people")
    crowd, purchases = people.draw(random, customers, calendar, years)
    baskets = orders.draw(random, crowd, purchases, calendar)
    seen = mess.of_orders(random, crowd, baskets, calendar)
    member_rows = mess.of_members(random, crowd, calendar)
    youzan_rows, last_at = mess.of_youzan_customers(random, crowd, baskets)
    wechat = random.random(customers) < WECHAT_SHARE
    numbers = [
        identities.order_number(*columns)
        for columns in zip(
            baskets.channel.tolist(), baskets.number.tolist(), baskets.at.tolist(), strict=True
        )
    ]
    book = Book(seed, folder, calendar, crowd, baskets, seen, numbers)
    for name, write in (
        ("tmall", tmall.write), ("jd", jd.write), ("douyin", douyin.write), ("youzan", youzan.write_orders),
        ("store", store.write), ("spend", spend.write), ("followers", followers.write),
    ):  # fmt: skip
        progress(name)
        write(book)
    progress("members")
    youzan.write_customers(book, youzan_rows, last_at)
    members.write(book, member_rows, wechat)
    progress("truth")
    kinds = [
        Kind("order", seen, baskets.channel),
        Kind("member", member_rows, np.full(len(member_rows.person), _MEMBERS_CHANNEL, dtype=np.int64)),
        Kind("customer", youzan_rows, np.full(len(youzan_rows.person), YOUZAN, dtype=np.int64)),
    ]
    refs = [
        numbers,
        [identities.member(person) for person in member_rows.person.tolist()],
        [str(n + 2) for n in range(len(youzan_rows.person))],
    ]
    cases = truth.Truth.of(
        folder / "truth", people=crowd, orders=baskets, kinds=kinds, refs=refs, wechat=wechat, seed=seed
    ).write()
    summary = _summary(book, kinds, cases, customers=customers, years=years, until=until)
    (folder / "truth" / "summary.json").write_text(
        json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    return summary


def _summary(
    book: Book, kinds: list[Kind], cases: dict[str, int], *, customers: int, years: float, until: date
) -> Totals:
    """Totals that an import must reproduce, and the shares of each kind of mess."""
    baskets, crowd = book.orders, book.people
    paid = baskets.paid()

    def totals(mine: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> dict[str, int]:
        return {
            "orders": int((paid & mine).sum()),
            "unpaid": int((~paid & mine).sum()),
            "revenue_fen": int(baskets.paid_fen[paid & mine].sum()),
            "refunds_fen": int(baskets.refund_fen[paid & mine].sum()),
        }

    records = sum(len(kind.sightings.person) for kind in kinds)
    masked = sum(
        int(((k.sightings.hidden_phone > 0) | (k.sightings.name_style == mess.MASKED)).sum()) for k in kinds
    )
    per_buyer = np.bincount(baskets.person[paid], minlength=len(crowd))
    recycled, shared = truth.phones_in_question(crowd)
    numbers = len(np.unique(crowd.phone))
    return {
        "brand": "Lanhua",
        "customers": customers,
        "seed": book.seed,
        "years": years,
        "until": until.isoformat(),
        **totals(np.ones(len(baskets), dtype=bool)),
        "buyers": int((per_buyer > 0).sum()),
        "repeat_rate": round(float((per_buyer > 1).sum() / max(1, (per_buyer > 0).sum())), 6),
        "members": int(crowd.member.sum()),
        "records": records,
        "channels": {name: totals(baskets.channel == n) for n, name in enumerate(CHANNELS)},
        "cases": cases,
        "shares": {
            "recycled_phones": round(len(recycled) / numbers, 4),
            "family_phones": round(len(shared) / numbers, 4),
            "masked_records": round(masked / records, 4),
            "typos": round(cases["typo"] / records, 4),
        },
    }
