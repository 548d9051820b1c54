"""Correction of a phone or an e-mail (PIPL 46): the wrong one is taken out for good, the right one added.

docs/adr/0180 says what becomes of a merge that rested on the wrong one, and why.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from guanxi.customers import decisions, denials, identifiers, prefixes, store, traits
from guanxi.customers.closure import Closure
from guanxi.customers.contracts import Verdict
from guanxi.customers.models import ContactDenial, Customer, Subject
from guanxi.customers.resolution import settle
from guanxi.customers.rights.contracts import CORRECTED_MS
from guanxi.customers.rights.hooks import Person
from guanxi.customers.rules import decide, own_name
from guanxi.customers.store import Row
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform import vault

NORMAL: Final = {"phone": identifiers.phone, "email": identifiers.email}
ASIDE: Final[Mapping[str, tuple[vault.Field, vault.Field]]] = {
    "phone": ("phone", "was_phone"),
    "email": ("email", "was_email"),
}
FIELDS: Final = ("phone", "wrong_phone", "email", "wrong_email", "of")


class Asked(NamedTuple):
    """`wrong` is a key as in `Subject`, `right` a normal value; "" where there is none. `of` is an identity
    of the person who asks, where the customer falls apart; 0: the greater part is."""

    scheme: str
    wrong: str
    right: str
    of: int = 0


class Outcome(NamedTuple):
    """`sides` are the identities of each customer that there is afterwards, the person's own first; `drawn`
    the customers that the right contact is of today, some or all of whom it brings along; `in_place` where
    the wrong one was all that the customer was known by, so that nothing moves."""

    customer_id: int
    sides: Sequence[Sequence[int]]
    drawn: Sequence[int]
    in_place: bool
    right_id: int
    decisions: Sequence[int]


def asked(brand_id: int, customer_id: int, values: Mapping[str, str]) -> list[Asked]:
    """What is to be done about contacts. A customer's only phone is the wrong one where none is named.

    Raises Invalid for what is no phone or e-mail, is not the customer's, or leaves a choice.
    """
    found = []
    of = values.get("of", "").strip()
    if of and not (of.isdecimal() and len(of) < 19):
        raise Invalid(_("An identity is named by its number."), field="of")
    for scheme in NORMAL:
        right, wrong = values.get(scheme, "").strip(), values.get(f"wrong_{scheme}", "").strip()
        if not right and not wrong:
            continue
        normal = _normal(scheme, right, scheme) if right else ""
        held = _held(brand_id, customer_id, scheme)
        key = _wrong(brand_id, scheme, wrong, held, normal)
        if key and normal and key == vault.blind_index(brand_id, scheme, normal):
            raise Invalid(_("The right one is the same as the wrong one."), field=scheme)
        found.append(Asked(scheme, key, normal, int(of or 0)))
    return found


def _normal(scheme: str, text: str, field: str) -> str:
    if normal := NORMAL[scheme](text):
        return normal
    raise Invalid(
        _("This is no phone.") if scheme == "phone" else _("This is no e-mail address."),
        remedy=_("Write it in full, such as 13800138000 or name@example.com."),
        field=field,
    )


def _held(brand_id: int, customer_id: int, scheme: str) -> dict[str, str]:
    """ "#identity" → key, of the contacts that the customer has."""
    rows = store.load_customers_subjects(brand_id, [customer_id])
    return {f"#{row.id}": row.key for row in rows if row.scheme == scheme and ":" not in row.key}


def _wrong(brand_id: int, scheme: str, text: str, held: Mapping[str, str], right: str) -> str:
    """The key of the contact to take out, named in full or by "#" and the number of its identity. Raises
    Invalid."""
    keys = dict.fromkeys(held.values())
    if text:
        key = held.get(text) or ("" if text[0] == "#" else _key(brand_id, scheme, text))
        if key not in keys:
            raise Invalid(_("The customer does not have this contact."), field=f"wrong_{scheme}")
        return key
    others = [key for key in keys if key != vault.blind_index(brand_id, scheme, right)]
    if len(others) > 1:
        raise Invalid(
            _("The customer has several: say which one is wrong."),
            remedy=_("Give it as %(field)s.") % {"field": f"wrong_{scheme}"},
            field=f"wrong_{scheme}",
        )
    return others[0] if others else ""


def _key(brand_id: int, scheme: str, text: str) -> str:
    return vault.blind_index(brand_id, scheme, _normal(scheme, text, f"wrong_{scheme}"))


def applied(person: Person, what: Asked, request_id: int, *, actor: object, reason: str) -> Outcome:
    """Take the wrong contact out and add the right one. The caller holds the turn; whatever is raised undoes
    all of it. Raises Invalid where nothing would be left, Conflict where a decision contradicts it."""
    return _Work(person, what, request_id, actor, reason).done()


class _Work:
    def __init__(self, person: Person, what: Asked, request_id: int, actor: object, reason: str) -> None:
        self.brand_id, self.what, self.request_id = person.brand_id, what, request_id
        self.actor, self.reason = actor, reason
        self.customer_id = person.customer_id
        self.rows = {row.id: row for row in store.load_subjects(person.brand_id, person.subject_ids)}
        self.parts = [row for row in self.rows.values() if (row.scheme, row.key) == (what.scheme, what.wrong)]
        self.theirs: set[int] = set()  # of whose the right contact is today
        wrong = {row.id for row in self.parts}
        self.rest = [row for row in self.rows.values() if row.id not in wrong]
        self.in_place = bool(self.parts) and not any(row.anchored for row in self.rest)

    def done(self) -> Outcome:
        if what := self._objection():
            raise Invalid(what, field=self.what.scheme)
        holder = self._holder()
        kept = vault.open_many(row.id for row in self.parts)
        pairs: list[tuple[int, int]] = []
        if self.in_place:
            self._replace()
            ours = sorted(self.rows)
            pairs += pairwise(ours)
        elif self.parts:
            ours = self._deny()
        else:
            ours = sorted(self.rows)
        right_id = 0
        drawn: list[int] = []
        if self.what.right:
            right_id, drawn = self._right(holder, ours, kept)
            pairs += [(min(ours), right_id)] if right_id not in ours else []
        made = decisions.write(self.brand_id, pairs, Verdict.SAME, self.actor, self.reason)
        seeds = {*self.rows, *ours, *([right_id] if right_id else ())}
        settle(self.brand_id, seeds, actor=str(self.actor))
        return self._outcome(ours, right_id, drawn, made)

    def _objection(self) -> str:
        if not self.what.right and self.in_place:
            return _("It is all that this customer is known by: give the right one as well, or erase.")
        if self.what.of and self.what.of not in {row.id for row in self.rest}:
            return _("This identity is not one that stays.")
        return ""

    def _holder(self) -> int:
        """The name the person's records carry most; 0 where they carry none."""
        accounts = {row.id for row in self.rows.values() if not identifiers.is_personal(row.scheme)}
        ties = list(store.load_ties(accounts))
        around = store.load_subjects(self.brand_id, {n for tie in ties for n in (tie.a, tie.b)})
        contacts = {row.id: row.atom() for row in around if identifiers.is_personal(row.scheme)}
        of_account = defaultdict(list)
        for tie in ties:
            for account, contact in ((tie.a, tie.b), (tie.b, tie.a)):
                if account in accounts and contact in contacts:
                    of_account[account].append((contacts[contact], tie))
        names = Counter(filter(None, map(own_name, of_account.values())))
        if names:
            return min(names, key=lambda name: (-names[name], name))
        named = [row for row in self.rows.values() if row.holder]
        return max(named, key=lambda row: (row.anchored, row.last_ms, row.id)).holder if named else 0

    def _replace(self) -> None:
        """The subjects that were the wrong contact keep their facts and are known by it no more."""
        self._write(self.parts, instead=True)
        vault.rename(self.brand_id, [row.id for row in self.parts], *ASIDE[self.what.scheme])
        for row in self.parts:
            told = traits.unpacked(row.traits)
            told.pop(traits.PHONE_CITY, None)
            Subject.objects.filter(pk=row.id).update(key=f"corrected:{row.id}", traits=traits.packed(told))

    def _deny(self) -> list[int]:
        """The person's own identities, none of which has the contact any more."""
        self._write(self.rest, instead=False)
        groups = self._groups()
        chosen = self.what.of
        fits = [group for group in groups if chosen in group] if chosen else groups
        rows = self.rows
        ours = min(fits, key=lambda ids: (-sum(bool(rows[n].anchored) for n in ids), -len(ids), min(ids)))
        others = {row.id for row in self.rest} - set(ours)
        mine = ContactDenial.objects.filter(request_id=self.request_id, subject_id__in=others)
        mine.filter(scheme=self.what.scheme, instead=False).delete()
        return sorted(ours)

    def _groups(self) -> list[list[int]]:
        """What stays together of the other identities, once none of them has the contact."""
        closure = Closure(self.brand_id)
        closure.grow(self.rows)
        root_of: dict[int, int] = {}
        for evidence in closure.components():
            root_of |= decide(evidence).root_of
        groups: dict[int, list[int]] = defaultdict(list)
        for row in self.rest:
            groups[root_of.get(row.id, row.id)].append(row.id)
        return list(groups.values())

    def _write(self, rows: Iterable[Row], *, instead: bool) -> None:
        at_ms = now_ms()
        ContactDenial.objects.bulk_create(
            (
                ContactDenial(
                    brand_id=self.brand_id,
                    request_id=self.request_id,
                    subject_id=row.id,
                    scheme=self.what.scheme,
                    key=self.what.wrong,
                    holder=row.holder if instead else 0,
                    instead=instead,
                    at_ms=at_ms,
                )
                for row in rows
            ),
            ignore_conflicts=not instead,
        )

    def _right(
        self, holder: int, ours: Collection[int], kept: Mapping[int, Mapping[vault.Field, vault.Seen]]
    ) -> tuple[int, list[int]]:
        """The subject of the right contact, made where there is none; and the customer it is of today."""
        scheme, value = self.what.scheme, self.what.right
        contact = (scheme, vault.blind_index(self.brand_id, scheme, value))
        for denial in denials.between_sides(self.brand_id, ours, [contact]):
            denial.delete()
        rows = {row.holder: row for row in store.find_subjects(self.brand_id, [contact])}
        known = rows.get(holder)
        number = (
            known.id
            if known
            else self._insert(contact, holder, crowded=any(r.crowded for r in rows.values()))
        )
        at_ms = CORRECTED_MS + now_ms()
        fields: dict[vault.Field, vault.Seen] = {ASIDE[scheme][0]: vault.Seen(value, at_ms)}
        for row in self.parts:
            if row.holder == holder and (box := kept.get(row.id)):
                named: tuple[vault.Field, ...] = ("name", "address")
                fields |= {field: box[field] for field in named if field in box}
        vault.seal_many(self.brand_id, {number: fields})
        if known is None or known.customer_id == self.customer_id:
            return number, []
        self.theirs = {row.id for row in store.load_customers_subjects(self.brand_id, [known.customer_id])}
        living = Customer.objects.filter(pk=known.customer_id, merged_into_id__isnull=True)
        return number, list(living.values_list("pk", flat=True))

    def _insert(self, contact: tuple[str, str], holder: int, *, crowded: bool) -> int:
        (number,) = store.new_subject_ids(1)
        city = prefixes.adcode(self.what.right) if contact[0] == "phone" else None
        told = traits.packed(traits.sold_in(city)) if city else ""
        at_ms = now_ms()
        row = (number, self.brand_id, *contact, holder, number, at_ms, 0, False, False, crowded, 0, told)
        store.insert_subjects([row])
        return number

    def _outcome(
        self, ours: Sequence[int], right_id: int, drawn: Sequence[int], made: Sequence[int]
    ) -> Outcome:
        concerned = {*self.rows, *self.theirs, *([right_id] if right_id else ())}
        roots = decisions.roots(self.brand_id, concerned)
        mine = roots[min(ours)]
        wrong = {row.id for row in self.parts} if not self.in_place else set()
        if right_id and roots[right_id] != mine:
            raise Conflict(
                _("An earlier decision says that the right one is somebody else's. Unmerge first.")
            )
        if any(roots[number] == mine for number in wrong):
            raise Conflict(_("The wrong one cannot be taken out: an earlier decision contradicts it."))
        sides: dict[int, list[int]] = {mine: []}
        for number in sorted({*self.rows, *self.theirs}):
            sides.setdefault(roots[number], []).append(number)
        return Outcome(mine, list(sides.values()), drawn, self.in_place, right_id, made)


