"""What a brand assumes about its money: what is left of an order, and what a year's waiting costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import transaction

from guanxi.economics.models import AssumptionSet
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import Wording, say
from guanxi.platform import audit
from guanxi.platform.actors import Actor

if TYPE_CHECKING:
    from guanxi.economics.metrics import Margins

PER_MILLE: Final = 1_000
DISCOUNT: Final = 100  # 10 % a year, where nobody chose: what a young consumer brand pays for its money
MOST_CATEGORIES: Final = 200
NOT_CHOSEN: Final = say(
    "Nobody has said yet what is left of an order, so margin is revenue here: set it under Assumptions or "
    "with guanxi assumptions set --margin 0.55."
)


@dataclass(frozen=True)
class Assumptions:
    """Margins in thousandths of revenue, the discount in thousandths a year. `version` 0: nobody chose."""

    margin_mille: int = PER_MILLE
    by_category: Mapping[str, int] = field(default_factory=dict)
    discount_mille: int = DISCOUNT
    version: int = 0
    actor: str = ""
    at_ms: int = 0

    @property
    def chosen(self) -> bool:
        return self.version > 0

    @property
    def discount_yearly(self) -> float:
        """The discount as a share: 0.1 makes 110 in a year worth 100 today."""
        return self.discount_mille / PER_MILLE

    @property
    def margins(self) -> Margins:
        from guanxi.economics.metrics import Margins  # noqa: PLC0415 - Ibis takes a second

        return Margins(self.margin_mille, dict(self.by_category))

    @property
    def notes(self) -> list[Wording]:
        return [] if self.chosen else [NOT_CHOSEN]


def margin_chosen(brand_id: int) -> int | None:
    """What is left of an order, in thousandths; None where nobody has said."""
    found = of(brand_id)
    return found.margin_mille if found.chosen else None


def of(brand_id: int) -> Assumptions:
    """The assumptions that hold now."""
    row = AssumptionSet.objects.filter(brand_id=brand_id).order_by("-pk").first()
    return Assumptions() if row is None else _told(row)


def history(brand_id: int, limit: int = 50) -> list[Assumptions]:
    """What was assumed before, the newest first."""
    return [_told(row) for row in AssumptionSet.objects.filter(brand_id=brand_id).order_by("-pk")[:limit]]


def choose(
    brand_id: int,
    *,
    margin_mille: int,
    by_category: Mapping[str, int] | None = None,
    discount_mille: int = DISCOUNT,
    actor: Actor | str,
) -> Assumptions:
    """Assume this from now on. The same again changes nothing.

    Raises Invalid for margins outside -1000..1000 thousandths, a discount outside 0..1000, a category without
    a name or too many of them.
    """
    categories = {name.strip(): share for name, share in sorted((by_category or {}).items())}
    for name, share in ("margin", margin_mille), *categories.items():
        if not -PER_MILLE <= share <= PER_MILLE:
            raise Invalid(
                say("A margin of %(share)s is not possible: %(name)s.", share=share / PER_MILLE, name=name),
                remedy=say("It lies between -1 and 1; 0.55 means that 55 of 100 are left."),
                field="margin",
            )
    if not 0 <= discount_mille <= PER_MILLE:
        raise Invalid(say("The discount a year lies between 0 and 1."), field="discount")
    if "" in categories or len(categories) > MOST_CATEGORIES:
        raise Invalid(
            say("Categories have names, and at most %(n)s have a margin.", n=MOST_CATEGORIES),
            field="categories",
        )
    wanted = (margin_mille, categories, discount_mille)
    with transaction.atomic():
        now = of(brand_id)
        if now.chosen and (now.margin_mille, dict(now.by_category), now.discount_mille) == wanted:
            return now
        row = AssumptionSet.objects.create(
            brand_id=brand_id,
            margin_mille=margin_mille,
            margin_by_category=categories,
            discount_mille=discount_mille,
            actor=str(actor)[:160],
        )
        detail = {"margin": margin_mille, "categories": len(categories), "discount": discount_mille}
        audit.record(brand_id, actor, "assumptions.chosen", "assumptions", row.pk, detail=detail)
    return _told(row)


def _told(row: AssumptionSet) -> Assumptions:
    return Assumptions(
        row.margin_mille, row.margin_by_category, row.discount_mille, row.pk, row.actor, row.at_ms
    )
