"""What the worker does for tiers: what time changes, what came into wallets otherwise than by a fact, notices
before memberships renew, and everybody anew once the programme changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from guanxi.customers.hooks import Happening, tell
from guanxi.customers.lookup import count_living, customer_ids_of, live_ids
from guanxi.kernel.clock import DAY_MS, MINUTE_MS, now_ms
from guanxi.loyalty.ledger.models import Posting
from guanxi.loyalty.tiers.contracts import NOTICE_DAYS, Why
from guanxi.loyalty.tiers.gains import assets_of
from guanxi.loyalty.tiers.models import MembershipNotice, TierProgramme, TierStanding
from guanxi.loyalty.tiers.programmes import InForce, in_force
from guanxi.loyalty.tiers.queries import memberships_of
from guanxi.loyalty.tiers.services import RECOMPUTE
from guanxi.loyalty.tiers.standing import CHUNK, restand
from guanxi.platform import jobs
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

DUE: Final = "tiers.due"
RENEWAL_DUE: Final = "membership.renewal_due"
EVERY_SECONDS: Final = 60
FAILURE_MS: Final = 10 * MINUTE_MS
NOTICE_MS: Final = (NOTICE_DAYS + 1) * DAY_MS  # a day early, so that it is never late
POSTINGS: Final = 20_000  # looked at in a step
LATE_MS: Final = 10 * MINUTE_MS  # no transaction takes longer: younger postings are looked at again
_EARNERS: Final = """
SELECT DISTINCT a.subject_id FROM loyalty_posting p JOIN loyalty_move m ON m.posting_id = p.id
JOIN loyalty_asset x ON x.id = m.asset_id JOIN loyalty_account a ON a.id IN (m.source_id, m.target_id)
WHERE p.id > %s AND p.id <= %s AND p.brand_id = %s AND a.subject_id > 0 AND x.code IN ({assets})
"""


def run_due(context: jobs.JobContext) -> Mapping[str, Any]:
    brand = Brand.objects.get(pk=context.brand_id or 0)
    return due(brand, context.progress)


def due(brand: Brand, progress: Any = lambda done: None) -> dict[str, int]:
    """What time and the ledger changed for the brand, and notices that are due; how many of each."""
    changed = looked = 0
    while (force := in_force(brand.pk)) is not None:
        with writing(brand.pk):
            ids = list(_due(brand.pk).order_by("changes_ms").values_list("customer_id", flat=True)[:CHUNK])
            changed += restand(brand, force, ids, live=True)
            _never_again(ids)
        looked += len(ids)
        progress(looked)
        if len(ids) < CHUNK:
            break
    while force is not None and assets_of(force.programme):
        many, more = follow(brand, force)
        changed += many
        if not more:
            break
        force = in_force(brand.pk)
    return {"looked": looked, "changed": changed, "notices": notify(brand)}


def _due(brand_id: int) -> QuerySet[TierStanding]:
    return TierStanding.objects.filter(brand_id=brand_id, changes_ms__lte=now_ms())


def _never_again(ids: list[int]) -> None:
    """Rows of whom nothing is worked out any more, such as the frozen, do not come up again and again."""
    TierStanding.objects.filter(customer_id__in=ids, changes_ms__lte=now_ms()).update(changes_ms=None)


def follow(brand: Brand, force: InForce) -> tuple[int, bool]:
    """Who has more or less of what tiers count since the ledger was last looked at; how many changed tier,
    and whether there is more to look at."""
    first = TierProgramme.objects.values_list("posting_id", flat=True).get(pk=brand.pk)
    until, at_ms, codes = first + POSTINGS, now_ms(), sorted(assets_of(force.programme))
    sql = _EARNERS.format(assets=", ".join(["%s"] * len(codes)))
    with writing(brand.pk):
        with connection.cursor() as cursor:
            cursor.execute(sql, [first, until, brand.pk, *codes])
            subjects = [row[0] for row in cursor.fetchall()]
        owners = set(customer_ids_of(brand.pk, subjects).values())
        changed = restand(brand, force, owners, live=True)
        old = Posting.objects.filter(pk__gt=first, pk__lte=until, recorded_ms__lt=at_ms - LATE_MS)
        last = old.order_by("-pk").values_list("pk", flat=True).first() or first
        TierProgramme.objects.filter(pk=brand.pk).update(posting_id=last)
    return changed, last > first and Posting.objects.filter(pk__gt=until).exists()


def notify(brand: Brand) -> int:
    """A fact `membership.renewal_due` for each membership that renews within days, once for each end."""
    told = 0
    for customer_id in _to_notify(brand.pk).values_list("customer_id", flat=True)[:CHUNK]:
        with writing(brand.pk):
            at_ms = now_ms()
            for plan, held in memberships_of(brand, customer_id, at_ms).items():
                if not held.renews or held.until_ms > at_ms + NOTICE_MS:
                    continue
                _row, is_new = MembershipNotice.objects.get_or_create(
                    subject_id=customer_id,
                    plan=plan,
                    ends_ms=held.until_ms,
                    defaults={"brand_id": brand.pk, "at_ms": at_ms},
                )
                if is_new:
                    payload = {"plan": plan, "ends_ms": held.until_ms, "price_fen": held.plan.price_fen}
                    tell(brand.pk, [Happening(RENEWAL_DUE, customer_id, at_ms, payload)])
                    told += 1
    return told


def _to_notify(brand_id: int) -> QuerySet[TierStanding]:
    known = MembershipNotice.objects.filter(subject_id=OuterRef("customer_id"), ends_ms=OuterRef("renews_ms"))
    rows = TierStanding.objects.filter(brand_id=brand_id, renews_ms__lte=now_ms() + NOTICE_MS)
    return rows.exclude(Exists(known))


def run_recompute(context: jobs.JobContext) -> Mapping[str, Any]:
    brand = Brand.objects.get(pk=context.brand_id or 0)
    return recompute(brand, context.progress)


def recompute(brand: Brand, progress: Any = lambda done, total: None) -> dict[str, int]:
    """Everybody anew under the programme as it is now, part by part; may stop anywhere and begin again.
    What changes is history: rules book what they give for it, and no message is sent."""
    after = looked = changed = 0
    total = count_living(brand.pk)
    while (force := in_force(brand.pk)) is not None and (ids := live_ids(brand.pk, after=after, limit=CHUNK)):
        with writing(brand.pk):
            changed += restand(brand, force, ids, live=False, cause=Why.PROGRAMME)
        after, looked = ids[-1], looked + len(ids)
        progress(looked, total)
    return {"looked": looked, "changed": changed}


def plan() -> None:
    """Want a run for every brand of which something is due."""
    for brand_id, first in TierProgramme.objects.order_by("pk").values_list("pk", "posting_id"):
        if _is_anything(brand_id, first) and jobs.rests(DUE, brand_id, {}, FAILURE_MS):
            jobs.want(DUE, brand_id)


def _is_anything(brand_id: int, first: int) -> bool:
    if _due(brand_id).exists() or _to_notify(brand_id).exists():
        return True
    force = in_force(brand_id)
    if force is None or not assets_of(force.programme):
        return False
    return Posting.objects.filter(pk__gt=first, brand_id=brand_id).exists()


def register() -> None:
    """Called once, at start-up."""
    jobs.kinds.register(jobs.JobKind(DUE, run_due))
    jobs.kinds.register(jobs.JobKind(RECOMPUTE, run_recompute))
    jobs.periodics.register(jobs.Periodic(DUE, EVERY_SECONDS, plan))
