"""What the lake has of the ledger: what moved, the lots of the wallets, what left them for good, and what
customers were given."""

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
# The price of a unit may change as well, and each change of an asset raises its version.
_REWARDS_MARKER: Final = """SELECT count(*) AS n, max(id) AS top, (SELECT sum(version) FROM loyalty_asset
    WHERE brand_id = {brand}) AS versions FROM loyalty_posting WHERE brand_id = {brand}"""
# What was given with a move is what became of it: announced units until they are let go, what of them was
# posted, less what was taken back.
_REWARDS: Final = f"""
    SELECT o.id, t.subject_id, x.code AS asset, p.fact_id, p.occurred_ms, g.units,
    CAST((g.units - g.expired) * x.unit_price_fen AS bigint) AS cost_fen
    FROM loyalty_move o JOIN (
        SELECT coalesce(m.origin_id, m.id) AS origin, CAST(sum(CASE
            WHEN m.kind IN ({int(Kind.DIRECT)}, {int(Kind.POST)}) THEN m.units
            WHEN m.kind = {int(Kind.PENDING)} AND r.id IS NULL THEN m.units
            WHEN m.kind = {int(Kind.CLAW)} THEN -m.units ELSE 0 END) AS bigint) AS units,
        CAST(sum(CASE WHEN m.kind = {int(Kind.EXPIRE)} THEN m.units ELSE 0 END) AS bigint) AS expired
        FROM loyalty_move m JOIN loyalty_asset y ON y.id = m.asset_id
        LEFT JOIN loyalty_move r ON r.pending_id = m.id
        WHERE y.brand_id = {{brand}} GROUP BY coalesce(m.origin_id, m.id)
    ) g ON g.origin = o.id
    JOIN loyalty_asset x ON x.id = o.asset_id JOIN loyalty_posting p ON p.id = o.posting_id
    JOIN loyalty_account s ON s.id = o.source_id JOIN loyalty_account t ON t.id = o.target_id
    WHERE o.origin_id IS NULL AND o.kind IN ({int(Kind.DIRECT)}, {int(Kind.PENDING)})
    AND s.place IN ('{Place.ISSUED}', '{Place.STOCK}', '{Place.BUDGET}') AND t.place = '{Place.WALLET}'
    AND g.units > 0 ORDER BY o.id"""


def register() -> None:
    """Called once, at start-up."""
    both = ("sqlite", "postgresql")
    for table, rows in (("ledger_flows", _FLOWS), ("ledger_lots", _LOTS), ("ledger_uses", _USES)):
        registry.snapshots.register(
            SnapshotSource(table, marker=dict.fromkeys(both, _MARKER), rows=dict.fromkeys(both, rows))
        )
    rewards = SnapshotSource(
        "ledger_rewards",
        marker=dict.fromkeys(both, _REWARDS_MARKER),
        rows=dict.fromkeys(both, _REWARDS),
    )
    registry.snapshots.register(rewards)
