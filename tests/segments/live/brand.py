"""A brand whose customers do things: recorded through the front door, followed, looked at."""

from __future__ import annotations

from itertools import count
from typing import Any

from guanxi.customers.contracts import Identity, Person
from guanxi.customers.lookup import find
from guanxi.kernel.clock import now_ms
from guanxi.platform import jobs
from guanxi.platform.models import Brand
from guanxi.segments import following, services
from guanxi.segments.models import Membership, Segment, SegmentSize
from guanxi.touchpoints.contracts import Fact, Mode
from guanxi.touchpoints.models import Touchpoint
from guanxi.touchpoints.services import record

NOW = 1_795_263_400_000  # 2026-11-21 20:16:40 in Shanghai
DAY = 86_400_000
BUYERS: dict[str, Any] = {"version": 1, "all": [{"leaf": "behaviour.did", "kinds": ["order.paid"]}]}
RECENT: dict[str, Any] = {
    "version": 1,
    "all": [{"leaf": "behaviour.did", "kinds": ["order.paid"], "within": {"days": 30}}],
}
SCANNERS: dict[str, Any] = {"version": 1, "all": [{"leaf": "behaviour.did", "kinds": ["code.scanned"]}]}
_references = count(1)


def make(slug: str = "lanhua") -> Brand:
    return Brand.objects.create(slug=slug, name=slug)


def does(
    brand: Brand, who: str, kind: str = "order.paid", *, at_ms: int | None = None, **details: Any
) -> int:
    """A fact of a customer known by an account of the shop (and a phone, where given); the customer's id."""
    identities = [Identity("tmall", who)]
    if phone := details.pop("phone", None):
        identities.append(Identity("phone", phone))
    name = details.pop("name", None)
    mode = details.pop("mode", Mode.LIVE)
    payload = details.pop("payload", {"code": "c"} if kind == "code.scanned" else None)
    fact = Fact(
        kind,
        f"r{next(_references)}",
        now_ms() if at_ms is None else at_ms,
        tuple(identities),
        Person(name=name, **details.pop("person", {})) if name else None,
        "tmall",
        details.pop("amount_fen", 100) if kind.startswith("order.") else None,
        payload=payload,
    )
    done = record(brand.pk, "test", [fact], mode=mode)
    assert not done.rejected, done.rejected
    return customer(brand, who)


def customer(brand: Brand, who: str) -> int:
    return find(brand.pk, Identity("tmall", who))[0]


def segment(brand: Brand, name: str, condition: Any, **details: Any) -> int:
    """A segment, filled as the worker would."""
    number = services.create(brand, name, condition, actor="user:1", **details)
    work()
    return number


def work() -> None:
    """What the worker would do with the jobs that are queued."""
    jobs.run_queued()
    failed = jobs.Job.objects.filter(state="failed").values_list("kind", "error")
    assert not failed, list(failed)


def follow(brand: Brand) -> None:
    assert following.catch_up(brand)


def members(segment_id: int) -> list[int]:
    rows = Membership.objects.filter(segment_id=segment_id).order_by("customer_id")
    found = list(rows.values_list("customer_id", flat=True))
    assert Segment.objects.get(pk=segment_id).size == len(found)
    last = SegmentSize.objects.filter(segment_id=segment_id).order_by("-day").first()
    assert last is None or last.size == len(found)
    return found


def told(brand: Brand) -> list[tuple[str, int]]:
    """Entries and exits in the log: kind, subject."""
    rows = Touchpoint.objects.filter(brand_id=brand.pk, kind__startswith="segment.").order_by("pk")
    return [
        (kind.removeprefix("segment."), subject) for kind, subject in rows.values_list("kind", "subject_id")
    ]


def version(segment_id: int) -> int:
    return Segment.objects.get(pk=segment_id).version
