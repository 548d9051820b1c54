"""Erasure (PIPL 47): keys destroyed, identifiers and what was known gone, rows of money left without a name.

All of it is one transaction in the brand's turn: an erasure that is killed has done nothing, and is done
again; of two at once the later finds that it is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from guanxi.customers import hooks, store
from guanxi.customers.hooks import What
from guanxi.customers.identifiers import is_personal
from guanxi.customers.models import (
    ContactDenial,
    Customer,
    Decision,
    Link,
    Preference,
    Review,
    SubjectMove,
    Tagging,
)
from guanxi.customers.resolution import settle
from guanxi.customers.rights import requests, tombstones
from guanxi.customers.rights.contracts import ERASED, OPEN, Erased, Kind, State, copy_name
from guanxi.customers.rights.hooks import ERASERS, SOURCES, Person
from guanxi.customers.rights.models import FrozenSubject, RightsRequest
from guanxi.customers.store import Row
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.platform import audit, jobs, storage, vault
from guanxi.platform.bulk import among
from guanxi.platform.models import StoredFile
from guanxi.platform.writing import writing

SYNC_JOB: Final = "warehouse.sync"
FACTS: Final = "touchpoints_touchpoint"  # what an eraser says that it kept of the log
_UNNAME: Final = (
    "UPDATE customers_subject SET scheme = %s, key = CAST(id AS varchar(40)), holder = 0, customer_id = id,"
    " anchored = {no}, contested = {no}, crowded = {no}, sealed_hash = 0, traits = '',"
    " last_ms = 0 WHERE"
)


class Consequence(NamedTuple):
    """What an erasure would do, in numbers; `rows` by label of each source."""

    identities: int
    rows: Sequence[tuple[str, int]]


def consequence(brand_id: int, customer_id: int) -> Consequence:
    """Before anything is done. Raises NotFound or Conflict as `erase`."""
    person = person_of(brand_id, customer_id)
    rows = [(str(source.label), sum(1 for _row in source.read(person))) for source in SOURCES]
    return Consequence(len(person.subject_ids), rows)


def person_of(brand_id: int, customer_id: int) -> Person:
    """The customer with all its subjects. Raises NotFound; Conflict where it was erased or merged away."""
    found = Customer.objects.filter(brand_id=brand_id, pk=customer_id).first()
    if found is None:
        if was_erased(brand_id, customer_id):
            raise Conflict(
                _("Customer %(id)s has been erased already.") % {"id": customer_id}, customer_id=customer_id
            )
        raise NotFound(_("There is no such customer."), customer_id=customer_id)
    if found.merged_into_id is not None:
        raise Conflict(
            _("Customer %(customer)s has meanwhile been merged into another one. Look again.")
            % {"customer": customer_id},
            customer_id=customer_id,
            merged_into=found.merged_into_id,
        )
    rows = store.load_customers_subjects(brand_id, [customer_id])
    return Person(brand_id, customer_id, sorted(row.id for row in rows))


def was_erased(brand_id: int, customer_id: int) -> bool:
    """Whether the customer of that number was erased: itself, not those merged into it."""
    done = RightsRequest.objects.filter(kind=Kind.ERASURE, state=State.DONE, customer_id=customer_id)
    return done.filter(brand_id=brand_id).exists()


def erase(
    brand_id: int,
    customer_id: int,
    *,
    actor: object,
    reason: str,
    identities: int | None = None,
    request_id: int | None = None,
) -> Erased:
    """Erase a customer for ever. `identities` is how many whoever confirmed it was shown.

    Raises NotFound, Invalid without a reason, Conflict where it was erased, merged or changed meanwhile.
    """
    if not reason.strip():
        raise Invalid(_("Say why, for the record."), field="reason")
    with writing(brand_id), _overwriting():
        person = person_of(brand_id, customer_id)
        if identities is not None and identities != len(person.subject_ids):
            raise Conflict(_("This customer has changed since you looked. Look again."))
        at_ms = now_ms()
        request = requests.taken(person, Kind.ERASURE, request_id, actor=actor, reason=reason)
        rows = list(store.load_subjects(brand_id, person.subject_ids))
        tombstones.put(brand_id, {(row.scheme, row.key) for row in rows}, at_ms)
        removed: dict[str, int] = {}
        for eraser in ERASERS:
            for table, count in eraser.erase(person).items():
                removed[table] = removed.get(table, 0) + count
        neighbours = _neighbours(brand_id, rows)
        removed |= _own(person)
        _forget_denied(brand_id, rows)
        keys = vault.erase(brand_id, person.subject_ids)
        _unname(person.subject_ids)
        settle(brand_id, neighbours, actor=str(actor))
        kept = removed.pop(FACTS, 0)
        result = {"identities": len(rows), "keys": keys, "kept_facts": kept, "removed": removed}
        _close_others(person, request.pk)
        requests.end(request, State.DONE, actor, result=result)
        detail = {"identity_count": len(rows), "kept_rows": kept, "reason": reason[:200]}
        audit.record(brand_id, str(actor), "customer.erased", "customer", customer_id, detail=detail)
        hooks.changed(brand_id, What.IDENTITY, set(person.subject_ids))
        if SYNC_JOB in jobs.kinds:
            jobs.enqueue(SYNC_JOB, brand_id=brand_id, unique_key=f"brand:{brand_id}")
    return Erased(request.pk, customer_id, len(rows), keys, removed, kept)


class _overwriting:  # noqa: N801 - reads as a verb
    """On SQLite, what is deleted is overwritten in the file, not only let go of."""

    def __enter__(self) -> None:
        self._set("ON")

    def __exit__(self, *_error: object) -> None:
        self._set("OFF")

    def _set(self, mode: str) -> None:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA secure_delete = {mode}")


def _neighbours(brand_id: int, rows: Sequence[Row]) -> set[int]:
    """Other people's subjects that these had a say in: tied to them, or the same contact by another name."""
    ours = {row.id for row in rows}
    tied = {number for tie in store.load_ties(ours) for number in (tie.a, tie.b)}
    contacts = {(row.scheme, row.key) for row in rows if is_personal(row.scheme)}
    tied |= {row.id for row in store.find_subjects(brand_id, contacts)}
    tied |= {number for one in store.load_rulings(brand_id, ours) for number in (one.a, one.b)}
    return tied - ours


