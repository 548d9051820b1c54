"""Who is whom: a pure function from evidence to persons. docs/guide/identity.md says the same in words.

Nothing here depends on the order in which evidence came, nor on the numbers subjects happen to have: every
choice falls by counts, times and the identities themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from guanxi.customers.evidence import Atom, Doubt, Evidence, Outcome, Reason, Strength, Tie
from guanxi.customers.grouping import Groups
from guanxi.customers.identifiers import is_personal
from guanxi.kernel.clock import DAY_MS

SILENCE_MS = 180 * DAY_MS  # after it another name on a phone is another person, as carriers resell numbers
MAX_ACCOUNTS_PER_CONTACT = 30  # beyond these a phone is a shop's, an account a dealer's: they join nobody
MAX_NAMES_PER_CONTACT = 20
MAX_TIES_PER_ACCOUNT = 60


Span = tuple[int, int]


def _spans(n: int, first_ms: int, last_ms: int) -> tuple[Span, ...]:
    """When n records were seen. Two of them are two moments: a member file of today repeats what was typed in
    years ago, and says nothing of the time between."""
    return ((first_ms, first_ms), (last_ms, last_ms)) if n <= 2 else ((first_ms, last_ms),)


class _Person(NamedTuple):
    """Somebody who uses a contact under a name: an account's holder, or a buyer without an account."""

    atom: Atom
    n: int
    first_ms: int
    last_ms: int
    spans: tuple[Span, ...]

    def distance(self, spans: Iterable[Span]) -> int:
        """The time between their use of the contact and these times; 0 where they overlap."""
        return min(max(0, a - d, c - b) for a, b in self.spans for c, d in spans)


Contact = tuple[str, str]


def decide(evidence: Evidence) -> Outcome:
    """The persons of a raw component, why, and what is left to people."""
    return _Case(evidence).decided()


def own_name(contacts: Iterable[tuple[Atom, Tie]]) -> int:
    """The name an account's records carry most (then longest, then by key); 0 where they carry none."""
    weights: dict[int, list[int]] = {}
    for atom, tie in contacts:
        if atom.holder:
            weight = weights.setdefault(atom.holder, [0, tie.first_ms])
            weight[0] -= tie.n
            weight[1] = min(weight[1], tie.first_ms)
    return min(weights, key=lambda holder: (*weights[holder], holder), default=0)


