"""What upper rooms bring to the warehouse. They register in `AppConfig.ready`."""

from __future__ import annotations

from guanxi.kernel.registries import Registry
from guanxi.warehouse.contracts import AfterSync, LogSource, SnapshotSource

logs: Registry[LogSource] = Registry("log source", lambda source: source.table)
snapshots: Registry[SnapshotSource] = Registry("snapshot source", lambda source: source.table)
after_sync: Registry[AfterSync] = Registry("after-sync step", lambda step: step.name)