def _own(person: Person) -> Mapping[str, int]:
    """What this room holds of the person beside the subjects themselves."""
    ids = person.subject_ids
    removed: dict[str, int] = {}
    pairs: tuple[type[Model], ...] = (Link, Decision, Review)
    for model in pairs:
        either = Q(a_id__in=ids) | Q(b_id__in=ids)
        removed[model._meta.db_table] = model._base_manager.filter(either).delete()[0]
    singles: tuple[type[Model], ...] = (SubjectMove, Tagging, Preference, FrozenSubject, ContactDenial)
    for model in singles:
        removed[model._meta.db_table] = model._base_manager.filter(subject_id__in=ids).delete()[0]
    removed[Customer._meta.db_table] = Customer.objects.filter(
        brand_id=person.brand_id, pk__in=[person.customer_id, *ids]
    ).delete()[0]
    return removed


def _forget_denied(brand_id: int, rows: Sequence[Row]) -> None:
    """Other people's corrections hold the erased contact's blind index; the tombstone alone stays."""
    keys = [row.key for row in rows if is_personal(row.scheme)]
    ContactDenial.objects.filter(brand_id=brand_id, key__in=keys).delete()


def _unname(subject_ids: Sequence[int]) -> None:
    """Each identity's row stays, so that facts of money have a subject, as nobody's: by itself, without a
    name, tied to none of the others."""
    condition, parameter = among("id", subject_ids)
    no = "false" if connection.vendor == "postgresql" else "0"
    with connection.cursor() as cursor:
        cursor.execute(f"{_UNNAME.format(no=no)} {condition}", [ERASED, parameter])


def _close_others(person: Person, request_id: int) -> None:
    """Nothing else can be asked for any more; the copies that were made go, and words that people wrote."""
    ours = RightsRequest.objects.filter(
        brand_id=person.brand_id, customer_id__in=[person.customer_id, *person.subject_ids]
    ).exclude(pk=request_id)
    copies = Q()
    for number in {person.customer_id, *person.subject_ids}:
        copies |= Q(name__startswith=copy_name(number))
    files = StoredFile.objects.filter(copies, brand_id=person.brand_id)
    storage.forget(list(files.values_list("pk", flat=True)))
    ours.filter(state__in=OPEN).update(state=State.REFUSED, ended_ms=now_ms(), handled_by="system")
    ours.update(file_id=None, reason="")
