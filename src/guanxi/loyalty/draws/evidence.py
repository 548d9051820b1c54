"""The evidence of a draw: all that an outsider needs to work it out again, and no personal data."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any, Final

from guanxi.kernel.clock import to_datetime
from guanxi.kernel.errors import Conflict
from guanxi.kernel.wording import say
from guanxi.loyalty.draws import settling, verify_draw
from guanxi.loyalty.draws.contracts import FORMAT, KEPT_DAYS, State
from guanxi.loyalty.draws.models import Draw, DrawVersion

_README: Final = """Evidence of a lucky draw.

evidence.json   terms with every version, hashes, seed, entrants under pseudonyms, winners
verify_draw.py  replays the draw: python verify_draw.py {name} --terms HASH --seed HASH --entries HASH

Python 3.9 or later is all it needs. Give it the hashes that you noted when they were published. The
algorithm is described in the guide of the program, under Lucky draws.
Keep this file until {until} at the least.
"""


def evidence(draw: Draw) -> dict[str, Any]:
    """Raises Conflict before the seed is public."""
    if draw.state != State.REVEALED.value:
        raise Conflict(
            say("The evidence is complete once the seed is revealed."), remedy=say("Let the draw be settled.")
        )
    rows = settling.rows_of(draw.pk)
    codes = [one["code"] for one in draw.terms["prizes"]]
    winners = [[row.number, codes[row.place]] for row in rows if row.place is not None and not row.excluded]
    versions = DrawVersion.objects.filter(draw=draw).order_by("version")
    times = ("published_ms", "closed_ms", "drawn_ms", "revealed_ms")
    return {
        "format": FORMAT,
        "draw": draw.code,
        "versions": [
            {"version": one.version, "terms": one.terms, "terms_hash": one.terms_hash, "at_ms": one.at_ms}
            for one in versions
        ],
        "terms_hash": draw.terms_hash,
        "seed_hash": draw.seed_hash,
        "seed": draw.seed,
        "entropy": draw.entropy,
        "entropy_evidence": draw.entropy_evidence,
        "entries_hash": draw.entries_hash,
        "entries": [[row.number, row.person, row.version, row.nonce, row.excluded] for row in rows],
        "winners": winners,
        "result_hash": draw.result_hash,
        "consoled": draw.consoled,
        "timeline": {name: getattr(draw, name) for name in times},
    }


def archive(draw: Draw) -> bytes:
    """The zip with evidence, script and what to do; the same bytes each time. Raises Conflict."""
    until = to_datetime(draw.revealed_ms + KEPT_DAYS * 86_400_000).date().isoformat()
    script = Path(verify_draw.__file__).read_text(encoding="utf-8")
    files = {
        "evidence.json": json.dumps(evidence(draw), ensure_ascii=False, separators=(",", ":")),
        "verify_draw.py": script,
        "README.txt": _README.format(name=name_of(draw), until=until),
    }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as into:
        for name, text in files.items():
            into.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED, 6)
    return whole.getvalue()


def name_of(draw: Draw) -> str:
    return f"draw-{draw.code}-evidence.zip"


def replayed(draw: Draw) -> list[tuple[str, bool]]:
    """What the outside script says of it, here and now. Raises Conflict."""
    told = json.loads(json.dumps(evidence(draw)))
    noted = {"terms": draw.terms_hash, "seed": draw.seed_hash, "entries": draw.entries_hash}
    return verify_draw.check(told, noted)
