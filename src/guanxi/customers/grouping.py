"""Joining subjects into persons, unless what is known of both speaks against it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from guanxi.customers.identifiers import scheme_of


@dataclass(slots=True)
class Traits:
    """What is known of a group of subjects, as far as it can speak against a merge."""

    accounts: set[tuple[str, str]] = field(default_factory=set)
    names: set[int] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    birthdays: set[str] = field(default_factory=set)

    def absorb(self, other: Traits) -> None:
        self.accounts |= other.accounts
        self.names |= other.names
        self.phones |= other.phones
        self.birthdays |= other.birthdays


class Groups:
    """Disjoint groups of numbers with their traits, and pairs that must stay apart."""

    def __init__(self, members: Iterable[int]) -> None:
        self._parent = {member: member for member in members}
        self._traits = {member: Traits() for member in self._parent}
        self._apart: list[tuple[int, int]] = []

    def find(self, member: int) -> int:
        root = member
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[member] != root:
            self._parent[member], member = root, self._parent[member]
        return root

    def traits(self, member: int) -> Traits:
        return self._traits[self.find(member)]

    def together(self, a: int, b: int) -> bool:
        return self.find(a) == self.find(b)

    def keep_apart(self, a: int, b: int) -> None:
        if a in self._parent and b in self._parent:
            self._apart.append((a, b))

    def are_apart(self, a: int, b: int) -> bool:
        """Whether a person said that the two groups are different."""
        pair = {self.find(a), self.find(b)}
        return any({self.find(c), self.find(d)} == pair for c, d in self._apart)

    def may_join(self, a: int, b: int) -> bool:
        return a in self._parent and b in self._parent and not self.are_apart(a, b)

    def conflict(self, a: int, b: int, *, people: bool, platforms: bool) -> str:
        """The code of what speaks against joining, or "". `people`: two names with two phones do;
        `platforms`: two accounts of one platform do."""
        one, other = self.traits(a), self.traits(b)
        if _clash(one, other, single=True):
            return "two_ids"
        if any(_contradict(x, y) for x in one.birthdays for y in other.birthdays):
            return "two_birthdays"
        if people and _are_two_people(one, other):
            return "two_people"
        if platforms and _clash(one, other, single=False):
            return "shared_phone"
        return ""

    def join(self, a: int, b: int) -> None:
        a, b = self.find(a), self.find(b)
        if a == b:
            return
        smaller, greater = min(a, b), max(a, b)
        self._parent[greater] = smaller
        self._traits[smaller].absorb(self._traits.pop(greater))

    def smallest(self) -> dict[int, int]:
        """Each member with the smallest member of its group."""
        return {member: self.find(member) for member in self._parent}


def _clash(one: Traits, other: Traits, *, single: bool) -> bool:
    """Whether both have accounts of one scheme (with `single`: of one that a person has only once)."""
    keys = dict(one.accounts)
    for scheme, key in other.accounts:
        if keys.get(scheme, key) != key and (not single or _is_single(scheme)):
            return True
    return False


def _is_single(name: str) -> bool:
    scheme = scheme_of(name)
    return scheme is not None and scheme.single


def _are_two_people(one: Traits, other: Traits) -> bool:
    return bool(
        one.names
        and other.names
        and one.phones
        and other.phones
        and one.names.isdisjoint(other.names)
        and one.phones.isdisjoint(other.phones)
    )


def _contradict(one: str, other: str) -> bool:
    """Whether two birthdays (`solar:1990-05-01`, `lunar:--05-01`) cannot be one person's."""
    if one == other:
        return False
    one_calendar, _, one_date = one.partition(":")
    other_calendar, _, other_date = other.partition(":")
    if one_calendar != other_calendar:
        return False
    years_differ = one_date[:4] != other_date[:4] and "--" not in {one_date[:2], other_date[:2]}
    return one_date[-5:] != other_date[-5:] or years_differ
