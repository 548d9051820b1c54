"""What the lake has of states: each customer's, as kept."""

from __future__ import annotations

from typing import Final

from guanxi.warehouse import registry
from guanxi.warehouse.contracts import SnapshotSource

_MARKER: Final = (
    "SELECT coalesce(max(revision), 0) AS revision FROM economics_stateprogress WHERE brand_id = {brand}"
)
_ROWS: Final = (
    "SELECT customer_id, state, since_ms FROM economics_customerstate WHERE brand_id = {brand}"
    " ORDER BY customer_id"
)


def register() -> None:
    both = ("sqlite", "postgresql")
    registry.snapshots.register(
        SnapshotSource(
            "customer_states", marker=dict.fromkeys(both, _MARKER), rows=dict.fromkeys(both, _ROWS)
        )
    )
