"""Previewing a bulk action, confirming it, taking it back.

Each step is one guarded change of the action's state, so that whoever presses twice, or two operators at
once, do it once. Of many customers the worker does a part a transaction and notes how far it is in the same;
a worker that dies goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.customers import tags
from guanxi.customers.bulk import doing
from guanxi.customers.bulk.contracts import (
    AT_ONCE,
    MOST,
    PART,
    PREVIEW_MS,
    UNDO_MS,
    UNDOABLE,
    Bulk,
    Chosen,
    Counts,
    State,
    Verb,
)
from guanxi.customers.bulk.lists import LISTS, BulkList
from guanxi.customers.bulk.models import BulkAction, BulkChange
from guanxi.customers.bulk.queries import find, unknown
from guanxi.customers.lookup import customer_ids_of
from guanxi.customers.models import Tag
from guanxi.customers.tag_dictionary import Origin
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Forbidden, GuanxiError, Invalid, Limit, NotFound
from guanxi.platform import audit, jobs
from guanxi.platform.actors import Actor
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

KIND = "customers.bulk"
QUERY_CHARS = 200


def preview(brand: Brand, verb: str, tag_name: str, chosen: Chosen, actor: Actor) -> Bulk:
    """What an action would do, in numbers; whom it is about stays as it is now, for an hour.

    Raises NotFound for an unknown tag or list, Invalid where nobody is chosen, Conflict for a tag that a rule
    keeps or that is archived, Limit beyond 100,000 customers, Forbidden for a list one may not see.
    """
    if verb not in Verb:
        known = ", ".join(Verb.values)
        raise Invalid(_("An action is one of: %(known)s.") % {"known": known}, field="action")
    wanted = Verb(verb)
    tag = tags.usable(brand.pk, tag_name, Origin.HAND, archived=wanted is Verb.REMOVE_TAG)
    listing = _listing(chosen.listing, actor)
    query = _kept(chosen.query, listing)
    ids = _whom(brand, chosen, listing, query)
    counts, known_ids = _counted(brand.pk, wanted, tag.pk, ids)
    action = BulkAction(
        brand_id=brand.pk,
        actor=str(actor)[:160],
        verb=wanted,
        tag_id=tag.pk,
        listing=listing.name if listing else "",
        query=query,
        everybody=chosen.ids is None,
        ids=orjson.dumps(known_ids).decode(),
        **counts._asdict(),
    )
    with writing(brand.pk):
        action.save(force_insert=True)
    return find(brand.pk, action.pk)


def confirm(brand: Brand, action_id: int, actor: Actor) -> Bulk:
    """Do what was previewed: at once, or by the worker where it is more than 1,000 customers. Once confirmed,
    confirming again changes nothing. Raises NotFound, also for somebody else's preview, Conflict where it is
    older than an hour or its tag cannot be used any more."""
    with writing(brand.pk):
        rows, me = BulkAction.objects.filter(brand_id=brand.pk, pk=action_id), str(actor)[:160]
        mine = rows.filter(actor=me, state=State.PREVIEWED, created_ms__gt=now_ms() - PREVIEW_MS)
        begun = mine.update(state=State.RUNNING, begun_ms=now_ms())
        action = rows.first()
        if action is None or (action.state == State.PREVIEWED and action.actor != me):
            raise unknown()
        if not begun and action.state == State.PREVIEWED:
            raise Conflict(_("This preview is older than an hour."), remedy=_("Choose the customers again."))
        if begun:
            _tag_of(action)
            detail = {"customer_count": action.fresh, "verb": action.verb, "listing": action.listing}
            audit.record(brand.pk, actor, "bulk.confirmed", "bulk action", action.pk, detail=detail)
            _begin(action, action.fresh + action.same)
    return find(brand.pk, action_id)


def undo(brand: Brand, action_id: int, actor: Actor) -> Bulk:
    """Take back what an action did and nobody changed since; one that is under way stops first. Pressed again
    it changes nothing. Raises NotFound, Conflict after a day or where there is nothing to take back."""
    with writing(brand.pk):
        rows = BulkAction.objects.filter(brand_id=brand.pk, pk=action_id)
        begun = rows.filter(state__in=UNDOABLE, begun_ms__gt=now_ms() - UNDO_MS).update(
            state=State.UNDOING, error=""
        )
        action = rows.first()
        if action is None or action.state == State.PREVIEWED:
            raise unknown()
        if not begun and action.state in UNDOABLE:
            raise Conflict(_("What was done more than a day ago stays."), remedy=_("Do the reverse by hand."))
        if begun:
            detail = {"customer_count": action.changed, "verb": action.verb}
            audit.record(brand.pk, actor, "bulk.undone", "bulk action", action.pk, detail=detail)
            _begin(action, action.changed, undone_by=str(actor)[:160])
    return find(brand.pk, action_id)


def _begin(action: BulkAction, count: int, **arguments: str) -> None:
    if count > AT_ONCE:
        jobs.enqueue(KIND, brand_id=action.brand_id, arguments={"action": action.pk, **arguments})
        return
    while _step(action.pk, **arguments):
        pass


def run(context: jobs.JobContext) -> Mapping[str, Any]:
    """The worker's part: go on until the action has ended. What it cannot do any more ends it."""
    action_id, by = context.arguments["action"], context.arguments.get("undone_by", "")
    rows = BulkAction.objects.filter(pk=action_id).values_list("position", "changed", "restored")
    going = True
    while going:
        try:
            going = _step(action_id, undone_by=by)
        except (Conflict, NotFound) as error:
            _stop(action_id, error)
            going = False
        position, changed, restored = rows.first() or (0, 0, 0)
        context.progress(restored if by else position)
    return {"changed": changed, "restored": restored}


