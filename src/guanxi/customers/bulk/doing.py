"""One part of an action, or of its undo, in the caller's transaction and the brand's turn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from guanxi.customers import tags
from guanxi.customers.bulk import changes
from guanxi.customers.bulk.contracts import Counts, Verb
from guanxi.customers.bulk.models import BulkAction, BulkChange
from guanxi.customers.consent import own_tags
from guanxi.customers.lookup import customer_ids_of
from guanxi.customers.models import Customer, Tag, Tagging
from guanxi.customers.rights.storing import frozen_among
from guanxi.customers.tag_dictionary import Origin
from guanxi.platform.bulk import insert_rows


class Looked(NamedTuple):
    """Customers of one part, by what an action would do to them."""

    fresh: list[int]
    same: set[int]
    refused: set[int]
    frozen: set[int]


def look(brand_id: int, verb: Verb, tag_id: int, customer_ids: Collection[int]) -> Counts:
    """What an action would do to these, in a fixed number of queries. Who is merged away by now, or no
    customer, is unknown."""
    seen = _seen(brand_id, verb, tag_id, customer_ids)
    counts = Counts(len(seen.fresh), len(seen.same), len(seen.refused), len(seen.frozen))
    return counts._replace(unknown=len(customer_ids) - counts.chosen)


def _seen(brand_id: int, verb: Verb, tag_id: int, customer_ids: Collection[int]) -> Looked:
    living = Customer.objects.filter(brand_id=brand_id, merged_into_id__isnull=True)
    owners = set(living.filter(pk__in=customer_ids).values_list("pk", flat=True))
    frozen = frozen_among(owners)
    open_ = owners - frozen
    have = {customer for tag, customer, _row in tags.held(brand_id, open_) if tag == tag_id}
    if verb is Verb.REMOVE_TAG:
        return Looked(sorted(have), open_ - have, set(), frozen)
    said_no = {customer for tag, customer in own_tags.refused(brand_id, open_) if tag == tag_id} - have
    return Looked(sorted(open_ - have - said_no), have, said_no, frozen)


def do(action: BulkAction, tag: Tag, ids: Collection[int]) -> int:
    """Change these customers, and keep what that did; how many changed."""
    by = tags.By(Origin.HAND, action.actor, live=True)
    roots = set(customer_ids_of(action.brand_id, ids).values())
    fresh = _seen(action.brand_id, Verb(action.verb), tag.pk, roots).fresh
    if not fresh:
        return 0
    if action.verb == Verb.ADD_TAG:
        tags.put(action.brand_id, {tag: fresh}, by)
        changes.keep_put(action.pk, tag.pk, fresh)
        return len(fresh)
    held = list(tags.held(action.brand_id, fresh))
    changes.keep_taken(action.pk, tag.pk, [row for number, _customer, row in held if number == tag.pk])
    return tags.take(action.brand_id, tag, held, by)


class Now(NamedTuple):
    """How it stands when an undo comes: subject → customer, and (tag, customer, row) of the tag alone."""

    brand_id: int
    tag: Tag
    owner: Mapping[int, int]
    held: Sequence[tuple[int, int, int]]


def undo(action: BulkAction, tag: Tag, kept: Sequence[BulkChange], actor: str) -> int:
    """Give back what these changes did, where nobody changed it since; of how many customers. Messages that
    follow from tags do not follow from this."""
    by = tags.By(Origin.HAND, actor, live=False)
    owner = customer_ids_of(action.brand_id, [row.subject_id for row in kept])
    closed = frozen_among(set(owner.values())) | {0}
    open_ = [row for row in kept if owner.get(row.subject_id, 0) not in closed]
    held = [one for one in tags.held(action.brand_id, set(owner.values())) if one[0] == tag.pk]
    now = Now(action.brand_id, tag, owner, held)
    return _take_off(now, open_, by) if action.verb == Verb.ADD_TAG else _put_back(now, open_, by)


def _take_off(now: Now, kept: Sequence[BulkChange], by: tags.By) -> int:
    made = {row.tagging_id for row in kept}
    mine = [one for one in now.held if one[2] in made]
    still = {customer for _tag, customer, row in now.held if row not in made}
    rows = [row for _tag, _customer, row in mine]
    Tagging.objects.filter(pk__in=rows).delete()
    changes.uncover(now.tag.pk, rows)
    without = sorted({customer for _tag, customer, _row in mine} - still)
    tags.say_so(now.brand_id, "tag.removed", now.tag, without, by)
    return len(mine)


def _put_back(now: Now, kept: Sequence[BulkChange], by: tags.By) -> int:
    number, owner = now.tag.pk, now.owner
    refused = own_tags.refused(now.brand_id, set(owner.values()))
    back = [row for row in kept if not row.over_id and (number, owner[row.subject_id]) not in refused]
    rows = [(now.brand_id, number, row.subject_id, row.source, row.actor, row.at_ms) for row in back]
    insert_rows("customers_tagging", tags.COLUMNS, rows, on_conflict="ON CONFLICT DO NOTHING")
    changes.renamed(number, {row.subject_id: row.tagging_id for row in back})
    with_it = {owner[row.subject_id] for row in back}
    fresh = sorted(with_it - {customer for _tag, customer, _row in now.held})
    tags.say_so(now.brand_id, "tag.added", now.tag, fresh, by)
    return len(with_it)
