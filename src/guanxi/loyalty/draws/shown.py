"""Draws as machines see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guanxi.kernel.clock import to_datetime
from guanxi.loyalty.draws import queries
from guanxi.loyalty.draws.entering import Entered
from guanxi.loyalty.draws.models import Draw


def draw(row: Draw) -> dict[str, Any]:
    """Terms and hashes; the seed once it is revealed."""
    return {
        "id": row.pk,
        "code": row.code,
        "title": row.terms["title"],
        "mode": row.mode,
        "state": row.state,
        "version": row.version,
        "opens_at": _at(row.opens_ms),
        "closes_at": _at(row.closes_ms),
        "entries": row.entered,
        "terms": row.terms,
        "terms_hash": row.terms_hash or None,
        "seed_hash": row.seed_hash or None,
        "seed": row.seed or None,
        "entropy": row.entropy or None,
        "entries_hash": row.entries_hash or None,
        "result_hash": row.result_hash or None,
    }


def results(row: Draw) -> dict[str, Any]:
    """What was won so far, by prize, and the winners that are published, masked."""
    dealt = queries.dealt(row)
    return {
        "draw": row.pk,
        "state": row.state,
        "result_hash": row.result_hash or None,
        "prizes": [
            {"code": one["code"], "quantity": one["quantity"], "won": dealt.get(one["code"], 0)}
            for one in row.terms["prizes"]
        ],
        "winners": [
            {"entry": one.number, "prize": one.prize, "who": one.who, "state": one.state}
            for one in queries.winners(row, published=True)
        ],
    }


def entered(row: Draw, made: Entered) -> dict[str, Any]:
    """What an entry came to. `answered` is false where prizes are drawn at the end."""
    prizes: Mapping[str, Any] = {one["code"]: one for one in row.terms["prizes"]}
    return {
        "draw": row.pk,
        "entry": made.number,
        "nonce": made.nonce,
        "answered": row.mode == "instant" or bool(row.result_hash),
        "prize": prizes[made.prize] if made.prize else None,
        "new": made.new,
    }


def _at(at_ms: int) -> str:
    return to_datetime(at_ms).isoformat()