def undone(
    brand_id: int, request_id: int, made: Collection[int], rights: Collection[int], actor: object
) -> int:
    """Take a correction of contacts back, as if it had not been; how many identities it concerned. The caller
    holds the turn. Raises Conflict where nothing is left of it."""
    rows = list(ContactDenial.objects.filter(brand_id=brand_id, request_id=request_id))
    if not rows and not made:
        raise Conflict(_("Nothing is left of this correction to take back."))
    for row in rows:
        if row.instead:
            _known_again(row)
    contacts = {(row.scheme, row.key) for row in rows}
    ContactDenial.objects.filter(pk__in=[row.pk for row in rows]).delete()
    seeds = {row.subject_id for row in rows} | set(rights)
    seeds |= decisions.taken_back(brand_id, made)
    seeds |= {row.id for row in store.find_subjects(brand_id, contacts)}
    settle(brand_id, seeds, actor=str(actor))
    return len({row.subject_id for row in rows})


def _known_again(row: ContactDenial) -> None:
    """The subject carries its old contact again, unless records made another one for it meanwhile."""
    before, aside = ASIDE[row.scheme]
    vault.rename(row.brand_id, [row.subject_id], aside, before)
    taken = Subject.objects.filter(
        brand_id=row.brand_id, scheme=row.scheme, key=row.key, holder=row.holder
    ).exists()
    subject = Subject.objects.get(pk=row.subject_id)
    seen = vault.open_many([row.subject_id]).get(row.subject_id, {}).get(before)
    if city := prefixes.adcode(seen.text) if seen and row.scheme == "phone" else None:
        subject.traits = traits.packed(traits.merged(traits.unpacked(subject.traits), traits.sold_in(city)))
    if not taken:
        subject.key = row.key
    subject.save(update_fields=["traits", "key"])
