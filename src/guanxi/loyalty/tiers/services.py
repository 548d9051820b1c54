"""The verbs of tiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from guanxi.customers.hooks import Happening, tell
from guanxi.customers.lookup import root_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import BrandRow
from guanxi.kernel.errors import Conflict, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.models import Asset, Posting
from guanxi.loyalty.tiers import gains
from guanxi.loyalty.tiers.contracts import Plan, Programme
from guanxi.loyalty.tiers.memberships import BOUGHT, CANCELLED
from guanxi.loyalty.tiers.models import TierProgramme, TierProgrammeVersion
from guanxi.loyalty.tiers.parsing import dump_programme, parse_programme
from guanxi.loyalty.tiers.queries import memberships_of
from guanxi.platform import audit, jobs
from guanxi.platform.writing import writing
from guanxi.touchpoints import queries as facts

RECOMPUTE: Final = "tiers.recompute"


def put(brand: BrandRow, definition: Mapping[str, Any], version: int, *, actor: object) -> int:
    """Make the programme what `definition` says, read at `version` (0: there is none yet); its new version.
    It holds from the next fact on, and for everybody once the job that this wants has run.

    Raises ConditionInvalid (with its path) for a definition that cannot be, NotFound for an asset that there
    is not, Conflict where somebody saved meanwhile or a plan that was sold would give less.
    """
    programme = checked(brand.pk, definition)
    with writing(brand.pk):
        row = TierProgramme.objects.filter(pk=brand.pk).first()
        if (row.version if row else 0) != version:
            raise Conflict(
                say("Somebody changed the tiers meanwhile."),
                remedy=say("Read them again and make your change to what is there now."),
            )
        if row is not None:
            _keep_what_was_sold(brand.pk, parse_programme(row.definition), programme)
        last = Posting.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        row = row or TierProgramme(brand_id=brand.pk, version=0, posting_id=last)
        row.definition, row.version, row.changed_ms = dump_programme(programme), version + 1, now_ms()
        row.save()
        TierProgrammeVersion.objects.create(
            brand_id=brand.pk, version=row.version, definition=row.definition, actor=str(actor)[:160]
        )
        detail = {"version": row.version, "tiers": [tier.code for tier in programme.tiers]}
        audit.record(brand.pk, str(actor), "tiers.saved", "tiers", row.version, detail=detail)
        jobs.want(RECOMPUTE, brand.pk)
    return row.version


def _keep_what_was_sold(brand_id: int, before: Programme, after: Programme) -> None:
    """A plan that somebody paid for stays, for as long and with as much. Raises Conflict."""

    def less(plan: Plan) -> bool:
        kept = after.plan(plan.code)
        if kept is None or kept.days < plan.days:
            return True
        worth = {tier.code for tier in before.tiers[: before.place_of(plan.tier)]}
        return kept.tier != plan.tier and kept.tier in worth

    for code in [plan.code for plan in before.plans if less(plan)]:
        if facts.is_told(brand_id, BOUGHT, "plan", code):
            raise Conflict(
                say("The plan '%(plan)s' was sold: it stays, and gives no less.", plan=code),
                remedy=say("Keep it as it is and add a plan of another code."),
            )


def checked(brand_id: int, definition: Any) -> Programme:
    """The programme that a definition says, of which every asset exists. Raises as `put`."""
    programme = parse_programme(definition)
    codes = gains.assets_of(programme)
    known = Asset.objects.filter(brand_id=brand_id, code__in=codes).values_list("code", flat=True)
    if missing := codes - set(known):
        code = min(missing)
        raise NotFound(
            say("There is no asset '%(code)s'.", code=code), remedy=say("Create it first."), asset=code
        )
    return programme


def cancel(brand: BrandRow, customer_id: int, plan: str, *, subject_id: int | None = None) -> None:
    """The customer's membership does not renew; it lasts until it ends. Cancelling twice is cancelling once.
    `subject_id` is who said so. Raises NotFound where the customer has no such membership now."""
    with writing(brand.pk):
        root = root_of(brand.pk, customer_id)
        at_ms = now_ms()
        held = {} if root is None else memberships_of(brand, root, at_ms)
        mine = held.get(plan)
        if mine is None:
            raise NotFound(
                say("The customer has no membership '%(plan)s' now.", plan=plan),
                remedy=say("Look which memberships they have."),
            )
        if mine.renews:
            told = {"plan": plan}
            tell(brand.pk, [Happening(CANCELLED, subject_id or root or 0, at_ms, told)])
