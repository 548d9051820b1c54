"""A customer's identities in words: what they are, and what ties them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guanxi.customers.closure import Closure
from guanxi.customers.console.faces import newest, shown
from guanxi.customers.evidence import Reason
from guanxi.customers.identifiers import is_personal, scheme_label
from guanxi.customers.languages import language_name
from guanxi.customers.models import Customer, Decision, Subject
from guanxi.customers.places import place_name
from guanxi.customers.rules import decide
from guanxi.platform import vault
from guanxi.ui.figures import UNKNOWN, in_chinese

# Each is a whole sentence; `n` is how many records say so, `a` and `b` what they carried.
WHY: Final[Mapping[str, Promise]] = {
    "same_record": gettext_lazy("%(n)d records carried both %(a)s and %(b)s."),
    "phone_and_name": gettext_lazy("%(n)d records carried %(a)s and %(b)s under the same name."),
    "email_and_name": gettext_lazy("%(n)d records carried %(a)s and %(b)s under the same name."),
    "phone": gettext_lazy("%(n)d records carried both %(a)s and %(b)s."),
    "email": gettext_lazy("%(n)d records carried both %(a)s and %(b)s."),
    "phone_only_person": gettext_lazy("%(a)s and %(b)s: one person alone uses this phone."),
    "email_only_person": gettext_lazy("%(a)s and %(b)s: one person alone uses this email."),
    "phone_main_person": gettext_lazy("%(a)s and %(b)s: this person uses the phone most."),
    "email_main_person": gettext_lazy("%(a)s and %(b)s: this person uses the email most."),
    "phone_person_then": gettext_lazy("%(a)s and %(b)s: this person used the phone at that time."),
    "email_person_then": gettext_lazy("%(a)s and %(b)s: this person used the email at that time."),
    "decision": gettext_lazy("Somebody decided that %(a)s and %(b)s are one person."),
}


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """One subject: its value as shown, the name it came with, and the sentences that tie it to others."""

    subject_id: int
    scheme: str
    value: str
    holder: str
    first_ms: int
    reasons: Sequence[str] = ()
    in_question: bool = False


def identity_rows(
    brand_id: int,
    subject_ids: Collection[int],
    *,
    masked: bool = True,
    in_question: Collection[int] = (),
    explained: bool = True,
) -> list[IdentityRow]:
    """The identities of a customer (or of one side of a split), first seen first."""
    subjects = list(Subject.of_brand(brand_id).filter(pk__in=list(subject_ids)).order_by("first_ms", "pk"))
    opened = vault.open_many(subject.pk for subject in subjects)
    values = {s.pk: _value(s, opened.get(s.pk, {}), masked=masked) for s in subjects}
    names = {s.pk: newest(opened, [s.pk], "name") for s in subjects}
    holders = {number: shown("name", name, masked=masked) if name else "" for number, name in names.items()}
    ties = _ties(brand_id, subjects, values, holders) if explained and len(subjects) > 1 else {}
    return [
        IdentityRow(
            s.pk, s.scheme, values[s.pk], holders[s.pk], s.first_ms, ties.get(s.pk, ()), s.pk in in_question
        )
        for s in subjects
    ]


def _value(subject: Subject, fields: Mapping[vault.Field, vault.Seen], *, masked: bool) -> str:
    """The plain id of an account; a phone or email from the vault."""
    if not is_personal(subject.scheme):
        return subject.key
    field: vault.Field = "phone" if subject.scheme == "phone" else "email"
    seen = fields.get(field)
    return shown(field, seen.text, masked=masked) if seen else UNKNOWN


def _ties(
    brand_id: int, subjects: Sequence[Subject], values: Mapping[int, str], holders: Mapping[int, str]
) -> dict[int, tuple[str, ...]]:
    """The rules' reasons, each told once: at the identity that was seen later."""
    order = {subject.pk: place for place, subject in enumerate(subjects)}
    called = {s.pk: _called(s, values[s.pk], holders[s.pk]) for s in subjects}
    told: dict[int, list[str]] = defaultdict(list)
    for reason in _reasons(brand_id, order):
        if reason.a in order and reason.b in order:
            later = max(reason.a, reason.b, key=lambda number: order[number])
            told[later].append(_sentence(reason, called))
    for later, sentence in _decisions(brand_id, order):
        told[later].append(sentence)
    return {number: tuple(dict.fromkeys(sentences)) for number, sentences in told.items()}


def _called(subject: Subject, value: str, holder: str) -> str:
    """How a sentence names an identity; a phone or email with the name it came with, since one phone seen
    under two names is two."""
    label = f"{scheme_label(subject.scheme, get_language() or 'zh')} {value}"
    if not is_personal(subject.scheme):
        return label
    return _("%(identity)s (%(name)s)") % {"identity": label, "name": holder or _("without a name")}


def _reasons(brand_id: int, subject_ids: Collection[int]) -> list[Reason]:
    closure = Closure(brand_id)
    closure.grow(subject_ids)
    reasons = [reason for part in closure.components() for reason in decide(part).reasons]
    return [reason for reason in reasons if reason.code != "decision"]


def _sentence(reason: Reason, called: Mapping[int, str]) -> str:
    words = WHY.get(reason.code)
    if words is None:
        return reason.code
    return str(words) % {"n": reason.n, "a": called[reason.a], "b": called[reason.b]}


def _decisions(brand_id: int, order: Mapping[int, int]) -> list[tuple[int, str]]:
    """People's decisions that hold these identities together, with their reason."""
    rows = Decision.objects.filter(brand_id=brand_id, a_id__in=order, b_id__in=order, verdict="same")
    return [
        (
            max(row.a_id, row.b_id, key=lambda number: order[number]),
            _("Decided by hand: %(reason)s") % {"reason": row.reason or "—"},
        )
        for row in rows.order_by("pk")
    ]


def profile_facts(
    customer: Customer, subject_ids: Collection[int], *, masked: bool = True
) -> list[tuple[str, str]]:
    """What is known of the person, as label and value; "" where nothing is."""
    opened = vault.open_many(subject_ids)
    found = {name: newest(opened, subject_ids, name) for name in ("name", "phone", "email", "address")}
    personal = {name: shown(name, text, masked=masked) if text else "" for name, text in found.items()}
    birthday = customer.birthday
    if birthday and masked:
        birthday = "****" + birthday[-6:]
    if birthday and customer.birthday_calendar == "lunar":
        birthday = _("%(day)s (lunar)") % {"day": birthday}
    return [
        (_("Name"), personal["name"]),
        (_("Phone"), personal["phone"]),
        (_("Email"), personal["email"]),
        (_("Address"), personal["address"]),
        (_("City"), place_name(customer.adcode, chinese=in_chinese())),
        (_("Gender"), {"f": _("Woman"), "m": _("Man")}.get(customer.gender, "")),
        (_("Birthday"), birthday),
        (_("Language"), language_name(customer.language, chinese=in_chinese())),
    ]
