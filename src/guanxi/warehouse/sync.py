"""Bringing the lake up to date, and making it anew."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Unavailable
from guanxi.warehouse import export, letting_go, registry
from guanxi.warehouse.compaction import compacted
from guanxi.warehouse.contracts import BrandRow, Synced
from guanxi.warehouse.lake import Lake, Manifest
from guanxi.warehouse.snapshot import Snapshot


def synchronise(brand: BrandRow, *, from_zero: bool = False) -> Synced:
    """Export what is new and say what was done. From zero, the old lake stays readable until the new one
    is complete; so it is also done where what is there is no beginning (see `_is_beginning`)."""
    started = time.perf_counter()
    lake = Lake(brand.slug)
    with lake.locked():
        present = _readable(lake, from_zero)
        before = present
        with Snapshot() as snapshot:
            from_zero = from_zero or not _is_beginning(present, brand, snapshot)
            if from_zero:
                before = _beginning(brand)
            publish_steps = not from_zero or not present.version
            manifest = _exported(brand, lake, before, snapshot, publish_steps=publish_steps)
            for source in registry.logs:
                manifest = letting_go.followed(
                    lake, manifest, source, letting_go.told(source, snapshot, brand)
                )
        months = 0
        for source in registry.logs:
            manifest, rewritten = compacted(lake, manifest, source.table)
            months += rewritten
        changed = manifest.files != before.files or from_zero
        manifest = lake.commit(replace(manifest, synced_ms=now_ms()), is_new=changed)
        lake.retire(present, manifest)
    old_paths = {file.path for file in before.all_files()}
    return Synced(
        brand=brand.slug,
        rows=sum(manifest.rows(source.table) - before.rows(source.table) for source in registry.logs),
        snapshots={source.table: manifest.rows(source.table) for source in registry.snapshots},
        files_written=sum(file.path not in old_paths for file in manifest.all_files()),
        months_compacted=months,
        changed=changed,
        seconds=time.perf_counter() - started,
    )


def _readable(lake: Lake, from_zero: bool) -> Manifest:
    """The present manifest; for a rebuild a damaged one is as good as none."""
    try:
        return lake.manifest()
    except Unavailable:
        if not from_zero:
            raise
        return Manifest()


def _beginning(brand: BrandRow) -> Manifest:
    return Manifest(lineage=secrets.token_hex(8), brand=[brand.pk, brand.created_ms], timezone=brand.timezone)


def _is_beginning(manifest: Manifest, brand: BrandRow, snapshot: Snapshot) -> bool:
    """Whether the sync may go on from here. Not where the brand's time zone changed, since every local day
    moved; nor where the lake knows facts that the database has not reached, since then the database was
    replaced or restored from a backup; nor where it has let go of facts that the database holds again."""
    if manifest.timezone != brand.timezone or manifest.brand != [brand.pk, brand.created_ms]:
        return False
    return all(
        manifest.marks.get(source.table, export.START)[0] < export.until(source, snapshot)
        and letting_go.covers(letting_go.told(source, snapshot, brand), manifest.gone.get(source.table, []))
        for source in registry.logs
    )


def _exported(
    brand: BrandRow, lake: Lake, manifest: Manifest, snapshot: Snapshot, *, publish_steps: bool
) -> Manifest:
    """The manifest after the export. Snapshots come first and everything is one view of the database, so
    no step ever shows a fact whose subject the map does not know."""
    for snapshot_source in registry.snapshots:
        manifest = export.export_snapshot(snapshot_source, snapshot, brand, lake, manifest)
    for source in registry.logs:
        for step in export.export_log(source, snapshot, brand, lake, manifest):
            manifest = lake.commit(step) if publish_steps else step
    return manifest
