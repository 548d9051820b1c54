"""What a segment's page shows: key figures, history, composition, members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.platform.models import Brand
from guanxi.segments.console.labels import TRAITS, trait_value, when_computed
from guanxi.segments.console.listing import change_text
from guanxi.segments.contracts import Composition, Mode, SegmentDetail, Trait
from guanxi.segments.queries import HISTORY_DAYS
from guanxi.ui.figures import UNKNOWN, compact, moment, number, share
from guanxi.ui.parts import Cell, Chart, Figure, Series, Table

EPOCH: Final = date(1970, 1, 1)
SHOWN_TRAITS: Final = 8
STANDS_OUT: Final = 0.1  # a lift within this of 1 is as everybody


def figures(brand: Brand, detail: SegmentDetail) -> list[Figure]:
    row = detail.row
    size = compact(row.size) if row.ready else UNKNOWN
    change, _tone = change_text(row)
    return [
        Figure(
            _("Members"),
            size,
            _("Customers who are in it now. Whoever was merged counts once."),
            note=_freshness(brand, detail),
            exact=number(row.size),
            rows_url="#members",
        ),
        Figure(
            _("Share of all customers"),
            share(row.share) if row.ready else UNKNOWN,
            _("Members by all customers of the brand."),
        ),
        Figure(
            _("Change in 30 days"),
            change if row.ready else UNKNOWN,
            _("The size now against the first day of the last 30 of which it is known."),
            note=_days_known(len(row.history)),
        ),
    ]


def _days_known(days: int) -> str:
    if days >= HISTORY_DAYS:
        return ""
    return ngettext("%(n)s day is known", "%(n)s days are known", days) % {"n": days}


def _freshness(brand: Brand, detail: SegmentDetail) -> str:
    row = detail.row
    if row.mode is Mode.LIVE:
        return _("follows every touchpoint")
    if row.mode is Mode.SCHEDULED:
        return when_computed(row)
    return _("as of %(when)s") % {"when": moment(row.changed_ms, brand.timezone)}


def history(detail: SegmentDetail) -> Chart:
    """The size of each of the last days, with who came and who left."""
    labels = [(EPOCH + timedelta(days=day.day)).isoformat() for day in detail.days]
    header = [_("Day"), _("Members"), _("Came"), _("Left")]
    cells = [
        [Cell(label), *(Cell(number(value), value) for value in (day.size, day.entered, day.left))]
        for label, day in zip(labels, detail.days, strict=True)
    ]
    came, left = sum(day.entered for day in detail.days), sum(day.left for day in detail.days)
    answer = _("%(came)s came, %(left)s left in these days.") % {"came": number(came), "left": number(left)}
    return Chart(
        "history",
        _("How has it grown?"),
        "lines",
        labels,
        [Series(_("Members"), [day.size for day in detail.days])],
        Table(header, cells),
        reverse("segment-history-csv", args=[detail.row.id]),
        height="short",
        answer=answer if detail.days else "",
        definition=_("The size at the end of each local day; today's is the size now."),
    )


@dataclass(frozen=True, slots=True)
class TraitRow:
    """A value that is more or less frequent in the segment than among everybody."""

    trait: str
    value: str
    inside: str
    base: str
    lift: str
    inside_bar: float
    base_bar: float
    small: bool
    members: str


@dataclass(frozen=True, slots=True)
class CompositionView:
    over: Sequence[TraitRow]
    under: Sequence[TraitRow]
    members: str
    customers: str
    alike: bool


def composition(found: Composition) -> CompositionView:
    provinces = {one.value for one in found.traits if one.trait == "province"}
    known = [
        one
        for one in found.traits
        # A municipality is a province and a city: once is enough.
        if one.value and one.lift is not None and not (one.trait == "city" and one.value in provinces)
    ]
    over = [one for one in known if (one.lift or 0) > 1 + STANDS_OUT]
    under = sorted(
        (one for one in known if (one.lift or 0) < 1 - STANDS_OUT), key=lambda one: (one.small, one.lift)
    )
    return CompositionView(
        [_trait(one) for one in over[:SHOWN_TRAITS]],
        [_trait(one) for one in under[:SHOWN_TRAITS]],
        number(found.members),
        number(found.customers),
        not over and not under,
    )


def _trait(one: Trait) -> TraitRow:
    return TraitRow(
        str(TRAITS.get(one.trait, one.trait)),
        trait_value(one.trait, one.value),
        share(one.inside_share),
        share(one.base_share),
        f"{one.lift:.1f}×" if one.lift is not None else UNKNOWN,
        round(one.inside_share, 4),
        round(one.base_share, 4),
        one.small,
        number(one.inside),
    )


def composition_table(found: Composition) -> Table:
    """Every trait, as a download."""
    header = [
        _("Trait"),
        _("Value"),
        _("Members"),
        _("Share of members"),
        _("All customers"),
        _("Share of all"),
        _("Lift"),
    ]
    rows = [
        [
            Cell(str(TRAITS.get(one.trait, one.trait))),
            Cell(trait_value(one.trait, one.value)),
            Cell(number(one.inside), one.inside),
            Cell(share(one.inside_share), round(one.inside_share, 6)),
            Cell(number(one.base), one.base),
            Cell(share(one.base_share), round(one.base_share, 6)),
            Cell(
                "" if one.lift is None else f"{one.lift:.2f}", "" if one.lift is None else round(one.lift, 4)
            ),
        ]
        for one in found.traits
    ]
    return Table(header, rows)
