"""Tags: the dictionary, and what puts them on customers and takes them off again.

A tag is put on a subject (by hand on the customer's own, by a file on the one its record names); a customer
has the tags of all its subjects. So a merge unites them, and an unmerge gives each side its own back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from guanxi.customers import hooks
from guanxi.customers.bulk import changes
from guanxi.customers.consent import own_tags
from guanxi.customers.hooks import Happening, What
from guanxi.customers.lookup import customer_ids_of, roots_of, roots_of_many
from guanxi.customers.models import Tag, Tagging
from guanxi.customers.tag_dictionary import MOST_TAGS, Origin, clean_name, define_tag, find_tag
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform import audit
from guanxi.platform.bulk import among, insert_rows
from guanxi.platform.writing import writing

AT_ONCE: Final = 5_000  # customers a transaction, so that others wait no longer than a moment
COLUMNS: Final = {
    "brand_id": "bigint",
    "tag_id": "bigint",
    "subject_id": "bigint",
    "source": "text",
    "actor": "text",
    "at_ms": "bigint",
}
# CROSS JOIN keeps SQLite's planner from going through all taggings.
_OF_CUSTOMERS: Final = """
    SELECT t.tag_id, s.customer_id, t.id FROM customers_subject s CROSS JOIN customers_tagging t
    WHERE t.subject_id = s.id AND t.brand_id = %s AND
