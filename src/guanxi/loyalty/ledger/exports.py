"""What the lake has of the ledger: what moved, the lots of the wallets, and what left them for good."""

from __future__ import annotations

from typing import Final

from guanxi.loyalty.ledger.contracts import ENTRIES, NEVER_MS, Kind, Place
from guanxi.warehouse import registry
from guanxi.warehouse.contracts import SnapshotSource

QUARTER_MS: Final = 900_000  # of an hour: no zone is off by less
_ENTRIES: Final = ", ".join(str(int(kind)) for kind in sorted(ENTRIES))
_NAMES: Final = " ".join(f"WHEN {int(kind)} THEN '{kind.name.lower()}'" for kind in sorted(ENTRIES))
# Every change of the ledger is a posting, and a posting never changes.
_MARKER: Final = "SELECT count(*) AS n, max(id) AS top FROM loyalty_posting WHERE brand_id = {brand}"
_FLOWS: Final = f"""
    SELECT f.asset, f.kind, f.source_place, f.target_place, f.quarter * {QUARTER_MS} AS occurred_ms,
    count(*) AS moves, CAST(sum(f.units) AS bigint) AS units FROM (
        SELECT x.code AS asset, CASE m.kind {_NAMES} END AS kind, s.place AS source_place,
        t.place AS target_place, p.occurred_ms / {QUARTER_MS} AS quarter, m.units
        FROM loyalty_move m JOIN loyalty_asset x ON x.id = m.asset_id
        JOIN loyalty_account s ON s.id = m.source_id JOIN loyalty_account t ON t.id = m.target_id
        JOIN loyalty_posting p ON p.id = m.posting_id
        WHERE x.brand_id = {{brand}} AND m.kind IN ({_ENTRIES})
    ) f GROUP BY f.asset, f.kind, f.source_place, f.target_place, f.quarter
    ORDER BY f.asset, f.kind, f.source_place, f.target_place, f.quarter"""
_LOTS: Final = f"""
    SELECT l.id, a.subject_id, x.code AS asset, CASE WHEN m.kind = {int(Kind.RETURN)} THEN 'returned'
    WHEN s.place = '{Place.WALLET}' THEN 'moved' ELSE 'issued' END AS came, p.occurred_ms,
    nullif(l.expires_ms, {NEVER_MS}) AS expires_ms, l.units
    FROM loyalty_lot l JOIN loyalty_move m ON m.id = l.id JOIN loyalty_posting p ON p.id = m.posting_id
    JOIN loyalty_account a ON a.id = l.account_id JOIN loyalty_account s ON s.id = m.source_id
    JOIN loyalty_asset x ON x.id = a.asset_id WHERE x.brand_id = {{brand}} ORDER BY l.id"""
# What a pending move held counts once it is posted, with what the posting let free, and not where it came to
# nothing.
_USES: Final = f"""
    SELECT u.id, u.lot_id, CASE WHEN m.kind = {int(Kind.EXPIRE)} THEN 'expired'
    WHEN m.kind IN ({int(Kind.CLAW)}, {int(Kind.PAY)}) THEN 'withdrawn'
    WHEN t.place = '{Place.WALLET}' THEN 'moved' ELSE 'used' END AS way, p.occurred_ms, u.units
    FROM loyalty_use u JOIN loyalty_move h ON h.id = u.move_id
    LEFT JOIN loyalty_move r ON r.pending_id = h.id AND r.kind = {int(Kind.POST)}
    JOIN loyalty_move m ON m.id = coalesce(r.id, h.id) JOIN loyalty_posting p ON p.id = m.posting_id
    JOIN loyalty_account t ON t.id = m.target_id JOIN loyalty_asset x ON x.id = m.asset_id
    WHERE x.brand_id = {{brand}} AND m.kind IN ({_ENTRIES}) ORDER BY u.id"""


def register() -> None:
    """Called once, at start-up."""
    both = ("sqlite", "postgresql")
    for table, rows in (("ledger_flows", _FLOWS), ("ledger_lots", _LOTS), ("ledger_uses", _USES)):
        registry.snapshots.register(
            SnapshotSource(table, marker=dict.fromkeys(both, _MARKER), rows=dict.fromkeys(both, rows))
        )