class _Case:
    def __init__(self, evidence: Evidence) -> None:
        self.atoms, self.core = evidence.atoms, evidence.core
        self.rulings = sorted(evidence.rulings, key=lambda ruling: ruling.at, reverse=True)
        self.outcome = Outcome()
        self.edges: list[Reason] = []
        self.contacts_of: dict[int, list[tuple[Atom, Tie]]] = defaultdict(list)
        self.accounts_on: dict[Contact, list[tuple[Atom, Atom, Tie]]] = defaultdict(list)
        self.records: list[Tie] = []
        self.parts_of: dict[Contact, dict[int, Atom]] = defaultdict(dict)
        for number in self.core:
            atom = self.atoms[number]
            if atom.is_contact:
                self.parts_of[atom.scheme, atom.key][atom.holder] = atom
        for tie in evidence.ties:
            self._file(tie)
        self._find_crowds()
        self.own = {account: own_name(contacts) for account, contacts in self.contacts_of.items()}

    def _file(self, tie: Tie) -> None:
        a, b = self.atoms[tie.a], self.atoms[tie.b]
        if a.is_contact == b.is_contact:
            self.records.append(tie)
            return
        account, contact = (b, a) if a.is_contact else (a, b)
        self.contacts_of[account.id].append((contact, tie))
        self.accounts_on[contact.scheme, contact.key].append((account, contact, tie))

    def _find_crowds(self) -> None:
        crowded = {number for number in self.core if self.atoms[number].crowded}
        fresh: set[int] = set()
        for contact, parts in self.parts_of.items():
            accounts = {account.id for account, _, _ in self.accounts_on[contact]}
            if len(accounts) > MAX_ACCOUNTS_PER_CONTACT or len(parts) > MAX_NAMES_PER_CONTACT:
                fresh |= {atom.id for atom in parts.values()}
        degrees: dict[int, int] = defaultdict(int)
        for tie in self.records:
            degrees[tie.a] += 1
            degrees[tie.b] += 1
        for number in self.core:
            degree = degrees[number] + len(self.contacts_of.get(number, ()))
            if degree > MAX_TIES_PER_ACCOUNT and not self.atoms[number].is_contact:
                fresh.add(number)
        self.outcome.crowded = fresh - crowded
        self.crowded = crowded | fresh

    def decided(self) -> Outcome:
        self._tie_records()
        for account in self.core:
            if account in self.contacts_of and account not in self.crowded:
                self._tie_named(account)
        for contact in self.parts_of:
            self._tie_unnamed(contact)
        self._join()
        self._doubt_crowds()
        return self.outcome

    # -------------------------------------------------------------- candidate ties

    def _tie(self, strength: Strength, a: int, b: int, code: str, tie: Tie | None = None) -> None:
        if a in self.crowded or b in self.crowded or a not in self.core or b not in self.core:
            return
        counted = (tie.n, tie.first_ms, tie.last_ms) if tie else (0, 0, 0)
        self.edges.append(Reason(strength, min(a, b), max(a, b), code, *counted))

    def _tie_records(self) -> None:
        for tie in self.records:
            self._tie(Strength.RECORD, tie.a, tie.b, "same_record", tie)

    def _tie_named(self, account: int) -> None:
        """An account is the person whose name its records carry most; other names are people it sent to."""
        own, names = self.own[account], set()
        for contact, tie in self.contacts_of[account]:
            names.add(contact.holder)
            if contact.holder and contact.holder == own:
                self._tie(Strength.NAME, account, contact.id, f"{contact.scheme}_and_name", tie)
        if len(names - {0}) > 1:
            self.outcome.contested.add(account)

    def _tie_unnamed(self, contact: Contact) -> None:
        """Records that show a phone but no name belong to whoever uses it then."""
        parts = self.parts_of[contact]
        if not self.crowded.isdisjoint(atom.id for atom in parts.values()):
            return
        persons = self._persons(contact)
        if len(parts) > 1:
            self.outcome.contested.update(atom.id for atom in parts.values())
        if (unnamed := parts.get(0)) is None:
            return
        if persons and (unnamed.anchored or any(not part.holder for _, part, _ in self.accounts_on[contact])):
            self._place_unnamed(unnamed, persons)
        named_here = {person.atom.holder: person for person in persons}
        for account, part, tie in self.accounts_on[contact]:
            if part.holder or account.id not in self.core or account.id in self.crowded:
                continue
            own = self.own[account.id]
            if own and own in named_here:
                self._tie(Strength.NAME, account.id, named_here[own].atom.id, f"{contact[0]}_and_name", tie)
            elif self._has_other(account.id, contact):
                self.outcome.contested.add(account.id)
                self._doubt(account.id, unnamed.id, f"two_{contact[0]}s")
            else:
                self._place_account(account, unnamed, tie, persons)

    def _persons(self, contact: Contact) -> list[_Person]:
        """Those who use a contact under a full name, strongest first."""
        claims: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for atom in self.parts_of[contact].values():
            if atom.holder and atom.anchored:
                claims[atom.holder].append((1, atom.first_ms, max(atom.first_ms, atom.last_ms)))
        for account, part, tie in self.accounts_on[contact]:
            if part.holder and self._claims(account.id, part.holder):
                claims[part.holder].append((tie.n, tie.first_ms, tie.last_ms))
        persons = [
            _Person(
                self.parts_of[contact][holder],
                sum(n for n, _, _ in given),
                min(first for _, first, _ in given),
                max(last for _, _, last in given),
                tuple(span for one in given for span in _spans(*one)),
            )
            for holder, given in claims.items()
        ]
        return sorted(persons, key=lambda person: (-person.n, person.first_ms, person.atom.holder))

    def _claims(self, account: int, holder: int) -> bool:
        return account in self.core and account not in self.crowded and self.own[account] == holder

    def _has_other(self, account: int, contact: Contact) -> bool:
        """Whether the account has a likelier phone (or email) than this one, which its records show
        without a name."""
        own = self.own[account]
        weights: dict[str, tuple[int, int, str]] = {}
        for atom, tie in self.contacts_of[account]:
            if atom.scheme != contact[0]:
                continue
            if own and atom.holder == own:
                return True
            if not atom.holder:
                weights[atom.key] = (-tie.n, tie.first_ms, atom.key)
        return min(weights, key=lambda key: weights[key]) != contact[1]

    def _place_unnamed(self, unnamed: Atom, persons: list[_Person]) -> None:
        """The contact without a name is its person's of that time, else its main person's."""
        times = [(unnamed.first_ms, max(unnamed.first_ms, unnamed.last_ms))] if unnamed.anchored else []
        for _, part, tie in self.accounts_on[unnamed.scheme, unnamed.key]:
            if not part.holder:
                times += _spans(tie.n, tie.first_ms, tie.last_ms)
        near = _near(persons, times)
        if not near:
            if unnamed.anchored:
                self._doubt(unnamed.id, persons[0].atom.id, f"recycled_{unnamed.scheme}")
            return
        code = "only_person" if len(persons) == 1 else "person_then" if len(near) == 1 else "main_person"
        self._tie(Strength.CONTACT, unnamed.id, near[0].atom.id, f"{unnamed.scheme}_{code}")

    def _place_account(self, account: Atom, unnamed: Atom, tie: Tie, persons: list[_Person]) -> None:
        """An account that shows the contact without a name: the contact's one person of that time."""
        if not persons:
            self._tie(Strength.CONTACT, account.id, unnamed.id, unnamed.scheme, tie)
            return
        near = _near(persons, _spans(tie.n, tie.first_ms, tie.last_ms))
        if len(near) == 1:
            code = "only_person" if len(persons) == 1 else "person_then"
            self._tie(Strength.CONTACT, account.id, near[0].atom.id, f"{unnamed.scheme}_{code}", tie)
        else:
            code = "family" if near else "recycled"
            self._doubt(account.id, (near or persons)[0].atom.id, f"{code}_{unnamed.scheme}")

    def _doubt(self, a: int, b: int, code: str) -> None:
        self.outcome.doubts.append(Doubt(min(a, b), max(a, b), code))

    # -------------------------------------------------------------- joining

    def _join(self) -> None:
        groups = Groups(self.core)
        for ruling in self.rulings:
            if not ruling.same:
                groups.keep_apart(ruling.a, ruling.b)
        for number in self.core:
            self._describe(groups, self.atoms[number])
        for ruling in self.rulings:
            if ruling.same and groups.may_join(ruling.a, ruling.b):
                groups.join(ruling.a, ruling.b)
                self.outcome.reasons.append(
                    Reason(Strength.DECISION, min(ruling.a, ruling.b), max(ruling.a, ruling.b), "decision")
                )
        accepted = [edge for edge in sorted(self.edges, key=self._order) if self._accept(groups, edge)]
        self.outcome.root_of = groups.smallest()
        root_of = self.outcome.root_of
        self.outcome.reasons += accepted
        self.outcome.doubts = sorted(
            {doubt for doubt in self.outcome.doubts if root_of[doubt.a] != root_of[doubt.b]}
            - {doubt for doubt in self.outcome.doubts if groups.are_apart(doubt.a, doubt.b)}
        )

    def _order(self, edge: Reason) -> tuple[object, ...]:
        ranks = sorted((self.atoms[edge.a].rank, self.atoms[edge.b].rank))
        return edge.strength, -edge.n, edge.first_ms, *ranks

    def _accept(self, groups: Groups, edge: Reason) -> bool:
        if groups.together(edge.a, edge.b):
            return True
        if groups.may_join(edge.a, edge.b):
            conflict = groups.conflict(
                edge.a,
                edge.b,
                people=edge.strength == Strength.RECORD,
                platforms=edge.strength == Strength.CONTACT,
            )
            if not conflict:
                groups.join(edge.a, edge.b)
                return True
            self.outcome.doubts.append(Doubt(edge.a, edge.b, conflict))
        self.outcome.contested.update(self.core)
        return False

    def _describe(self, groups: Groups, atom: Atom) -> None:
        traits = groups.traits(atom.id)
        if not is_personal(atom.scheme):
            traits.accounts.add((atom.scheme, atom.key))
            own = self.own.get(atom.id, 0)
            if own:
                traits.names.add(own)
            for contact, _ in self.contacts_of.get(atom.id, ()):
                if contact.scheme == "phone" and contact.holder == own:
                    traits.phones.add(contact.key)
        elif atom.holder:
            traits.names.add(atom.holder)
            if atom.scheme == "phone":
                traits.phones.add(atom.key)
        if atom.birthday and not atom.birthday.endswith("-01-01"):
            traits.birthdays.add(atom.birthday)

    def _doubt_crowds(self) -> None:
        for contact, parts in self.parts_of.items():
            first = min(atom.id for atom in parts.values())  # names that come later ask no second time
            if first in self.outcome.crowded:
                self.outcome.doubts.append(Doubt(first, first, f"shop_{contact[0]}"))
        for number in sorted(self.outcome.crowded):
            if not self.atoms[number].is_contact:
                self.outcome.doubts.append(Doubt(number, number, "shop_account"))


def _near(persons: list[_Person], spans: Sequence[Span]) -> list[_Person]:
    """Those who used the contact around these times, strongest first: no long silence lies between. Where
    they did so one after the other, only the nearest in time."""
    near = [person for person in persons if person.distance(spans) < SILENCE_MS]
    if len(near) < 2 or not _are_eras(persons):
        return near
    distances = [person.distance(spans) for person in near]
    nearest = [person for person, d in zip(near, distances, strict=True) if d == min(distances)]
    return nearest if len(nearest) == 1 else near


def _are_eras(persons: list[_Person]) -> bool:
    """Whether the persons used the contact one after the other, with a long silence between."""
    ends = None
    for person in sorted(persons, key=lambda person: (person.first_ms, person.last_ms)):
        if ends is not None and person.first_ms - ends < SILENCE_MS:
            return False
        ends = max(ends or person.last_ms, person.last_ms)
    return True
