"""The raw component around subjects: all that a decision about them depends on, and no more.

It follows the ties that might make one person, not every tie: a parcel sent to a friend does not pull the
friend's family in, and crowded subjects are never passed. So components stay small however large a brand
grows (the guide says how).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from guanxi.customers import store
from guanxi.customers.denials import Contact, Denials
from guanxi.customers.evidence import Atom, Evidence, Ruling, Tie
from guanxi.customers.rules import own_name
from guanxi.customers.store import Row


class Closure:
    """Loads raw components of a brand, round by round, each round a few statements for all of them."""

    def __init__(
        self,
        brand_id: int,
        *,
        heed_crowded: bool = True,
        supposed: Iterable[Ruling] = (),
        lifted: Collection[tuple[int, Contact]] = (),
        known: Iterable[Row] = (),
    ) -> None:
        """`supposed` are rulings that nobody made (yet): they stand before those that are stored; `lifted`
        denials of contacts are not heeded. `known` are all subjects of some customers, read already."""
        self.brand_id = brand_id
        self.rows: dict[int, Row] = {}
        self.atoms: dict[int, Atom] = {}
        self.ties_of: dict[int, dict[int, Tie]] = defaultdict(dict)
        self.core: set[int] = set()
        self.rulings: dict[tuple[int, int], Ruling] = {}
        self._tied: set[int] = set()  # whose ties are loaded
        self._grouped: set[tuple[str, str]] = set()  # contacts whose every holder is loaded
        self._parts: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._ruled: dict[int, set[int]] = defaultdict(set)
        self._accompanied: set[int] = set()
        self._own_names: dict[int, int] = {}
        self._heed_crowded = heed_crowded
        self._edges: dict[int, set[int]] = defaultdict(set)
        spoken = store.spoken(brand_id)
        self._has_rulings = spoken.rulings
        self._denials = Denials(lifted, any_made=spoken.denials)
        self._supposed = {(ruling.a, ruling.b): ruling for ruling in supposed}
        self._rule(self._supposed.values())
        self._accompanied |= {row.customer_id for row in self._keep(known)}

    def grow(self, seeds: Iterable[int]) -> None:
        """Take the raw components of `seeds` into the core."""
        wanted = set(seeds)
        while wanted:
            self._load_rows(wanted)
            self._spread({number for number in wanted if number in self.rows} - self.core)
            wanted = self._present_companions()

    def _present_companions(self) -> set[int]:
        """Subjects that share a customer with the core today, even where nothing ties them any more."""
        customers = {self.rows[number].customer_id for number in self.core} - self._accompanied
        self._accompanied |= customers
        rows = self._keep(store.load_customers_subjects(self.brand_id, customers))
        return {row.id for row in rows} - self.core

    def _spread(self, frontier: set[int]) -> None:
        while frontier:
            self.core |= frontier
            self._load_around(frontier)
            reached: set[int] = set()
            for number in frontier:
                for other in self._neighbours(number):
                    self._edges[number].add(other)
                    self._edges[other].add(number)
                    reached.add(other)
            frontier = reached - self.core

    def components(self) -> Iterator[Evidence]:
        """Each raw component of the core by itself."""
        left = set(self.core)
        while left:
            members, stack = set(), [left.pop()]
            while stack:
                number = stack.pop()
                members.add(number)
                fresh = self._edges[number] & left
                left -= fresh
                stack.extend(fresh)
            yield self._evidence(members)

    def _evidence(self, members: set[int]) -> Evidence:
        ties: dict[tuple[int, int], Tie] = {}
        for number in members:
            for tie in self.ties_of[number].values():
                ties[tie.a, tie.b] = tie
        rulings = {pair: ruling for pair, ruling in self.rulings.items() if members.issuperset(pair)}
        rulings |= {(one.a, one.b): one for one in self._denials.rulings(self._parts, members)}
        return Evidence(self.atoms, members, list(ties.values()), list(rulings.values()))

    # -------------------------------------------------------------- reading

    def _load_around(self, frontier: set[int]) -> None:
        """Ties of the frontier, the other holders of its contacts, and the ties of accounts on them."""
        contacts = {
            (atom.scheme, atom.key)
            for atom in map(self.atoms.__getitem__, frontier)
            if atom.is_contact and not self._stops(atom)
        } - self._grouped
        self._grouped |= contacts
        parts = [row.id for row in self._keep(store.find_subjects(self.brand_id, contacts))]
        self._load_ties(self._open(frontier.union(parts)))
        # What an account is called depends on all its ties, so those on the frontier's contacts load theirs.
        accounts = {
            other
            for number in frontier.union(parts)
            if self.atoms[number].is_contact
            for other in self.ties_of[number]
        }
        self._load_ties(self._open(accounts))
        if self._has_rulings:
            stored = store.load_rulings(self.brand_id, frontier)
            self._rule(ruling for ruling in stored if (ruling.a, ruling.b) not in self._supposed)
            self._load_rows({number for pair in self.rulings for number in pair})

    def _rule(self, rulings: Iterable[Ruling]) -> None:
        for ruling in rulings:
            self.rulings[ruling.a, ruling.b] = ruling
            self._ruled[ruling.a].add(ruling.b)
            self._ruled[ruling.b].add(ruling.a)

    def _open(self, numbers: Iterable[int]) -> set[int]:
        return {number for number in numbers if not self._stops(self.atoms[number])}

    def _stops(self, atom: Atom) -> bool:
        return atom.crowded and self._heed_crowded

    def _load_ties(self, numbers: set[int]) -> None:
        fresh = numbers - self._tied
        self._tied |= fresh
        found = list(store.load_ties(fresh))
        others = {number for tie in found for number in (tie.a, tie.b)}
        self._load_rows(others)
        self._denials.load(others | fresh)
        for tie in found:
            if not self._denials.between(self.atoms[tie.a], self.atoms[tie.b]):
                self.ties_of[tie.a][tie.b] = tie
                self.ties_of[tie.b][tie.a] = tie

    def _load_rows(self, numbers: Iterable[int]) -> None:
        self._keep(store.load_subjects(self.brand_id, set(numbers) - self.rows.keys()))

    def _keep(self, rows: Iterable[Row]) -> list[Row]:
        kept = list(rows)
        for row in kept:
            if row.id not in self.rows:
                self.rows[row.id] = row
                atom = row.atom()
                if atom.is_contact:
                    self._parts[atom.scheme, atom.key].append(row.id)
                self.atoms[row.id] = atom if self._heed_crowded else atom._replace(crowded=False)
        return kept

    # -------------------------------------------------------------- following

    def _neighbours(self, number: int) -> Iterator[int]:
        yield from self._ruled[number]
        atom = self.atoms[number]
        if self._stops(atom):
            return
        if atom.is_contact:
            yield from self._parts[atom.scheme, atom.key]
        for other in self.ties_of[number]:
            if self._might_be_one(atom, self.atoms[other]):
                yield other

    def _might_be_one(self, one: Atom, other: Atom) -> bool:
        if self._stops(other):
            return False
        if one.is_contact == other.is_contact:
            return True
        account, contact = (other, one) if one.is_contact else (one, other)
        if not contact.holder:
            return True
        if account.id not in self._own_names:
            self._own_names[account.id] = own_name(
                (self.atoms[number], tie)
                for number, tie in self.ties_of[account.id].items()
                if self.atoms[number].is_contact
            )
        return contact.holder == self._own_names[account.id]
