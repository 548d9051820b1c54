"""Tags that segments keep: exactly the members have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import override

from guanxi.customers import services as customers
from guanxi.customers.tag_dictionary import Origin
from guanxi.kernel.conditions import BrandRow
from guanxi.kernel.errors import GuanxiError
from guanxi.segments.definitions import Definition, definitions
from guanxi.segments.membership import Changes
from guanxi.segments.models import Membership

ACTOR = "segments"


def follow(brand: BrandRow, changes: Changes, known: Mapping[int, Definition], *, live: bool) -> None:
    """Put tags on those who came and take them off those who went; in the same transaction."""
    for definition in known.values():
        if not definition.tag:
            continue
        came = _of(definition, [*changes.entering, *(row[:2] for row in changes.quiet_entering)])
        went = _of(definition, [*changes.leaving, *changes.quiet_leaving])
        if came:
            customers.add_tags(brand.pk, [definition.tag], came, actor=ACTOR, source=Origin.RULE, live=live)
        if went:
            customers.remove_tags(
                brand.pk, [definition.tag], went, actor=ACTOR, source=Origin.RULE, live=live
            )


def _of(definition: Definition, pairs: Sequence[tuple[int, ...]]) -> list[int]:
    return [pair[1] for pair in pairs if pair[0] == definition.id]


def set_all(brand: BrandRow) -> dict[str, object]:
    """Bring every tag that a segment keeps to exactly its members; what changed, by tag."""
    changed: dict[str, object] = {}
    with override("en"):
        for definition in definitions(brand.pk).all().values():
            if not definition.tag:
                continue
            members = Membership.objects.filter(segment_id=definition.id)
            ids = list(members.values_list("customer_id", flat=True))
            try:
                done = customers.set_rule_tags(brand.pk, definition.tag, ids, actor=ACTOR)
            except GuanxiError as error:
                changed[definition.tag] = str(error)
                continue
            changed[definition.tag] = {"added": done.added, "removed": done.removed}
    return changed
