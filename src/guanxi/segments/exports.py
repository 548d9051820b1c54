"""What the lake has of segments: the members of those that are not live, for conditions that read them."""

from __future__ import annotations

from typing import Final

from guanxi.warehouse import registry
from guanxi.warehouse.contracts import SnapshotSource

_FROM: Final = """
    FROM segments_membership m JOIN segments_segment s ON s.id = m.segment_id
    WHERE s.brand_id = {brand} AND s.mode <> 'live' AND s.state <> 'deleted'
"""
_MARKER: Final = (
    "SELECT count(*) AS n, sum((m.customer_id % 1000003) * (m.segment_id % 1009 + 1)) AS members" + _FROM
)
_ROWS: Final = f"SELECT m.segment_id, m.customer_id {_FROM} ORDER BY m.segment_id, m.customer_id"


def register() -> None:
    both = ("sqlite", "postgresql")
    registry.snapshots.register(
        SnapshotSource("memberships", marker=dict.fromkeys(both, _MARKER), rows=dict.fromkeys(both, _ROWS))
    )
