"""The report of an import, beside its rejected rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from guanxi.platform.home import PRIVATE_FILE, ensure_folder
from guanxi.touchpoints.importing.messages import spoken_skipped
from guanxi.touchpoints.models import Import


def about(row: Import) -> dict[str, Any]:
    """What a report says besides the counts. Nothing of it is personal."""
    return {
        "file": row.filename,
        "sha256": row.sha256,
        "size_bytes": row.size_bytes,
        "importer": row.importer,
        "mode": row.options.get("mode", ""),
        "tables": row.cursor.get("tables", []),
        "skipped": spoken_skipped(row.cursor),
        "reasons": row.cursor.get("codes", {}),
        "smaller_refunds": row.cursor.get("smaller_refunds", 0),
        "unstated_refunds": row.cursor.get("unstated_refunds", 0),
        "rejected_rows": f"guanxi imports rejects {row.pk} --out FILE" if row.rejected else None,
    }


def write(path: Path, report: dict[str, Any]) -> None:
    ensure_folder("reports", path.parent.name)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))
    fresh.chmod(PRIVATE_FILE)
    fresh.replace(path)
