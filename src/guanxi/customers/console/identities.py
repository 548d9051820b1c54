"""A customer's identities in words: what they are, and what ties them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guanxi.customers import store
from guanxi.customers.closure import Closure
from guanxi.customers.console.faces import Opened, newest, shown
from guanxi.customers.evidence import Reason
from guanxi.customers.identifiers import is_personal, scheme_label
from guanxi.customers.languages import language_name
from guanxi.customers.models import Customer, Decision
from guanxi.customers.places import place_name
from guanxi.customers.rules import decide
from guanxi.customers.store import Row
from guanxi.platform import vault
from guanxi.ui.figures import UNKNOWN, in_chinese
from guanxi.ui.parts import Figure

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


@dataclass(frozen=True, slots=True)
class Side:
    """One of two people a page sets side by side."""

    heading: str
    identities: Sequence[IdentityRow]
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Members:
    """Subjects, first seen first, with their opened fields: read once for all parts of a page. `whole` where
    they are all of their customers'."""

    rows: Sequence[Row]
    opened: Opened
    whole: bool = False

    @property
    def ids(self) -> list[int]:
        return sorted(row.id for row in self.rows)


def members_of(brand_id: int, customer_id: int) -> Members:
    """All subjects of a customer, in two queries."""
    return _members(store.load_customers_subjects(brand_id, [customer_id]), whole=True)


def _members(rows: Iterable[Row], *, whole: bool = False) -> Members:
    ordered = sorted(rows, key=lambda row: (row.first_ms, row.id))
    return Members(ordered, vault.open_many(row.id for row in ordered), whole)


def identity_rows(
    brand_id: int,
    subject_ids: Collection[int],
    *,
    masked: bool = True,
    in_question: Collection[int] = (),
    explained: bool = True,
) -> list[IdentityRow]:
    """The identities of a customer (or of one side of a split), first seen first."""
    members = _members(store.load_subjects(brand_id, subject_ids))
    return rows_of(brand_id, members, masked=masked, in_question=in_question, explained=explained)


def rows_of(
    brand_id: int,
    members: Members,
    *,
    masked: bool = True,
    in_question: Collection[int] = (),
    explained: bool = True,
) -> list[IdentityRow]:
    """The same of subjects that were read already."""
    subjects, opened = members.rows, members.opened
    values = {s.id: _value(s, opened.get(s.id, {}), masked=masked) for s in subjects}
    names = {s.id: newest(opened, [s.id], "name") for s in subjects}
    holders = {number: shown("name", name, masked=masked) if name else "" for number, name in names.items()}
    ties = _ties(brand_id, members, values, holders) if explained and len(subjects) > 1 else {}
    return [
        IdentityRow(
            s.id, s.scheme, values[s.id], holders[s.id], s.first_ms, ties.get(s.id, ()), s.id in in_question
        )
        for s in subjects
    ]


def _value(subject: Row, fields: Mapping[vault.Field, vault.Seen], *, masked: bool) -> str:
    """The plain id of an account; a phone or email from the vault."""
    if not is_personal(subject.scheme):
        return subject.key
    field: vault.Field = "phone" if subject.scheme == "phone" else "email"
    seen = fields.get(field)
    return shown(field, seen.text, masked=masked) if seen else UNKNOWN


def _ties(
    brand_id: int, members: Members, values: Mapping[int, str], holders: Mapping[int, str]
) -> dict[int, tuple[str, ...]]:
    """The rules' reasons, each told once: at the identity that was seen later."""
    order = {subject.id: place for place, subject in enumerate(members.rows)}
    called = {s.id: _called(s, values[s.id], holders[s.id]) for s in members.rows}
    told: dict[int, list[str]] = defaultdict(list)
    for reason in _reasons(brand_id, members):
        if reason.a in order and reason.b in order:
            later = max(reason.a, reason.b, key=lambda number: order[number])
            told[later].append(_sentence(reason, called))
    for later, sentence in _decisions(brand_id, order):
        told[later].append(sentence)
    return {number: tuple(dict.fromkeys(sentences)) for number, sentences in told.items()}


def _called(subject: Row, value: str, holder: str) -> str:
    """How a sentence names an identity; a phone or email with the name it came with, since one phone seen
    under two names is two."""
    label = f"{scheme_label(subject.scheme, get_language() or 'zh')} {value}"
    if not is_personal(subject.scheme):
        return label
    return _("%(identity)s (%(name)s)") % {"identity": label, "name": holder or _("without a name")}


def _reasons(brand_id: int, members: Members) -> list[Reason]:
    closure = Closure(brand_id, known=members.rows if members.whole else ())
    closure.grow(members.ids)
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
    customer: Customer, subject_ids: Collection[int], opened: Opened | None = None, *, masked: bool = True
) -> list[tuple[str, str]]:
    """What is known of the person, as label and value; "" where nothing is. `opened` where it was read."""
    opened = vault.open_many(subject_ids) if opened is None else opened
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
