"""Customers found by id or by identity, for machines: what the API shows of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple

from django.db import connection

from guanxi.customers import held, store
from guanxi.customers.contracts import Identity
from guanxi.customers.identifiers import is_personal
from guanxi.customers.models import Customer, Subject
from guanxi.customers.rights.storing import NOT_FROZEN, frozen_among
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.platform import vault
from guanxi.platform.bulk import among

AT_ONCE = 5_000

# Asked several times for a page of a member: as SQL, which takes a tenth of what the query's making would.
_SUBJECTS: Final = """
SELECT s.id FROM customers_subject s WHERE s.brand_id + 0 = %s
AND s.customer_id = (SELECT r.customer_id FROM customers_subject r WHERE r.id = %s AND r.brand_id = %s)
AND EXISTS (SELECT 1 FROM customers_customer c WHERE c.id = %s AND c.brand_id = %s) ORDER BY s.id
"""


class Known(NamedTuple):
    """An identity of a customer. `value` is in full: whoever shows it masks phones and emails."""

    scheme: str
    value: str | None
    first_ms: int


class Summary(NamedTuple):
    """A customer with identities and newest details, in full: whoever shows them masks them."""

    id: int
    created_ms: int
    first_ms: int
    last_ms: int
    gender: str
    birthday: str
    birthday_calendar: str
    language: str
    adcode: int | None
    orders: int
    revenue_fen: int
    name: str | None
    identities: list[Known]


def customer_ids_of(brand_id: int, subject_ids: Collection[int]) -> dict[int, int]:
    """subject → customer, for those subjects of the brand."""
    if not subject_ids:
        return {}
    where, these = among("id", sorted(set(subject_ids)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, customer_id FROM customers_subject WHERE {where} AND brand_id + 0 = %s",
            [these, brand_id],
        )
        return dict(cursor.fetchall())


def roots_of(brand_id: int, customer_ids: Collection[int]) -> dict[int, int]:
    """id → the customer it is today, for those ids that are or were a customer of the brand and not frozen:
    an id is that of a subject, so the subject map answers also for customers that were merged away."""
    roots = customer_ids_of(brand_id, customer_ids)
    rows = Customer.objects.filter(brand_id=brand_id, pk__in=set(roots.values()), merged_into_id__isnull=True)
    alive = set(rows.values_list("pk", flat=True)) - frozen_among(set(roots.values()))
    return {number: root for number, root in roots.items() if root in alive}


def roots_of_many(brand_id: int, customer_ids: Collection[int]) -> dict[int, int]:
    """The same for any number, a part at a time."""
    ids = sorted(set(customer_ids))
    roots: dict[int, int] = {}
    for start in range(0, len(ids), AT_ONCE):
        roots |= roots_of(brand_id, ids[start : start + AT_ONCE])
    return roots


def keys_of(brand_id: int, subject_ids: Collection[int]) -> set[tuple[str, str]]:
    """(scheme, key) of these subjects: a blind index of a phone or an email, else the id itself."""
    found = Subject.of_brand(brand_id).filter(pk__in=sorted(set(subject_ids)))
    return set(found.values_list("scheme", "key"))


def brand_ids_of(subject_ids: Collection[int]) -> dict[int, int]:
    """subject → brand, for those that exist."""
    return dict(Subject.objects.filter(pk__in=list(subject_ids)).values_list("pk", "brand_id"))


def subject_ids_of(brand_id: int, customer_id: int) -> list[int]:
    """The subjects of a customer; of one that was merged away, those of the customer it became. One
    question."""
    if not -(1 << 63) <= customer_id < 1 << 63:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SUBJECTS, [brand_id, customer_id, brand_id, customer_id, brand_id])
        return [subject for (subject,) in cursor.fetchall()]


def root_of(brand_id: int, customer_id: int) -> int | None:
    """The customer that `customer_id` is today, or None where the brand never had it. An id is that of a
    subject, so the subject map answers also for ids that were merged away."""
    if not -(1 << 63) <= customer_id < 1 << 63:
        return None
    if not Customer.objects.filter(pk=customer_id, brand_id=brand_id).exists():
        return None
    found = Subject.objects.filter(pk=customer_id, brand_id=brand_id)
    return found.values_list("customer_id", flat=True).first()


def living(brand_id: int, customer_ids: Collection[int]) -> list[int]:
    """Those of `customer_ids` that are customers of the brand today and not frozen, by id."""
    if not customer_ids:
        return []
    condition, parameter = among("id", customer_ids)
    with connection.cursor() as cursor:
        # The brand is compared in a form that no index answers.
        cursor.execute(
            f"SELECT id FROM customers_customer WHERE {condition} AND brand_id + 0 = %s"
            f" AND merged_into_id IS NULL AND {NOT_FROZEN} ORDER BY id",
            [parameter, brand_id],
        )
        return [customer for (customer,) in cursor.fetchall()]


def live_ids(brand_id: int, *, after: int = 0, limit: int = 50, has: str = "", lacks: str = "") -> list[int]:
    """A page of the brand's customers by id, beginning behind `after`: those that hold an identity of
    scheme `has` and none of `lacks`, where these are given. Raises Invalid for a scheme that there is not."""
    for scheme in filter(None, (has, lacks)):
        if scheme not in held.BITS:
            raise Invalid(
                say("There is no identity scheme '%(scheme)s'.", scheme=scheme),
                remedy=say("Use one of: %(known)s.", known=", ".join(held.BITS)),
            )
    rows = Customer.objects.filter(brand_id=brand_id, merged_into_id__isnull=True, pk__gt=after)
    rows = held.narrowed(rows, brand_id, has, lacks)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def count_living(brand_id: int) -> int:
    """How many customers the brand has."""
    return Customer.objects.filter(brand_id=brand_id, merged_into_id__isnull=True).count()


def find(brand_id: int, identity: Identity, limit: int = 20) -> list[int]:
    """Customers that carry a normalised identity, smallest id first. A phone may belong to several."""
    personal = is_personal(identity.scheme)
    key = vault.blind_index(brand_id, identity.scheme, identity.value) if personal else identity.value
    found = Subject.objects.filter(brand_id=brand_id, scheme=identity.scheme, key=key)
    roots = found.order_by("customer_id").values_list("customer_id", flat=True).distinct()
    live = Customer.objects.filter(brand_id=brand_id, pk__in=list(roots[: limit * 2]))
    return list(live.order_by("pk").values_list("pk", flat=True)[:limit])


def find_many(brand_id: int, identities: Collection[Identity]) -> dict[Identity, list[int]]:
    """identity → customers that carry it, by id; a query for each scheme, whatever their number."""
    keys: dict[str, dict[str, Identity]] = {}
    for one in identities:
        personal = is_personal(one.scheme)
        key = vault.blind_index(brand_id, one.scheme, one.value) if personal else one.value
        keys.setdefault(one.scheme, {})[key] = one
    found: dict[Identity, set[int]] = {}
    for scheme, wanted in keys.items():
        for row in store.find_subjects(brand_id, [(scheme, key) for key in wanted]):
            found.setdefault(wanted[row.key], set()).add(row.customer_id)
    alive = roots_of_many(brand_id, {customer for customers in found.values() for customer in customers})
    return {one: sorted(customers & alive.keys()) for one, customers in found.items()}


def summaries(brand_id: int, customer_ids: Collection[int]) -> list[Summary]:
    """Live customers of the brand among `customer_ids`, by id; the same number of queries for any number."""
    customers = Customer.objects.filter(brand_id=brand_id, pk__in=sorted(set(customer_ids)))
    rows = list(customers.filter(merged_into_id__isnull=True).order_by("pk"))
    subjects: dict[int, list[Subject]] = {row.pk: [] for row in rows}
    for subject in Subject.of_brand(brand_id).filter(customer_id__in=list(subjects)).order_by("pk"):
        subjects[subject.customer_id].append(subject)
    boxes = vault.open_many(subject.pk for group in subjects.values() for subject in group)
    return [_summary(row, subjects[row.pk], boxes) for row in rows]


def phones_of(brand_id: int, customer_ids: Collection[int]) -> dict[int, list[str]]:
    """The phones of customers in full (E.164), each once; who has none is left out. In three queries."""
    rows = Subject.of_brand(brand_id).filter(customer_id__in=list(customer_ids), scheme="phone")
    owners = dict(rows.order_by("pk").values_list("pk", "customer_id"))
    boxes = vault.open_many(owners)
    found: dict[int, dict[str, None]] = {}
    for subject, customer in owners.items():
        if seen := boxes.get(subject, {}).get("phone"):
            found.setdefault(customer, {})[seen.text] = None
    return {customer: list(phones) for customer, phones in found.items()}


def _summary(
    row: Customer, subjects: list[Subject], boxes: dict[int, dict[vault.Field, vault.Seen]]
) -> Summary:
    names = [box["name"] for subject in subjects if "name" in (box := boxes.get(subject.pk, {}))]
    newest = max(names, key=lambda seen: (seen.at_ms, seen.text), default=None)
    known: dict[tuple[str, str | None], Known] = {}
    for subject in subjects:
        value = _value(subject, boxes)
        # One phone is several subjects where several names were seen with it.
        known.setdefault((subject.scheme, value), Known(subject.scheme, value, subject.first_ms))
    return Summary(
        row.pk,
        row.created_ms,
        row.first_ms,
        row.last_ms,
        row.gender,
        row.birthday,
        row.birthday_calendar,
        row.language,
        row.adcode,
        row.orders,
        row.revenue_fen,
        newest.text if newest else None,
        list(known.values()),
    )


def values_of(subjects: Collection[Subject]) -> dict[int, str | None]:
    """subject → its identity in full; None where the vault no longer has it."""
    boxes = vault.open_many(one.pk for one in subjects if is_personal(one.scheme))
    return {one.pk: _value(one, boxes) for one in subjects}


def _value(subject: Subject, boxes: dict[int, dict[vault.Field, vault.Seen]]) -> str | None:
    if not is_personal(subject.scheme):
        return subject.key
    seen = boxes.get(subject.pk, {}).get("phone" if subject.scheme == "phone" else "email")
    return seen.text if seen else None


def kin(brand_id: int, subject_ids: Collection[int]) -> tuple[str, list[Any]]:
    """A query and its parameters: each of these subjects of the brand (`one`) with each subject of its
    customer (`other`), in order."""
    where, these = among("a.id", sorted(set(subject_ids)))
    return (
        "SELECT a.id AS one, b.id AS other FROM customers_subject a JOIN customers_subject b"
        f" ON b.customer_id = a.customer_id WHERE {where} AND a.brand_id = %s ORDER BY a.id, b.id",
        [these, brand_id],
    )


def families(pairs: Iterable[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    """subject → all subjects of its customer, of what `kin` found."""
    found: dict[int, list[int]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(other)
    return {one: tuple(others) for one, others in found.items()}


def families_of(brand_id: int, subject_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """subject → all subjects of its customer, in order, for those subjects of the brand."""
    if not subject_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(*kin(brand_id, subject_ids))
        return families(cursor.fetchall())
