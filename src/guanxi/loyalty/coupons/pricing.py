"""What coupons take off a basket, whatever order they are given in (docs/guide/coupons.md). Pure."""

from __future__ import annotations

from collections.abc import Sequence

from guanxi.loyalty.coupons.contracts import (
    Applied,
    Asked,
    Basket,
    Kind,
    Line,
    Priced,
    Refused,
    Stacking,
    Terms,
    Why,
)

_RANK = {Kind.PERCENT: 0, Kind.AMOUNT: 1, Kind.DELIVERY: 2, Kind.GIFT: 3}


def price(basket: Basket, coupons: Sequence[Asked]) -> Priced:
    """Which of the coupons count, and what each takes off which line. Conditions are asked of the basket as
    it is before coupons. Of coupons that do not go together, those count that take most off."""
    refused: list[Refused] = []
    fitting: list[Asked] = []
    seen: set[str] = set()
    for one in sorted(coupons, key=_order):
        if one.terms.code in seen:
            refused.append(Refused(one.code, Why.TWICE))
        elif (no := _unfit(basket, one)) is not None:
            refused.append(no)
        else:
            fitting.append(one)
        seen.add(one.terms.code)
    best = max(_groups(fitting), key=lambda group: (_worth(basket, group), -len(group)), default=[])
    refused += [Refused(one.code, Why.STACKING) for one in fitting if one not in best]
    applied = _apply(basket, best)
    refused += [Refused(one.asked.code, Why.NOTHING) for one in applied if not _counts(one)]
    kept = tuple(one for one in applied if _counts(one))
    lines = tuple(sum(one.lines[at] for one in kept) for at in range(len(basket.lines)))
    return Priced(kept, tuple(refused), lines, sum(one.delivery_fen for one in kept))


def shares(units: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`units` divided by weight, exact to one: the largest remainders get what is left over, the first of
    equal ones. No share is larger than its weight where `units` is at most their sum."""
    total = sum(weights)
    if total <= 0 or units <= 0:
        return tuple(0 for _ in weights)
    found = [units * weight // total for weight in weights]
    rest = [units * weight % total for weight in weights]
    for at in sorted(range(len(weights)), key=lambda at: (-rest[at], at))[: units - sum(found)]:
        found[at] += 1
    return tuple(found)


def _order(one: Asked) -> tuple[int, str, int, str]:
    return (_RANK[one.terms.kind], one.terms.code, one.number, one.code)


def _unfit(basket: Basket, one: Asked) -> Refused | None:
    terms = one.terms
    if terms.stores and basket.store not in terms.stores:
        return Refused(one.code, Why.PLACE)
    if terms.channels and basket.channel not in terms.channels:
        return Refused(one.code, Why.PLACE)
    eligible = [line for line in basket.lines if _fits(terms, line)]
    if not eligible:
        return Refused(one.code, Why.ITEMS)
    if (more := terms.minimum_fen - sum(line.amount_fen for line in eligible)) > 0:
        return Refused(one.code, Why.MINIMUM, more)
    return None


def _fits(terms: Terms, line: Line) -> bool:
    if not terms.skus and not terms.categories:
        return True
    return line.sku in terms.skus or (bool(line.category) and line.category in terms.categories)


def _groups(fitting: Sequence[Asked]) -> list[list[Asked]]:
    """The sets that may go together: each exclusive coupon alone, and all joint ones."""
    joint = [one for one in fitting if one.terms.stacking is Stacking.JOINT]
    alone = [[one] for one in fitting if one.terms.stacking is Stacking.EXCLUSIVE]
    return ([joint] if joint else []) + alone


def _worth(basket: Basket, group: Sequence[Asked]) -> int:
    gifts = sum(one.terms.off_fen for one in group if one.terms.kind is Kind.GIFT)
    return sum(one.discount_fen for one in _apply(basket, group)) + gifts


def _apply(basket: Basket, group: Sequence[Asked]) -> list[Applied]:
    """In the one order that `_order` gives: each takes off what is left of its lines, never more."""
    left = [line.amount_fen for line in basket.lines]
    delivery = basket.delivery_fen
    found = []
    for one in group:
        terms, none = one.terms, tuple(0 for _ in left)
        if terms.kind is Kind.GIFT:
            found.append(Applied(one, none, 0, terms.gift_sku))
        elif terms.kind is Kind.DELIVERY:
            off = delivery if terms.cap_fen is None else min(delivery, terms.cap_fen)
            delivery -= off
            found.append(Applied(one, none, off))
        else:
            fits = [_fits(terms, line) for line in basket.lines]
            rest = [fen if fit else 0 for fen, fit in zip(left, fits, strict=True)]
            full = sum(line.amount_fen for line, fit in zip(basket.lines, fits, strict=True) if fit)
            lines = shares(min(_nominal(terms, full), sum(rest)), rest)
            left = [fen - off for fen, off in zip(left, lines, strict=True)]
            found.append(Applied(one, lines))
    return found


def _nominal(terms: Terms, full_fen: int) -> int:
    """Percent are of the lines before other coupons, rounded down to the fen."""
    off = terms.off_fen if terms.kind is Kind.AMOUNT else full_fen * terms.percent // 100
    return off if terms.cap_fen is None else min(off, terms.cap_fen)


def _counts(one: Applied) -> bool:
    return one.discount_fen > 0 or one.asked.terms.kind is Kind.GIFT
