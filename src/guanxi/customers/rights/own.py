"""What the room itself holds of a person, in clear for that person's eyes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.customers.identifiers import is_personal, scheme_label
from guanxi.customers.models import (
    ContactDenial,
    Customer,
    Decision,
    Link,
    Preference,
    PreferenceField,
    Review,
    Subject,
    SubjectMove,
    Tag,
    Tagging,
)
from guanxi.customers.places import place_name
from guanxi.customers.rights.hooks import SOURCES, Person, Source
from guanxi.customers.rights.models import FrozenSubject, RightsRequest
from guanxi.kernel.clock import to_datetime
from guanxi.platform import vault
from guanxi.platform.models import AuditEntry

CONTRACT = _("A contract with the person (PIPL 13 (2)); consent where there is none.")
CONSENT = _("Consent, with the right to switch personalisation off (PIPL 24).")
LAW = _("A duty under the law (PIPL 13 (3)).")
UNTIL_ERASED = _("Until the person is erased.")

MERGES = (
    "customers_link",
    "customers_decision",
    "customers_review",
    "customers_subjectmove",
    "customers_contactdenial",
)


def register() -> None:
    """Called once, at start-up."""
    for source in _sources():
        SOURCES.register(source)


def _sources() -> Iterator[Source]:
    yield Source(
        "identities",
        _("Identities and contact details"),
        ("customers_subject", "platform_vaultkey", "platform_vaultbox", "platform_vaultgram"),
        identities,
        _("To know who it is, deliver and answer."),
        CONTRACT,
        UNTIL_ERASED,
        _("Carriers and payment services that the brand names in its own notes."),
    )
    yield Source(
        "profile",
        _("Profile"),
        ("customers_customer",),
        profile,
        _("To suit the offer to the person."),
        CONSENT,
        UNTIL_ERASED,
    )
    yield Source(
        "tags",
        _("Tags, and who gave them"),
        ("customers_tagging",),
        tags,
        _("To suit the offer to the person."),
        CONSENT,
        UNTIL_ERASED,
    )
    yield Source(
        "preferences",
        _("What the person said they prefer"),
        ("customers_preference",),
        preferences,
        _("To suit the offer to the person."),
        CONSENT,
        UNTIL_ERASED,
    )
    yield Source(
        "merges",
        _("Which identities were taken for one person, and why"),
        MERGES,
        merges,
        _("To know each person once."),
        CONTRACT,
        UNTIL_ERASED,
    )
    yield Source(
        "requests",
        _("Requests under these rights, and whether the data is frozen"),
        ("customers_rightsrequest", "customers_frozensubject"),
        requests,
        _("To show that requests were answered."),
        LAW,
        _("Kept as proof, three years at least (PIPL 56)."),
    )
    yield Source(
        "accesses",
        _("Who looked at the data or changed it"),
        ("platform_auditentry",),
        accesses,
        _("To find misuse."),
        LAW,
        _("Three years at least (PIPL 56), logs six months (网络安全法)."),
    )


def _at(at_ms: int) -> str:
    return to_datetime(at_ms).isoformat() if at_ms > 0 else ""


def identities(person: Person) -> Iterator[Mapping[str, Any]]:
    rows = Subject.of_brand(person.brand_id).filter(pk__in=list(person.subject_ids)).order_by("pk")
    boxes = vault.open_many(person.subject_ids)
    for row in rows:
        box = boxes.get(row.pk, {})
        contact: vault.Field = "phone" if row.scheme == "phone" else "email"
        value = (box[contact].text if contact in box else "") if is_personal(row.scheme) else row.key
        yield {
            "identity": row.pk,
            "scheme": row.scheme,
            "kind": scheme_label(row.scheme, "en"),
            "value": value,
            **{name: seen.text for name, seen in box.items() if name not in {"phone", "email"}},
            "first_seen": _at(row.first_ms),
            "last_seen": _at(row.last_ms),
        }


def profile(person: Person) -> Iterator[Mapping[str, Any]]:
    for row in Customer.objects.filter(brand_id=person.brand_id, pk=person.customer_id):
        yield {
            "customer": row.pk,
            "gender": row.gender,
            "birthday": row.birthday,
            "birthday_calendar": row.birthday_calendar,
            "language": row.language,
            "city": place_name(row.adcode, chinese=True) if row.adcode else "",
            "first_seen": _at(row.first_ms),
            "last_seen": _at(row.last_ms),
            "orders": row.orders,
            "revenue_fen": row.revenue_fen,
        }


def tags(person: Person) -> Iterator[Mapping[str, Any]]:
    rows = list(Tagging.objects.filter(subject_id__in=list(person.subject_ids)).order_by("pk"))
    names = dict(Tag.objects.filter(pk__in={row.tag_id for row in rows}).values_list("pk", "name"))
    for row in rows:
        yield {"tag": names.get(row.tag_id, ""), "from": row.source, "by": row.actor, "at": _at(row.at_ms)}


def preferences(person: Person) -> Iterator[Mapping[str, Any]]:
    rows = list(Preference.objects.filter(subject_id__in=list(person.subject_ids)).order_by("pk"))
    fields = PreferenceField.objects.in_bulk({row.field_id for row in rows})
    for row in rows:
        field = fields[row.field_id]
        yield {
            "question": field.name,
            "purpose": field.purpose,
            "answer": row.text.strip("|").replace("|", ", ") or row.number,
            "from": row.source,
            "at": _at(row.at_ms),
        }


def merges(person: Person) -> Iterator[Mapping[str, Any]]:
    """What ties the identities to one another; other people's are not told."""
    ours = set(person.subject_ids)
    either = Q(a_id__in=ours) & Q(b_id__in=ours)
    for link in Link.objects.filter(either).order_by("pk"):
        yield {"what": "records", "a": link.a_id, "b": link.b_id, "n": link.n, "at": _at(link.first_ms)}
    for one in Decision.objects.filter(either).order_by("pk"):
        yield {"what": "decision", "a": one.a_id, "b": one.b_id, "verdict": one.verdict, "at": _at(one.at_ms)}
    for review in Review.objects.filter(either).order_by("pk"):
        yield {"what": "review", "a": review.a_id, "b": review.b_id, "verdict": review.state}
    for denial in ContactDenial.objects.filter(subject_id__in=ours).order_by("pk"):
        said = "replaced" if denial.instead else "not theirs"
        yield {"what": denial.scheme, "a": denial.subject_id, "verdict": said, "at": _at(denial.at_ms)}
    for move in SubjectMove.objects.filter(subject_id__in=ours).order_by("pk"):
        yield {"what": "move", "a": move.subject_id, "b": move.customer_id, "at": _at(move.at_ms)}


def requests(person: Person) -> Iterator[Mapping[str, Any]]:
    for row in RightsRequest.objects.filter(
        brand_id=person.brand_id, customer_id__in=person.subject_ids
    ).order_by("pk"):
        yield {
            "asked": row.kind,
            "state": row.state,
            "received": _at(row.received_ms),
            "ended": _at(row.ended_ms),
        }
    frozen = FrozenSubject.objects.filter(subject_id__in=list(person.subject_ids)).order_by("pk")
    for since_ms in sorted(set(frozen.values_list("since_ms", flat=True))):
        yield {"asked": "frozen", "state": "frozen", "received": _at(since_ms), "ended": ""}


def accesses(person: Person) -> Iterator[Mapping[str, Any]]:
    ids = [str(number) for number in {person.customer_id, *person.subject_ids}]
    found = AuditEntry.objects.filter(brand_id=person.brand_id, object_kind="customer", object_id__in=ids)
    for row in found.order_by("pk"):
        yield {"action": row.action, "by": row.actor, "at": _at(row.at_ms)}
