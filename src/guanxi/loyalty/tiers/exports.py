"""What the lake has of tiers, and of balances: both for conditions."""

from __future__ import annotations

from typing import Final

from guanxi.loyalty.ledger.contracts import Place
from guanxi.warehouse import registry
from guanxi.warehouse.contracts import SnapshotSource

_STANDINGS: Final = " FROM loyalty_tierstanding WHERE brand_id = {brand} AND place > 0"
_STANDINGS_MARKER: Final = (
    "SELECT count(*) AS n, sum((customer_id % 1000003) * (place + 1)) AS held,"
    " sum(since_ms % 1000003) AS since, "
    "(SELECT max(version) FROM loyalty_tierprogramme p WHERE p.brand_id = {brand}) AS version" + _STANDINGS
)
_STANDINGS_ROWS: Final = (
    "SELECT customer_id, tier, CAST(place AS bigint) AS place, since_ms"
    + _STANDINGS
    + " ORDER BY customer_id"
)
# Every change of a balance is a posting, also what is set aside.
_POSTINGS_MARKER: Final = "SELECT count(*) AS n, max(id) AS top FROM loyalty_posting WHERE brand_id = {brand}"
_BALANCES: Final = f"""
    SELECT a.subject_id, x.code AS asset,
    CAST(sum(a.posted - CASE WHEN a.place = '{Place.WALLET}' THEN a.held ELSE 0 END) AS bigint) AS units
    FROM loyalty_account a JOIN loyalty_asset x ON x.id = a.asset_id
    WHERE x.brand_id = {{brand}} AND a.subject_id > 0 AND a.place IN ('{Place.WALLET}', '{Place.DEBT}')
    GROUP BY a.subject_id, x.code ORDER BY x.code, a.subject_id"""


def register() -> None:
    """Called once, at start-up."""
    both = ("sqlite", "postgresql")
    for table, marker, rows in (
        ("tier_standings", _STANDINGS_MARKER, _STANDINGS_ROWS),
        ("ledger_balances", _POSTINGS_MARKER, _BALANCES),
    ):
        registry.snapshots.register(
            SnapshotSource(table, marker=dict.fromkeys(both, marker), rows=dict.fromkeys(both, rows))
        )
