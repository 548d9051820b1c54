"""Bulk actions as pages and programs see them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from guanxi.customers.bulk.contracts import UNDO_MS, UNDOABLE, Bulk, Counts, State, Verb
from guanxi.customers.bulk.models import BulkAction
from guanxi.customers.models import Tag
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import NotFound

MOST_SHOWN = 100


def find(brand_id: int, action_id: int) -> Bulk:
    """Raises NotFound."""
    rows = BulkAction.objects.filter(brand_id=brand_id, pk=action_id).defer("ids")
    found = _told(rows)
    if not found:
        raise unknown()
    return found[0]


def recent(brand_id: int) -> list[Bulk]:
    """What was confirmed in the last day, by whomever, the newest first; in two queries."""
    rows = BulkAction.objects.filter(brand_id=brand_id, begun_ms__gt=now_ms() - UNDO_MS).defer("ids")
    return _told(rows.order_by("-begun_ms", "-pk")[:MOST_SHOWN])


def unknown() -> NotFound:
    return NotFound(
        _("There is no such bulk action."), remedy=_("Those of the last day are on the page Bulk actions.")
    )


def _told(rows: Iterable[BulkAction]) -> list[Bulk]:
    found = list(rows)
    known = Tag.objects.in_bulk({row.tag_id for row in found}) if found else {}
    at = now_ms()
    return [_bulk(row, known[row.tag_id], at) for row in found]


def _bulk(row: BulkAction, tag: Tag, at_ms: int) -> Bulk:
    state = State(row.state)
    return Bulk(
        id=row.pk,
        verb=Verb(row.verb),
        tag=tag.name,
        label=tag.label or tag.name,
        listing=row.listing,
        query=row.query,
        everybody=row.everybody,
        counts=Counts(row.fresh, row.same, row.refused, row.frozen, row.unknown),
        state=state,
        position=row.position,
        changed=row.changed,
        restored=row.restored,
        error=row.error,
        actor=row.actor,
        created_ms=row.created_ms,
        begun_ms=row.begun_ms,
        ended_ms=row.ended_ms,
        may_undo=state in UNDOABLE and row.begun_ms > at_ms - UNDO_MS,
    )
