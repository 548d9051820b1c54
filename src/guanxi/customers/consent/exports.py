"""What the lake has of the ledger of consent: who said what to which purpose, by number, in order."""

from __future__ import annotations

from typing import Final

from guanxi.customers.consent.contracts import FIRST_HAND, By
from guanxi.customers.rights.contracts import ERASED
from guanxi.customers.rights.storing import FROZEN
from guanxi.warehouse import registry
from guanxi.warehouse.contracts import SnapshotSource

_PROOFS: Final = ", ".join(f"'{proof}'" for proof in sorted(FIRST_HAND))
# Statements of erased people are kept as proof alone, those of frozen ones in storage alone.
_STATEMENTS: Final = (
    "FROM customers_consent c JOIN customers_subject s ON s.id = c.subject_id"
    f" WHERE c.brand_id = {{brand}} AND s.scheme <> '{ERASED}' AND s.customer_id NOT IN ({FROZEN})"
)
_MARKER: Final = (
    f"SELECT count(*) AS n, max(c.id) AS top, sum(c.id % 1000003 * (c.id % 1009)) AS ids {_STATEMENTS}"
)
_ROWS: Final = (
    "SELECT c.id, c.subject_id, c.purpose, c.channel, c.said, c.basis, c.occurred_ms,"
    f" CASE WHEN c.proof IN ({_PROOFS}) THEN 1 ELSE 0 END AS first_hand,"
    f" CASE WHEN c.spoken_by = '{By.GUARDIAN}' THEN 1 ELSE 0 END AS guardian,"
    f" c.text_version, c.speaks_for {_STATEMENTS} ORDER BY c.id"
)


def register() -> None:
    both = ("sqlite", "postgresql")
    registry.snapshots.register(
        SnapshotSource("consents", marker=dict.fromkeys(both, _MARKER), rows=dict.fromkeys(both, _ROWS))
    )
