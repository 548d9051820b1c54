"""Amounts of another currency: converted by the brand's dated rates, or refused. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

# ISO 4217: digits after the point, where they are not two.
_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "XAF": 0, "KWD": 3, "BHD": 3, "JOD": 3, "OMR": 3}


def digits_of(currency: str) -> int:
    """How many digits of `currency` come after the point (CNY 2, JPY 0)."""
    return _DIGITS.get(currency, 2)


class Rate(NamedTuple):
    """From local day `from_day` (ISO) on, one unit of `currency` is `rate` units of the brand's own."""

    currency: str
    from_day: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class RateTable:
    """The rates of one brand. A rate holds until the next one of the same currency."""

    own: str
    days: Mapping[str, list[str]]
    rates: Mapping[str, list[Decimal]]

    @classmethod
    def of(cls, own: str, rates: Sequence[Rate]) -> RateTable:
        days: dict[str, list[str]] = {}
        values: dict[str, list[Decimal]] = {}
        for one in sorted(rates):
            days.setdefault(one.currency, []).append(one.from_day)
            values.setdefault(one.currency, []).append(one.rate)
        return cls(own, days, values)

    def rate_on(self, currency: str, day: str) -> Decimal | None:
        """The rate of `currency` on a local day, or None where the table says nothing about that day."""
        position = bisect_right(self.days.get(currency, ()), day)
        return self.rates[currency][position - 1] if position else None

    def convert(self, minor: int, currency: str, rate: Decimal) -> int:
        """Minor units of `currency` to minor units of the brand's own, half to even."""
        shift = digits_of(self.own) - digits_of(currency)
        return int((Decimal(minor) * rate).scaleb(shift).to_integral_value(ROUND_HALF_EVEN))