"""


class Tagged(NamedTuple):
    """What became of a call: pairs of tag and customer. `unknown` are ids of no customer of the brand."""

    changed: int
    unchanged: int
    unknown: Sequence[int]


class RuleSet(NamedTuple):
    added: int
    removed: int


class By(NamedTuple):
    """Who does it, and whether what follows from it may set messages going."""

    source: Origin
    actor: str
    live: bool


# ---------------------------------------------------------------- on customers


def add_tags(
    brand_id: int,
    names: Collection[str],
    customer_ids: Collection[int],
    *,
    actor: object,
    source: Origin = Origin.HAND,
    live: bool = True,
) -> Tagged:
    """Put tags on customers (of one merged away, on the one it became). What they have already stays, and
    what they took off themselves stays off: both count as unchanged.

    Raises NotFound for a tag that the dictionary does not have, Conflict for one that is archived or kept by
    a rule. Thousands of customers are taken a part at a time, each in its own transaction.
    """
    tags = [usable(brand_id, name, source) for name in dict.fromkeys(names)]
    by = By(source, str(actor)[:160], live)
    changed, total = 0, 0
    unknown: list[int] = []
    for part in _parts(customer_ids):
        with writing(brand_id):
            found = roots_of(brand_id, part)
            unknown += [number for number in part if number not in found]
            owners = set(found.values())
            total += len(owners) * len(tags)
            settled = {(tag, customer) for tag, customer, _number in held(brand_id, owners)}
            settled |= own_tags.refused(brand_id, owners)
            fresh = {tag: sorted(c for c in owners if (tag.pk, c) not in settled) for tag in tags}
            put(brand_id, fresh, by)
            changed += sum(map(len, fresh.values()))
    return Tagged(changed, total - changed, unknown)


def remove_tags(
    brand_id: int,
    names: Collection[str],
    customer_ids: Collection[int],
    *,
    actor: object,
    source: Origin = Origin.HAND,
    live: bool = True,
) -> Tagged:
    """Take tags off customers, from whichever of their subjects have them. Raises as `add_tags`, but archived
    tags may be taken off."""
    tags = [usable(brand_id, name, source, archived=True) for name in dict.fromkeys(names)]
    by = By(source, str(actor)[:160], live)
    changed, total = 0, 0
    unknown: list[int] = []
    for part in _parts(customer_ids):
        with writing(brand_id):
            found = roots_of(brand_id, part)
            unknown += [number for number in part if number not in found]
            owners = set(found.values())
            total += len(owners) * len(tags)
            carried = list(held(brand_id, owners))
            changed += sum(take(brand_id, tag, carried, by) for tag in tags)
    return Tagged(changed, total - changed, unknown)


def forgo_tags(brand_id: int, subject_id: int, names: Collection[str], *, actor: object) -> int:
    """The customer that a subject belongs to takes tags off for good, those that a rule keeps too; how many.
    What they do not carry is left out."""
    with writing(brand_id):
        owners = customer_ids_of(brand_id, [subject_id])
        rows = list(held(brand_id, set(owners.values())))
        carried = {tag for tag, _customer, _row in rows}
        tags = list(Tag.objects.filter(brand_id=brand_id, name__in=list(names), pk__in=carried))
        own_tags.refuse(brand_id, subject_id, [tag.pk for tag in tags])
        by = By(Origin.HAND, str(actor)[:160], live=True)
        return sum(take(brand_id, tag, rows, by) for tag in tags)


def set_rule_tags(
    brand_id: int, name: str, customer_ids: Collection[int], *, actor: object = "system", live: bool = True
) -> RuleSet:
    """Make exactly these customers have a tag that a rule keeps; who has it and is not among them loses it.

    Raises NotFound, or Conflict where the tag is archived or not kept by a rule.
    """
    tag = usable(brand_id, name, Origin.RULE)
    present = _customers_with(brand_id, tag.pk)
    wanted = set(roots_of_many(brand_id, customer_ids).values())
    leaving = sorted(present - wanted)
    added = add_tags(brand_id, [name], sorted(wanted - present), actor=actor, source=Origin.RULE, live=live)
    removed = remove_tags(brand_id, [name], leaving, actor=actor, source=Origin.RULE, live=live)
    return RuleSet(added.changed, removed.changed)


def take_recorded_tags(brand_id: int, recorded: Sequence[tuple[int, Iterable[str]]], *, actor: object) -> int:
    """Tags that records carried, by subject; how many were new. The record is their touchpoint.

    New names join the dictionary as long as there is room; what cannot be a name, is archived, is kept by a
    rule or was taken off by the customer is left out, since no record is refused for its tags.
    """
    known = {tag.name: tag for tag in Tag.objects.filter(brand_id=brand_id)}
    pairs = [(subject, name) for subject, names in recorded for name in map(_kept_name, names) if name]
    for name in dict.fromkeys(name for _subject, name in pairs):
        if name not in known and len(known) < MOST_TAGS:
            known[name] = define_tag(brand_id, name, origin=Origin.IMPORT, actor=actor)
    usable = {name: tag.pk for name, tag in known.items() if not tag.archived and tag.origin != Origin.RULE}
    owner = customer_ids_of(brand_id, [one for one, _n in pairs]) if own_tags.any_refused(brand_id) else {}
    refused = own_tags.refused(brand_id, set(owner.values()))
    at_ms, by = now_ms(), str(actor)[:160]
    rows = {
        (usable[name], subject): (brand_id, usable[name], subject, Origin.IMPORT.value, by, at_ms)
        for subject, name in pairs
        if name in usable and (usable[name], owner.get(subject)) not in refused
    }
    before = Tagging.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    insert_rows(
        "customers_tagging",
        COLUMNS,
        [rows[key] for key in sorted(rows)],
        on_conflict="ON CONFLICT DO NOTHING",
    )
    new = list(Tagging.objects.filter(pk__gt=before, brand_id=brand_id).values_list("subject_id", flat=True))
    customers = set(customer_ids_of(brand_id, new).values()) if new else set()
    changes.overtake(brand_id, customers)
    hooks.changed(brand_id, What.TAG, customers)
    return len(new)


def _kept_name(name: str) -> str:
    try:
        return clean_name(name)
    except Invalid:
        return ""


def usable(brand_id: int, name: str, source: Origin, *, archived: bool = False) -> Tag:
    tag = find_tag(brand_id, name)
    if tag.archived and not archived:
        raise Conflict(
            _("The tag '%(name)s' is archived.") % {"name": tag.name},
            remedy=_("Take it out of the archive first."),
        )
    if (tag.origin == Origin.RULE) != (source == Origin.RULE):
        raise Conflict(
            _("The tag '%(name)s' is kept by a rule.") % {"name": tag.name}
            if tag.origin == Origin.RULE
            else _("The tag '%(name)s' is not kept by a rule.") % {"name": tag.name},
            remedy=_("Use another tag, or change who keeps it in the dictionary."),
        )
    return tag


def _parts(customer_ids: Collection[int]) -> Iterator[list[int]]:
    ids = sorted(set(customer_ids))
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def held(brand_id: int, customer_ids: Collection[int]) -> Iterator[tuple[int, int, int]]:
    """(tag, customer, row) of all tags on the customers' subjects."""
    if not customer_ids:
        return
    condition, parameter = among("s.customer_id", customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(f"{_OF_CUSTOMERS} {condition}", [brand_id, parameter])
        yield from cursor.fetchall()


def _customers_with(brand_id: int, tag_id: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT s.customer_id FROM customers_tagging t CROSS JOIN customers_subject s "
            "WHERE s.id = t.subject_id AND t.tag_id = %s AND t.brand_id = %s",
            [tag_id, brand_id],
        )
        return {customer for (customer,) in cursor.fetchall()}


def put(brand_id: int, fresh: dict[Tag, list[int]], by: By) -> None:
    at_ms = now_ms()
    rows = [
        (brand_id, tag.pk, customer, by.source.value, by.actor, at_ms)
        for tag, customers in fresh.items()
        for customer in customers
    ]
    insert_rows("customers_tagging", COLUMNS, rows)
    changes.overtake(brand_id, {row[2] for row in rows})
    for tag, customers in fresh.items():
        say_so(brand_id, "tag.added", tag, customers, by)


def take(brand_id: int, tag: Tag, carried: Sequence[tuple[int, int, int]], by: By) -> int:
    """Take the tag off all customers of `carried`, as `held` gives it; how many there were."""
    rows = [row for number, _customer, row in carried if number == tag.pk]
    if not rows:
        return 0
    condition, parameter = among("id", rows)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM customers_tagging WHERE {condition}", [parameter])
    gone = sorted({customer for number, customer, _row in carried if number == tag.pk})
    say_so(brand_id, "tag.removed", tag, gone, by)
    return len(gone)


def say_so(brand_id: int, kind: str, tag: Tag, customers: Sequence[int], by: By) -> None:
    """The audit log, the log of touchpoints and the rooms above, in the same transaction."""
    if not customers:
        return
    detail = {"customer_count": len(customers), "source": by.source.value}
    audit.record(brand_id, by.actor, kind, "tag", tag.pk, detail=detail)
    at_ms, payload = now_ms(), {"tag": tag.name, "source": by.source.value}
    hooks.tell(brand_id, [Happening(kind, customer, at_ms, payload) for customer in customers], live=by.live)
    hooks.changed(brand_id, What.TAG, customers)


# ---------------------------------------------------------------- reads


class Carried(NamedTuple):
    """A tag on a customer: since when, and who put it there."""

    name: str
    label: str
    origin: str
    archived: bool
    since_ms: int


def tags_of(brand_id: int, subject_ids: Collection[int]) -> list[Carried]:
    """The tags that some subjects carry, by name, each since it was first put on; in two queries."""
    first = _first_put(brand_id, subject_ids)
    tags = Tag.objects.filter(brand_id=brand_id, pk__in=list(first)).order_by("name")
    return [_carried(tag, first[tag.pk]) for tag in tags]


def tags_of_and_others(
    brand_id: int, subject_ids: Collection[int]
) -> tuple[list[Carried], list[tuple[str, str]]]:
    """The same, and the tags in use that they do not carry, as name and label; in two queries."""
    first = _first_put(brand_id, subject_ids)
    tags = list(Tag.objects.filter(brand_id=brand_id).order_by("name"))
    others = [(t.name, t.label or t.name) for t in tags if t.pk not in first and not t.archived]
    return [_carried(tag, first[tag.pk]) for tag in tags if tag.pk in first], others


def _carried(tag: Tag, since_ms: int) -> Carried:
    return Carried(tag.name, tag.label or tag.name, tag.origin, tag.archived, since_ms)


def _first_put(brand_id: int, subject_ids: Collection[int]) -> dict[int, int]:
    """tag → when it was first put on one of the subjects."""
    first: dict[int, int] = {}
    rows = Tagging.objects.filter(brand_id=brand_id, subject_id__in=list(subject_ids))
    for tag_id, at_ms in rows.values_list("tag_id", "at_ms"):
        first[tag_id] = min(at_ms, first.get(tag_id, at_ms))
    return first


def tags_of_many(brand_id: int, customer_ids: Collection[int]) -> dict[int, list[str]]:
    """customer → names of its tags, sorted; the same two queries for any number."""
    rows = list(held(brand_id, customer_ids))
    names = dict(Tag.objects.filter(pk__in={tag for tag, _c, _r in rows}).values_list("pk", "name"))
    found: dict[int, set[str]] = {}
    for tag, customer, _row in rows:
        found.setdefault(customer, set()).add(names[tag])
    return {customer: sorted(found.get(customer, ())) for customer in customer_ids}