def _stop(action_id: int, error: GuanxiError) -> None:
    with writing():
        going = BulkAction.objects.filter(pk=action_id, state__in=[State.RUNNING, State.UNDOING])
        going.update(state=State.STOPPED, error=str(error)[:400], ended_ms=now_ms())


def _step(action_id: int, undone_by: str = "") -> bool:
    """Do, or take back, one part in one transaction; whether more is left."""
    brand_id = BulkAction.objects.filter(pk=action_id).values_list("brand_id", flat=True).first()
    if brand_id is None:
        return False
    with writing(brand_id):
        action = BulkAction.objects.select_for_update().get(pk=action_id)
        if action.state == State.RUNNING and not undone_by:
            return _do_part(action)
        if action.state == State.UNDOING and undone_by:
            return _undo_part(action, undone_by)
    return False


def _do_part(action: BulkAction) -> bool:
    ids = orjson.loads(action.ids or "[]")
    part = ids[action.position : action.position + PART]
    changed = doing.do(action, _tag_of(action), part) if part else 0
    position = action.position + len(part)
    moved = BulkAction.objects.filter(pk=action.pk)
    moved.update(position=position, changed=F("changed") + changed)
    if position >= len(ids):
        moved.update(state=State.DONE, ids="", ended_ms=now_ms())
    return position < len(ids)


def _undo_part(action: BulkAction, actor: str) -> bool:
    did, taking = BulkChange.objects.filter(action_id=action.pk), BulkAction.objects.filter(pk=action.pk)
    kept = list(did.order_by("pk")[:PART])
    if kept:
        restored = doing.undo(action, _tag_of(action, undoing=True), kept, actor)
        did.filter(pk__lte=kept[-1].pk).delete()
        taking.update(restored=F("restored") + restored)
    if len(kept) < PART:
        taking.update(state=State.UNDONE, ids="", ended_ms=now_ms())
    return len(kept) == PART


def forget(context: jobs.JobContext | None = None) -> Mapping[str, int]:
    """Delete previews after an hour, and actions with what they did after a day; how many."""
    at = now_ms()
    with writing():
        looked = BulkAction.objects.filter(state=State.PREVIEWED, created_ms__lt=at - PREVIEW_MS)
        old = BulkAction.objects.filter(begun_ms__gt=0, begun_ms__lt=at - UNDO_MS)
        ended = old.exclude(state__in=[State.RUNNING, State.UNDOING])
        gone = [*looked.values_list("pk", flat=True), *ended.values_list("pk", flat=True)]
        BulkChange.objects.filter(action_id__in=gone).delete()
        BulkAction.objects.filter(pk__in=gone).delete()
    return {"actions": len(gone)}


def _tag_of(action: BulkAction, *, undoing: bool = False) -> Tag:
    """Raises Conflict where a rule keeps it now, or, but for an undo, it was archived."""
    name = Tag.objects.values_list("name", flat=True).get(pk=action.tag_id)
    archived = undoing or action.verb == Verb.REMOVE_TAG
    return tags.usable(action.brand_id, name, Origin.HAND, archived=archived)


def _listing(name: str, actor: Actor) -> BulkList | None:
    listing = LISTS.get(name)
    if name and listing is None:
        raise NotFound(
            _("There is no list “%(name)s”.") % {"name": name[:40]},
            remedy=_("Choose among: %(names)s.") % {"names": ", ".join(one.name for one in LISTS)},
        )
    if listing is not None and not actor.may(listing.permission):
        raise Forbidden(_("You may not see this list."))
    return listing


def _kept(query: Mapping[str, str], listing: BulkList | None) -> dict[str, str]:
    names = listing.parameters if listing else ()
    return {name: query[name][:QUERY_CHARS] for name in names if query.get(name)}


def _whom(brand: Brand, chosen: Chosen, listing: BulkList | None, query: Mapping[str, str]) -> Sequence[int]:
    if chosen.ids is not None:
        ids: Sequence[int] = sorted(set(chosen.ids))
    else:
        ids = sorted(listing.ids(brand, query, MOST + 1)) if listing else []
    if not ids:
        raise Invalid(_("Nobody is chosen."), remedy=_("Tick some customers first."), field="customers")
    if len(ids) > MOST:
        raise Limit(
            _("One action changes at most %(most)s customers.") % {"most": f"{MOST:,}"},
            remedy=_("Narrow the list, or let the tag follow a segment."),
            most=MOST,
        )
    return ids


def _counted(brand_id: int, verb: Verb, tag_id: int, ids: Sequence[int]) -> tuple[Counts, list[int]]:
    """The numbers, and the customers they are about, in order: two ids may mean one by now."""
    roots: dict[int, int] = {}
    for part in _parts(ids):
        roots |= customer_ids_of(brand_id, part)
    people = sorted(set(roots.values()))
    total = Counts(unknown=len(ids) - len(roots))
    for part in _parts(people):
        counts = doing.look(brand_id, verb, tag_id, part)
        total = Counts(*(a + b for a, b in zip(total, counts, strict=True)))
    return total, people


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + PART] for start in range(0, len(ids), PART))
