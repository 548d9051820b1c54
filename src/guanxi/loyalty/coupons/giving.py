"""Coupons for everybody of a segment: what it comes to, and a job that gives them in parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import Count

from guanxi.customers.lookup import customer_ids_of, families_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.coupons import booking, campaigns, issuing, looking
from guanxi.loyalty.coupons.contracts import Has, greatest_fen
from guanxi.loyalty.coupons.models import Coupon, CouponCampaign, CouponGiving
from guanxi.platform import audit, jobs
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing
from guanxi.segments import membership, queries

JOB: Final = "coupons.give"
PART: Final = 500
LONGEST_KEY: Final = 60
Told = Callable[[int, int], object]


class Preview(NamedTuple):
    """`people` would get one, of the `size` of the segment; `full` have as many as one may, `short` would go
    without since the stock ends. `most_fen` is what it may cost at the most, None without a bound."""

    size: int
    people: int
    full: int = 0
    short: int = 0
    most_fen: int | None = 0


def preview(brand: Brand, campaign_id: int, segment_id: int) -> Preview:
    """What it would come to now. Raises NotFound, and Conflict or Invalid where nothing can be issued."""
    row = campaigns.find(brand.pk, campaign_id)
    issuing.demand(row)
    size = queries.detail(brand, segment_id).row.size
    full = _full(row, segment_id) if row.per_customer else 0
    fits = max(0, size - full)
    left = booking.left(brand.pk, [row]).get(row.code, fits)
    people, each = min(fits, max(0, left)), greatest_fen(looking.terms_of(row))
    return Preview(size, people, full, fits - people, None if each is None else people * each)


def _full(row: CouponCampaign, segment_id: int) -> int:
    """How many of the segment have as many coupons of the campaign as one may."""
    coupons = Coupon.objects.filter(campaign_id=row.pk, subject_id__gt=0).exclude(state=Has.WITHDRAWN)
    has = dict(coupons.values_list("subject_id").annotate(Count("pk")))
    customers: Counter[int] = Counter()
    for subject, customer in customer_ids_of(row.brand_id, has).items():
        customers[customer] += has[subject]
    full = sorted(one for one, many in customers.items() if many >= (row.per_customer or 0))
    found = 0
    for start in range(0, len(full), PART):
        ours = membership.held(row.brand_id, full[start : start + PART])
        found += sum(segment_id in one for one in ours.values())
    return found


def give(
    brand: Brand, campaign_id: int, segment_id: int, *, key: str, seen: int, actor: object
) -> CouponGiving:
    """Give one to each of the segment, by a job; once under `key`. `seen` is to how many that would be when
    it was decided: no more than these get one. Raises as `preview`, Invalid where nobody would, and Conflict
    where it would be more by now, or the key was used for something else."""
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise Invalid(say("A key has 1 to %(most)s characters.", most=LONGEST_KEY), field="key")
    with writing(brand.pk):
        known = CouponGiving.objects.filter(brand_id=brand.pk, key=key).first()
        if known is not None:
            if (known.campaign_id, known.segment_id) != (campaign_id, segment_id):
                raise Conflict(say("The key was used for another segment."), reason="key_conflict")
            return known
        looked = preview(brand, campaign_id, segment_id)
        if not looked.people:
            raise Invalid(
                say("Nobody of this segment would get a coupon."), remedy=say("Choose another segment.")
            )
        if looked.people > seen:
            raise Conflict(
                say("It would be %(now)s customers by now.", now=looked.people),
                remedy=say("Look at it again, then confirm."),
                reason="more",
            )
        name = queries.detail(brand, segment_id).row.name
        row = CouponGiving.objects.create(
            brand_id=brand.pk,
            campaign_id=campaign_id,
            key=key,
            segment_id=segment_id,
            segment_name=name[:200],
            wanted=looked.people,
            most_fen=looked.most_fen,
            actor=str(actor)[:160],
            at_ms=now_ms(),
        )
        detail = {"segment_id": segment_id, "units_count": looked.people, "most_fen": looked.most_fen}
        audit.record(
            brand.pk, str(actor), "coupon.given_to_segment", "coupon_campaign", campaign_id, detail=detail
        )
        _enqueue(row)
    return row


def go_on(brand_id: int, giving_id: int, *, actor: object) -> CouponGiving:
    """Give the rest, where it rests. Raises NotFound, and Conflict where it has ended."""
    with writing(brand_id):
        row = find(brand_id, giving_id)
        if row.ended_ms is not None:
            raise Conflict(say("All of them have theirs."), remedy=say("Look at it again."))
        CouponGiving.objects.filter(pk=row.pk).update(stopped="")
        detail = {"segment_id": row.segment_id, "units_count": row.wanted - row.issued}
        audit.record(
            brand_id, str(actor), "coupon.giving_resumed", "coupon_campaign", row.campaign_id, detail=detail
        )
        _enqueue(row)
    return find(brand_id, giving_id)


def _enqueue(row: CouponGiving) -> None:
    key = f"{JOB}:{row.pk}"
    jobs.enqueue(JOB, brand_id=row.brand_id, arguments={"giving": row.pk}, unique_key=key)


def run(brand: Brand, giving_id: int, told: Told = lambda done, total: None) -> CouponGiving:
    """All that can be given now; `told` hears how far it is and may raise to stop."""
    while True:
        with writing(brand.pk):
            row = find(brand.pk, giving_id)
            if row.ended_ms is None and not row.stopped:
                _part(brand, row)
                row.save(update_fields=["after", "issued", "skipped", "stopped", "ended_ms"])
        told(row.issued, row.wanted)
        if row.ended_ms is not None or row.stopped:
            return row


def _part(brand: Brand, row: CouponGiving) -> None:
    """The customers that come next, in memory. Where and why it stopped is in the row."""
    try:
        page = queries.members(brand, row.segment_id, after=row.after, limit=PART)
    except NotFound:
        row.stopped = "segment"
        return
    fresh = _without(brand.pk, row, page.customer_ids)
    now = fresh[: row.wanted - row.issued]
    keys = [f"give:{row.pk}:{one}" for one in now]
    try:
        told = issuing.issue(brand.pk, row.campaign.code, now, keys, row.actor)
    except Conflict:
        row.stopped = "campaign"
        return
    for customer, one in zip(now, told, strict=True):
        if one.code == "stock":
            row.stopped = "stock"
            return
        row.after = customer
        row.skipped += bool(one.code)
        row.issued += not one.code
    seen_all = len(now) == len(fresh)
    if row.issued == row.wanted or (seen_all and page.after is None):
        row.ended_ms = now_ms()
    elif seen_all:
        row.after = page.after or row.after


def _without(brand_id: int, row: CouponGiving, customers: Sequence[int]) -> list[int]:
    """Those of the customers that have none of this giving: a merge may have brought one to them."""
    families = families_of(brand_id, customers)
    ours = Coupon.objects.filter(
        campaign_id=row.campaign_id,
        subject_id__in={member for family in families.values() for member in family},
        key__startswith=f"give:{row.pk}:",
    )
    had = set(ours.values_list("subject_id", flat=True))
    return [one for one in customers if not had.intersection(families.get(one, ()))]


def find(brand_id: int, giving_id: int) -> CouponGiving:
    """Raises NotFound."""
    row = CouponGiving.objects.select_related("campaign").filter(brand_id=brand_id, pk=giving_id).first()
    if row is None:
        raise NotFound(say("There is no such giving of coupons."))
    return row


def of_campaign(campaign_id: int, most: int = 20) -> list[CouponGiving]:
    """The newest first."""
    return list(CouponGiving.objects.filter(campaign_id=campaign_id).order_by("-pk")[:most])


def at_work(rows: Collection[CouponGiving]) -> set[int]:
    """Those that wait for a worker or are with one."""
    return {row.pk for row in rows if jobs.progress_of(JOB, f"{JOB}:{row.pk}") is not None}


def _run(context: jobs.JobContext) -> Mapping[str, Any]:
    brand = Brand.objects.get(pk=context.brand_id or 0)
    row = run(brand, int(context.arguments["giving"]), context.progress)
    return {"issued": row.issued, "skipped": row.skipped, "stopped": row.stopped}


def register() -> None:
    jobs.kinds.register(jobs.JobKind(JOB, _run))
