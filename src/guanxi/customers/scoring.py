"""How well identities were resolved, given the truth: pairwise precision and recall. Pure.

Rows (records or identity values) are scored where exactly one true person stands behind them. A pair of rows
is found when both have one customer, true when both have one person, and findable when the same cluster
of the files can prove it. Precision is the share of found pairs that are true; recall the share of findable
pairs that are found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import NamedTuple


class Scored(NamedTuple):
    """One row: the true person, the cluster that the files prove, and the customer it was given."""

    person: Hashable
    cluster: Hashable
    customer: Hashable


class Score(NamedTuple):
    rows: int
    found_pairs: int
    wrong_pairs: int
    findable_pairs: int
    found_findable_pairs: int
    true_pairs: int

    @property
    def precision(self) -> float:
        return 1 - self.wrong_pairs / self.found_pairs if self.found_pairs else 1.0

    @property
    def recall(self) -> float:
        return self.found_findable_pairs / self.findable_pairs if self.findable_pairs else 1.0

    @property
    def findable(self) -> float:
        """The share of true pairs that the files prove at all."""
        return self.findable_pairs / self.true_pairs if self.true_pairs else 1.0

    def figures(self) -> dict[str, float]:
        return {
            "rows": self.rows,
            "pairs": self.found_pairs,
            "precision": round(self.precision, 6),
            "recall": round(self.recall, 6),
            "findable": round(self.findable, 6),
        }


def score(rows: Iterable[Scored]) -> Score:
    """Score rows that have exactly one person; rows without a customer are found with nobody."""
    found: Counter[Hashable] = Counter()
    right: Counter[Hashable] = Counter()
    findable: Counter[Hashable] = Counter()
    found_findable: Counter[Hashable] = Counter()
    true: Counter[Hashable] = Counter()
    total = 0
    for person, cluster, customer in rows:
        total += 1
        true[person] += 1
        findable[person, cluster] += 1
        if customer is not None:
            found[customer] += 1
            right[customer, person] += 1
            found_findable[customer, person, cluster] += 1
    found_pairs = _pairs(found)
    return Score(
        rows=total,
        found_pairs=found_pairs,
        wrong_pairs=found_pairs - _pairs(right),
        findable_pairs=_pairs(findable),
        found_findable_pairs=_pairs(found_findable),
        true_pairs=_pairs(true),
    )


def _pairs(groups: Counter[Hashable]) -> int:
    return sum(count * (count - 1) // 2 for count in groups.values())
