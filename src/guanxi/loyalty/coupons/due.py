"""What time does to coupons: locks lapse, coupons expire, and whose are about to hear of it, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any, Final, NamedTuple

from django.db.models import F, Q

from guanxi.customers.hooks import Happening
from guanxi.kernel.clock import DAY_MS, MINUTE_MS, now_ms
from guanxi.kernel.errors import NotFound
from guanxi.loyalty.coupons import booking, facts, undoing
from guanxi.loyalty.coupons.codes import codes_of
from guanxi.loyalty.coupons.contracts import Became, Has, State
from guanxi.loyalty.coupons.models import Coupon, CouponCampaign, CouponRedemption
from guanxi.messaging import queries
from guanxi.messaging.contracts import Kind, Message
from guanxi.messaging.services import queue
from guanxi.platform import jobs
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

JOB: Final = "coupons.due"
EVERY_SECONDS: Final = 60
FAILURE_MS: Final = 10 * MINUTE_MS
PART: Final = 2_000
ACTOR: Final = "coupons"
# What a reminder's template may ask for.
KNOWN: Final[Mapping[str, Kind]] = {"date": Kind.DATE, "coupon": Kind.CODE}


class Counts(NamedTuple):
    lapsed: int = 0
    expired: int = 0
    reminded: int = 0


def register() -> None:
    jobs.kinds.register(jobs.JobKind(JOB, _run))
    jobs.periodics.register(jobs.Periodic(JOB, EVERY_SECONDS, plan))


def plan() -> None:
    """Want a run for every brand of which something is due."""
    for brand_id in _brands():
        if jobs.rests(JOB, brand_id, {}, FAILURE_MS):
            jobs.want(JOB, brand_id)


def run(brand_id: int, told: Callable[[int], object] = lambda done: None) -> Counts:
    """All that is due now."""
    lapsed = expired = reminded = 0
    for what in (_lapse, _expire, _remind):
        while done := what(brand_id):
            lapsed += done if what is _lapse else 0
            expired += done if what is _expire else 0
            reminded += done if what is _remind else 0
            told(lapsed + expired + reminded)
    return Counts(lapsed, expired, reminded)


def _run(context: jobs.JobContext) -> Mapping[str, Any]:
    return run(context.brand_id or 0, context.progress)._asdict()


def _brands() -> list[int]:
    at_ms = now_ms()
    found = []
    for brand_id in Brand.objects.order_by("pk").values_list("pk", flat=True):
        locks = CouponRedemption.objects.filter(brand_id=brand_id, state=Became.LOCKED, until_ms__lte=at_ms)
        due = Coupon.objects.filter(brand_id=brand_id, state=Has.FREE, expires_ms__lte=at_ms)
        if locks.exists() or due.exists() or _to_remind(brand_id)[:1]:
            found.append(brand_id)
    return found


def _lapse(brand_id: int) -> int:
    with writing(brand_id):
        return undoing.sweep(brand_id)


def _expire(brand_id: int) -> int:
    """A part of what is due, those that expired first."""
    with writing(brand_id):
        rows = list(
            Coupon.objects.filter(brand_id=brand_id, state=Has.FREE, expires_ms__lte=now_ms())
            .select_related("campaign")
            .order_by("expires_ms", "pk")[:PART]
        )
        free = Coupon.objects.filter(pk__in=[row.pk for row in rows], state=Has.FREE)
        free.update(state=Has.EXPIRED)
        rows.sort(key=lambda row: (row.campaign_id, row.pk))
        for _campaign, group in groupby(rows, key=lambda row: row.campaign_id):
            ours = list(group)
            booking.expire(brand_id, ours[0].campaign, len(ours), ours[0].pk)
        facts.tell(
            brand_id,
            [
                Happening(
                    facts.EXPIRED,
                    row.subject_id,
                    row.expires_ms,
                    {"campaign": row.campaign.code, "coupon": row.pk},
                )
                for row in rows
            ],
        )
    return len(rows)


def _to_remind(brand_id: int) -> list[Coupon]:
    campaigns = CouponCampaign.objects.filter(
        brand_id=brand_id, state=State.ACTIVE, remind_days__isnull=False
    )
    wanted = Q(pk__in=[])
    for campaign in campaigns:
        until_ms = now_ms() + (campaign.remind_days or 0) * DAY_MS
        wanted |= Q(campaign_id=campaign.pk, expires_ms__lte=until_ms)
    rows = Coupon.objects.filter(
        wanted, state=Has.FREE, subject_id__gt=0, reminded_ms=None, expires_ms__gt=now_ms()
    )
    # Who got it when it was about to expire anyway needs no reminder.
    return list(
        rows.filter(expires_ms__gt=F("issued_ms") + DAY_MS).select_related("campaign").order_by("pk")[:PART]
    )


def _remind(brand_id: int) -> int:
    """Queue a part of the reminders; marked in the same transaction, so that none is queued twice. What the
    outbox refuses (no consent, no address) is not asked again."""
    with writing(brand_id):
        rows = _to_remind(brand_id)
        by_template: dict[tuple[str, str], list[Coupon]] = defaultdict(list)
        for row in rows:
            by_template[row.campaign.remind_channel, row.campaign.remind_template].append(row)
        for (channel, template), some in by_template.items():
            names = _asked(brand_id, channel, template)
            if names is None:
                continue
            codes = codes_of(brand_id, [row.pk for row in some])
            messages = [
                _message(row, code, channel, template, names) for row, code in zip(some, codes, strict=True)
            ]
            queue(brand_id, messages, actor=ACTOR)
        Coupon.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_ms=now_ms())
    return len(rows)


def _asked(brand_id: int, channel: str, template: str) -> list[str] | None:
    """The variables of the template; None where it is gone."""
    try:
        draft = queries.template(brand_id, channel, template).draft
    except NotFound:
        return None
    return [one.name for one in draft.variables]


def _message(row: Coupon, code: str, channel: str, template: str, names: list[str]) -> Message:
    known: dict[str, object] = {"date": row.expires_ms, "coupon": code}
    values = {name: known[name] for name in names if name in known}
    return Message(
        f"coupon:remind:{row.pk}",
        row.subject_id,
        channel,
        template,
        values,
        expires_ms=row.expires_ms,
        campaign=f"coupon:{row.campaign.code}",
    )
