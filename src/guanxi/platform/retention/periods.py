"""The periods of a brand: what they are, changing one, and what would go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.platform import audit
from guanxi.platform.language import spoken
from guanxi.platform.models import RetentionPeriod
from guanxi.platform.retention.contracts import KEEPABLES, MOST_DAYS, Found, Keepable
from guanxi.platform.writing import writing

KEPT: Final = "keep"


@dataclass(frozen=True, slots=True)
class Period:
    """A kind and how long the brand keeps it: `days`, None for kept. `last_gone` rows went at `last_ms`."""

    kind: Keepable
    days: float | None
    is_chosen: bool
    last_gone: int = 0
    last_ms: int = 0

    def before_ms(self, at_ms: int) -> int | None:
        """What is older goes; None: nothing does."""
        return None if self.days is None else at_ms - round(self.days * DAY_MS)


def periods(brand_id: int) -> list[Period]:
    """Every kind, in the order in which a run takes them."""
    KEEPABLES.freeze()
    rows = {row.kind: row for row in RetentionPeriod.objects.filter(brand_id=brand_id)}
    return [_period(kind, rows.get(kind.key)) for kind in KEEPABLES]


def period(brand_id: int, key: str) -> Period:
    """Raises NotFound, naming the kinds."""
    kind = KEEPABLES.get(key)
    if kind is None:
        raise NotFound(
            _("There is no kind of data “%(key)s”.") % {"key": key[:40]},
            remedy=_("Choose among: %(names)s.") % {"names": ", ".join(KEEPABLES.names())},
        )
    return _period(kind, RetentionPeriod.objects.filter(brand_id=brand_id, kind=key).first())


def days_of(brand_id: int, key: str) -> float | None:
    """For whoever makes something that will be let go."""
    return period(brand_id, key).days


def _period(kind: Keepable, row: RetentionPeriod | None) -> Period:
    days = row.days if row is not None and row.is_chosen else kind.default()
    if days is not None and days == int(days):
        days = int(days)
    if row is None:
        return Period(kind, days, is_chosen=False)
    return Period(kind, days, row.is_chosen, row.last_gone, row.last_ms)


def checked(kind: Keepable, days: int | None) -> int | None:
    """Raises Invalid, saying what may be chosen."""
    if not kind.ever_goes:
        raise Invalid(
            _("“%(kind)s” has no period: %(why)s")
            % {"kind": spoken(kind.label), "why": spoken(kind.least.why)},
            remedy=_("Leave it as it is; it goes when the person is erased."),
            field="days",
        )
    if days is None:
        if kind.may_stay:
            return None
        raise Invalid(
            _("“%(kind)s” cannot be kept without an end.") % {"kind": spoken(kind.label)},
            remedy=_("Choose a number of days."),
            field="days",
        )
    if days < kind.least.days:
        raise Invalid(
            _("“%(kind)s” is kept for %(least)s days at least: %(why)s")
            % {"kind": spoken(kind.label), "least": kind.least.days, "why": spoken(kind.least.why)},
            remedy=_("Choose %(least)s days or more.") % {"least": kind.least.days},
            field="days",
            least_days=kind.least.days,
        )
    if days > MOST_DAYS:
        raise Invalid(
            _("A period has %(most)s days at most.") % {"most": MOST_DAYS},
            remedy=_("Choose fewer, or keep it."),
            field="days",
        )
    return days


def parsed(text: str) -> int | None:
    """ "365" or "keep", as people write it. Raises Invalid."""
    text = text.strip()
    if text == KEPT:
        return None
    if text.isascii() and text.isdecimal() and len(text) < 9:
        return int(text)
    raise Invalid(
        _("This is no period."),
        remedy=_("Write a whole number of days, or: %(word)s") % {"word": KEPT},
        field="days",
    )


def choose(brand_id: int, key: str, days: int | None, *, actor: object, seen: str | None = None) -> Period:
    """Keep the kind for `days` from now on, None for without an end. `seen` is the period, as `written`, that
    whoever changes it was shown. Raises NotFound, Invalid, and Conflict where it was changed meanwhile."""
    with writing(brand_id):
        now = period(brand_id, key)
        days = checked(now.kind, days)
        if seen is not None and seen != written(now.days):
            raise Conflict(
                _("Somebody changed this period meanwhile."), remedy=_("Look at it again, then choose.")
            )
        if now.is_chosen and now.days == days:
            return now
        RetentionPeriod.objects.update_or_create(
            brand_id=brand_id, kind=key, defaults={"is_chosen": True, "days": days}
        )
        if now.kind.changed is not None:
            now.kind.changed(brand_id, days)
        detail = {"days": written(days), "before": written(now.days)}
        audit.record(brand_id, str(actor), "retention.changed", "retention", key, detail=detail)
    return period(brand_id, key)


def wished(brand_id: int, key: str, days: int | None) -> Period:
    """The period as it would be, for a look at its consequence. Raises NotFound, Invalid."""
    now = period(brand_id, key)
    return replace(now, days=checked(now.kind, days), is_chosen=True)


def written(days: float | None) -> str:
    """A period as texts and programs compare it: "365" or "keep"."""
    return KEPT if days is None else f"{days:g}"


def forecast(brand_id: int, of: Period, at_ms: int | None = None) -> Found:
    """What a run at that moment, else now, would let go of."""
    before_ms = of.before_ms(at_ms or now_ms())
    if before_ms is None or of.kind.count is None:
        return Found()
    return of.kind.count(brand_id, before_ms)


def plain(of: Period, found: Found | None = None) -> dict[str, Any]:
    """A period as programs see it; with what would go now, where that was counted."""
    told: dict[str, Any] = {
        "kind": of.kind.key,
        "label": spoken(of.kind.label),
        "goes": spoken(of.kind.goes),
        "days": of.days,
        "is_chosen": of.is_chosen,
        "least_days": of.kind.least.days if of.kind.ever_goes else None,
        "why": spoken(of.kind.least.why),
        "may_stay": of.kind.may_stay,
        "last_gone": of.last_gone,
        "last_ms": of.last_ms or None,
    }
    if found is not None:
        told |= {"would_go": found.rows, "oldest_ms": found.oldest_ms}
    return told
