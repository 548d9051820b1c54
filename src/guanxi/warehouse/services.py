"""What changes the lake."""

from __future__ import annotations

from guanxi.warehouse import queries, registry, verification
from guanxi.warehouse.contracts import BrandRow, Synced, Verified
from guanxi.warehouse.engines import engine
from guanxi.warehouse.lake import Lake
from guanxi.warehouse.sync import synchronise

__all__ = ["rebuild", "sync", "sync_if_behind", "verify"]


def sync(brand: BrandRow) -> Synced:
    """Export what is new since the last sync, load the engine, bring derived figures up to date.

    Raises Conflict where another sync of the brand runs, DiskFull, Unavailable. Whatever happens, the lake
    stays readable, and the next sync goes on from what was done.
    """
    return _followed_up(brand, synchronise(brand))


def sync_if_behind(brand: BrandRow) -> None:
    """Bring the lake up to date where the database holds something that it does not. Raises as `sync`."""
    if queries.is_behind(brand):
        sync(brand)


def rebuild(brand: BrandRow) -> Synced:
    """Make the lake anew from the database beside the old one, then swap. Raises as `sync` does."""
    return _followed_up(brand, synchronise(brand, from_zero=True))


def verify(brand: BrandRow) -> Verified:
    """Compare the lake with the database: rows, amounts and quantities per month and kind, and every row
    of the snapshots. Raises Conflict while a sync runs."""
    return verification.verify(brand)


def _followed_up(brand: BrandRow, synced: Synced) -> Synced:
    engine().load(Lake(brand.slug))
    if synced.changed:
        for step in registry.after_sync:
            step.call(brand)
    return synced
