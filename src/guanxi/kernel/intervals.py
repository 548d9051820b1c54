"""How sure a share is. Pure."""

from __future__ import annotations

from math import sqrt
from typing import Final

Z90: Final = 1.6448536269514722  # of the 90% interval: the 95th percentile of the normal distribution


def wilson(hits: float, of: float) -> tuple[float | None, float | None]:
    """The 90% interval of a share by its score (Wilson, JASA 22, 1927): bounds in 0..1, None of nobody."""
    if of <= 0:
        return None, None
    share, spread = hits / of, Z90 * Z90 / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z90 * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)
