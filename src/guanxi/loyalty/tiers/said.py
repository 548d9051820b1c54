"""Tiers in words, for pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.loyalty.ledger import assets
from guanxi.loyalty.tiers.contracts import Downgrade, Kind, Measure, Programme, Refunds, Span, Tier, Way
from guanxi.loyalty.tiers.queries import Progress
from guanxi.platform.models import Brand
from guanxi.touchpoints.kinds import KINDS
from guanxi.ui import figures

WHYS: Final[Mapping[str, Promise]] = {
    "reached": gettext_lazy("reached"),
    "bought": gettext_lazy("membership bought"),
    "ended": gettext_lazy("no longer reached or kept"),
    "refunded": gettext_lazy("refunded"),
    "merged": gettext_lazy("customers merged or taken apart"),
    "programme": gettext_lazy("the programme changed"),
    "facts": gettext_lazy("what is known of the past changed"),
}
DOWNGRADES: Final[Mapping[Downgrade, Promise]] = {
    Downgrade.REACHED: gettext_lazy("To the highest tier that is reached or still kept"),
    Downgrade.STEP: gettext_lazy("One tier down, which is then kept anew"),
    Downgrade.NEVER: gettext_lazy("Never: what was once reached stays"),
}
REFUNDS: Final[Mapping[Refunds, Promise]] = {
    Refunds.TAKE_BACK: gettext_lazy("As if it had never been paid: a tier made by it is lost"),
    Refunds.KEEP: gettext_lazy("From the day of the refund: a tier is kept as long as it would be"),
}


def name_of(tier: Tier) -> str:
    return tier.called(chinese=figures.in_chinese())


def names_of(programme: Programme) -> dict[str, str]:
    return {tier.code: name_of(tier) for tier in programme.tiers}


def way(brand: Brand, one: Way) -> str:
    """¥1,000 spent in the last 365 days."""
    return _("%(much)s %(when)s") % {
        "much": _much(brand, one.measure, one.at_least),
        "when": when(one.measure),
    }


def progress(brand: Brand, one: Progress) -> str:
    """¥250 more this year."""
    told = {"left": _much(brand, one.way.measure, one.left), "when": when(one.way.measure)}
    return _("%(left)s more %(when)s") % told


def when(measure: Measure) -> str:
    match measure.span:
        case Span.DAYS:
            return _("in the last %(days)s days") % {"days": measure.days}
        case Span.YEAR:
            return _("this calendar year")
        case Span.EVER:
            return _("in all")


def _much(brand: Brand, measure: Measure, number: int) -> str:
    match measure.kind:
        case Kind.SPEND:
            return _("%(money)s spent") % {"money": figures.money(number, brand.currency)}
        case Kind.ASSET:
            told = {
                "n": figures.number(number),
                "asset": asset_names(brand).get(measure.asset, measure.asset),
            }
            return _("%(n)s of %(asset)s earned") % told
        case Kind.FACTS:
            joined = _(" or ").join(kind_name(kind) for kind in measure.kinds)
            return _("%(n)s × %(kinds)s") % {"n": figures.number(number), "kinds": joined}


def asset_names(brand: Brand) -> dict[str, str]:
    chinese = figures.in_chinese()
    return {row.code: row.called(chinese=chinese) for row in assets.assets(brand.pk)}


def kind_name(kind: str) -> str:
    found = KINDS.get(kind)
    if found is None:
        return kind
    return found.label_zh if figures.in_chinese() else found.label_en


def kept(programme: Programme) -> str:
    """How long a tier is kept, as a sentence."""
    if programme.kept_years == 0:
        told = _("Kept until the end of the calendar year.")
    elif programme.kept_years == 1:
        told = _("Kept until the end of the next calendar year.")
    elif programme.kept_years is not None:
        told = _("Kept until the end of the calendar year %(n)s years on.") % {"n": programme.kept_years}
    elif programme.kept_days is not None:
        told = _("Kept for %(n)s days.") % {"n": programme.kept_days}
    else:
        told = _("Held as long as it is reached.")
    if programme.grace_days:
        told = f"{told} " + _("Then %(n)s days of grace.") % {"n": programme.grace_days}
    return told
