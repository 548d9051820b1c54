"""A sandbox without its people: what they had goes back, then they are erased. The programme stays.

The ledger never forgets, here neither: its entries and the sums of orders stay as nobody's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from guanxi.customers.lookup import subject_ids_of
from guanxi.customers.rights import emptying as people
from guanxi.kernel.clock import now_ms
from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.queries import balances
from guanxi.platform import audit, jobs
from guanxi.platform.actors import SYSTEM, Actor
from guanxi.platform.models import Brand, Job
from guanxi.platform.sandbox import services as sandboxes
from guanxi.platform.writing import writing

KIND: Final = "sandbox.empty"
REASON: Final = "sandbox.emptied"
PAGE: Final = 100


def register() -> None:
    jobs.kinds.register(jobs.JobKind(KIND, run))


def soon(brand: Brand, slug: str, *, actor: object) -> int:
    """Have the worker empty it; the job. `slug` is the sandbox's short name, as whoever confirmed it typed
    it. Raises Conflict in a real brand and for another name."""
    sandboxes.confirm(brand, slug)
    return jobs.enqueue(
        KIND, brand_id=brand.pk, arguments={"actor": str(actor)[:160]}, unique_key=f"brand:{brand.pk}"
    )


def is_under_way(brand: Brand) -> bool:
    return Job.objects.filter(kind=KIND, brand=brand, state__in=["queued", "running"]).exists()


def run(context: jobs.JobContext) -> Mapping[str, Any]:
    brand = Brand.objects.get(pk=context.brand_id or 0)
    actor = str(context.arguments.get("actor") or SYSTEM)
    return {"customers": empty(brand, actor=actor, advance=context.progress)}


def empty(brand: Brand, *, actor: Actor | str, advance: Callable[[int, int], object] | None = None) -> int:
    """Take everybody out; how many. Killed anywhere, it is done again and goes on. Raises Conflict in a real
    brand."""
    sandboxes.demand(brand)
    total, done = people.count(brand), 0
    while found := people.some(brand, PAGE):
        for customer_id in found:
            with writing(brand.pk):
                _take_back(brand, customer_id, actor)
                done += people.erase(brand, customer_id, actor=actor)
            if advance is not None:
                advance(done, max(total, done))
    people.forget(brand)
    with writing(brand.pk):
        audit.record(brand.pk, actor, "sandbox.emptied", "brand", brand.pk, detail={"customer_count": done})
    return done


def _take_back(brand: Brand, customer_id: int, actor: Actor | str) -> None:
    """What can be spent goes back to where units come from, so that nobody is owed it."""
    at_ms = now_ms()
    postings = [
        Posting(
            f"{REASON}:{customer_id}:{row.asset.code}",
            REASON,
            [
                Move(
                    Account(row.asset.code, Place.WALLET, customer_id),
                    Account(row.asset.code, Place.ISSUED),
                    row.standing.spendable,
                )
            ],
            at_ms,
        )
        for row in balances(brand.pk, subject_ids_of(brand.pk, customer_id))
        if row.standing.spendable > 0
    ]
    if postings:
        post(brand.pk, postings, actor=actor)
