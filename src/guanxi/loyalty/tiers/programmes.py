"""The programme in force, read once for each of its versions."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from guanxi.loyalty.tiers.contracts import Programme
from guanxi.loyalty.tiers.models import TierProgramme
from guanxi.loyalty.tiers.parsing import parse_programme


class InForce(NamedTuple):
    programme: Programme
    version: int
    changed_ms: int
    posting_id: int


def in_force(brand_id: int) -> InForce | None:
    """The brand's programme, None where it has none. One question."""
    found = TierProgramme.objects.filter(pk=brand_id).first()
    if found is None:
        return None
    told = orjson.dumps(found.definition).decode()
    return InForce(_parsed(told), found.version, found.changed_ms, found.posting_id)


@lru_cache(maxsize=64)
def _parsed(told: str) -> Programme:
    data: Any = orjson.loads(told)
    return parse_programme(data, stored=True)
