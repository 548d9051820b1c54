"""What states bring to the rooms below: a kind of touchpoint, a leaf, a table of the lake, a job."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from guanxi.economics import stored
from guanxi.economics.models import StateRules
from guanxi.economics.states import exports, jobs, kinds, leaves, rules
from guanxi.segments.contracts import Reference
from guanxi.segments.definitions import stored_references
from guanxi.segments.referring import REFERRERS, Referrer


def rules_naming(brand_id: int, segment_id: int) -> list[Reference]:
    """The rules that name a segment, which therefore cannot be put away."""
    row = StateRules.objects.filter(brand_id=brand_id).order_by("-version").first()
    found = row.rules if row else []
    return [
        Reference(gettext_noop("state"), str(one["state"]))
        for one in found
        if segment_id in stored_references(one["condition"])
    ]


def register() -> None:
    """Called once, at start-up."""
    kinds.register()
    leaves.register()
    exports.register()
    jobs.register()
    stored.bases.register(stored.Basis("states", lambda brand_id: str(rules.version_of(brand_id))))
    REFERRERS.register(Referrer("states", rules_naming))
