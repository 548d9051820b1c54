"""The verbs of campaigns. Whoever changes one says which version they have read. What a coupon is worth is
promised once the campaign has run: from then on it changes in the customer's favour alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, Limit, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.coupons import booking
from guanxi.loyalty.coupons.contracts import MOVES, PROMISES, State
from guanxi.loyalty.coupons.fields import FIELDS, check, checked, favours
from guanxi.loyalty.coupons.models import CouponCampaign
from guanxi.loyalty.ledger.contracts import MOST_UNITS, Outcome
from guanxi.loyalty.ledger.contracts import State as Posted
from guanxi.platform import audit
from guanxi.platform.writing import writing

MOST_CAMPAIGNS: Final = 2_000
LONGEST_KEY: Final = 80


def find(brand_id: int, campaign_id: int) -> CouponCampaign:
    """Raises NotFound."""
    row = CouponCampaign.objects.filter(brand_id=brand_id, pk=campaign_id).first()
    if row is None:
        raise NotFound(say("There is no coupon campaign %(id)s.", id=campaign_id))
    return row


def called(brand_id: int, code: str) -> CouponCampaign:
    """Raises NotFound."""
    row = CouponCampaign.objects.filter(brand_id=brand_id, code=code).first()
    if row is None:
        raise NotFound(say("There is no coupon campaign '%(code)s'.", code=code[:40]), field="campaign")
    return row


def create(brand_id: int, given: Mapping[str, Any], *, actor: object) -> CouponCampaign:
    """A draft. Raises Invalid with `field`, ConditionInvalid, Conflict where its code is taken, Limit."""
    row = CouponCampaign(brand_id=brand_id, at_ms=now_ms(), **checked(brand_id, given))
    check(row)
    try:
        with writing(brand_id):
            if CouponCampaign.objects.filter(brand_id=brand_id).count() >= MOST_CAMPAIGNS:
                raise Limit(say("A brand has at most %(most)s coupon campaigns.", most=MOST_CAMPAIGNS))
            row.save(force_insert=True)
            booking.prepare(brand_id)
            _note(row, "coupon.created", actor)
    except IntegrityError:
        raise _taken(row) from None
    return row


def save(
    brand_id: int, campaign_id: int, version: int, given: Mapping[str, Any], *, actor: object
) -> CouponCampaign:
    """Change the fields given. Raises as `create`, NotFound, and Conflict where somebody saved meanwhile or
    what was promised would become less."""
    wanted = checked(brand_id, given)
    try:
        with writing(brand_id):
            row = _read_at(brand_id, campaign_id, version)
            changed = sorted(name for name, value in wanted.items() if getattr(row, name) != value)
            if not changed:
                return row
            if row.state != State.DRAFT:
                for name in changed:
                    if not favours(name, getattr(row, name), wanted[name]):
                        raise Conflict(
                            say("'%(field)s' was promised: it stays once a campaign has run.", field=name),
                            remedy=say("End this campaign and make another."),
                            field=name,
                        )
            for name in changed:
                setattr(row, name, wanted[name])
            check(row)
            _write(row, changed)
            _note(row, "coupon.saved", actor, fields=changed)
    except IntegrityError:
        raise _taken(row) from None
    return row


def set_state(
    brand_id: int, campaign_id: int, version: int, state: State | str, *, actor: object
) -> CouponCampaign:
    """Raises NotFound, Invalid, and Conflict where somebody saved meanwhile or the state cannot follow."""
    if state not in list(State):
        raise Invalid(say("A state is one of: %(known)s.", known=", ".join(State)), field="state")
    wanted = State(state)
    with writing(brand_id):
        row = _read_at(brand_id, campaign_id, version)
        if wanted not in MOVES[State(row.state)]:
            raise Conflict(
                say(
                    "A campaign that is %(now)s cannot become %(wanted)s.", now=row.state, wanted=wanted.value
                ),
                remedy=say("Look at it again."),
            )
        if wanted is State.ENDED:
            for one in PROMISES:
                if one.holds(brand_id, row.code):
                    raise Conflict(one.why, remedy=say("Pause it, and end it afterwards."), promised=one.name)
        row.state = wanted.value
        _write(row, ["state"])
        _note(row, f"coupon.{wanted.value}", actor)
    return row


def add_stock(brand_id: int, campaign_id: int, units: int, *, key: str, actor: object) -> Outcome:
    """So many coupons more, once under `key`. Raises NotFound, Invalid."""
    row = find(brand_id, campaign_id)
    if not row.limited:
        raise Invalid(say("This campaign has no limited stock."), field="units")
    if type(units) is not int or not 0 < units < MOST_UNITS:
        raise Invalid(say("A whole number of 1 or more."), field="units")
    if not 0 < len(key) <= LONGEST_KEY:
        raise Invalid(say("A key has 1 to %(most)s characters.", most=LONGEST_KEY), field="key")
    with writing(brand_id):
        done = booking.stock(brand_id, row, units, key, actor)
        if done.state is Posted.POSTED:
            _note(row, "coupon.stocked", actor, units_count=units)
    if done.state is Posted.REFUSED:
        raise Conflict(done.message, code_of_refusal=done.code)
    return done


def delete(brand_id: int, campaign_id: int, version: int, *, actor: object) -> None:
    """Remove a draft of which nothing was made. Raises NotFound, Conflict."""
    with writing(brand_id):
        row = _read_at(brand_id, campaign_id, version)
        if row.state != State.DRAFT or row.limited:
            raise Conflict(
                say("Only a draft without stock can be deleted."), remedy=say("End the campaign instead.")
            )
        _note(row, "coupon.deleted", actor)
        row.delete()


def _read_at(brand_id: int, campaign_id: int, version: int) -> CouponCampaign:
    row = find(brand_id, campaign_id)
    if row.version != version:
        raise _lost()
    return row


def _write(row: CouponCampaign, fields: list[str]) -> None:
    """Only where nobody changed it since it was read."""
    change = {name: getattr(row, name) for name in fields}
    rows = CouponCampaign.objects.filter(pk=row.pk, version=row.version)
    if not rows.update(**change, version=row.version + 1):
        raise _lost()
    row.version += 1


def _lost() -> Conflict:
    return Conflict(
        say("Somebody changed this campaign meanwhile."), remedy=say("Look at it again, then save.")
    )


def _taken(row: CouponCampaign) -> Conflict:
    return Conflict(
        say("Another campaign has the code '%(code)s' already.", code=row.generic_code or row.code),
        remedy=say("Take another code."),
        field="code",
    )


def _note(row: CouponCampaign, action: str, actor: object, **detail: object) -> None:
    told = {"code": row.code, **detail}
    audit.record(row.brand_id, str(actor), action, "coupon_campaign", row.pk, detail=told)


__all__ = ["FIELDS", "add_stock", "called", "create", "delete", "find", "save", "set_state"]
