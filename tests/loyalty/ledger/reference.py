"""A slow and obvious ledger: every unit is a thing of its own that is somewhere."""

from __future__ import annotations

from dataclasses import dataclass, field

NEVER = (1 << 63) - 1


@dataclass
class Unit:
    subject: int
    expires: int
    lot: int
    origin: object
    where: object = "wallet"  # "wallet", ("held", pending), ("spent", origin) or "gone"


@dataclass
class Coming:
    subject: int
    units: int
    until: int
    expires: int
    origin: object
    open: bool = True
    ripe: int | None = None  # NEVER: waits to be told


@dataclass
class Held:
    subject: int
    until: int
    origin: object
    units: list[Unit]
    open: bool = True
    spent: list[Unit] = field(default_factory=list)


class No(Exception):
    pass


@dataclass
class Reference:
    customer_of: dict[int, int]
    now: int = 0
    units: list[Unit] = field(default_factory=list)
    debts: dict[int, int] = field(default_factory=dict)
    coming: dict[object, Coming] = field(default_factory=dict)
    held: dict[object, Held] = field(default_factory=dict)
    earned: dict[object, int] = field(default_factory=dict)  # what of it can still be taken back
    earner: dict[object, int] = field(default_factory=dict)
    paid: dict[object, list[Unit]] = field(default_factory=dict)
    returned: dict[object, int] = field(default_factory=dict)
    lots: int = 0

    def family(self, subject: int) -> list[int]:
        return sorted(one for one in self.customer_of if self.customer_of[one] == self.customer_of[subject])

    def purse(self, subject: int) -> list[Unit]:
        mine = [one for one in self.units if one.where == "wallet" and one.subject in self.family(subject)]
        return sorted(mine, key=lambda unit: (unit.expires, unit.lot))

    def owed(self, subject: int) -> int:
        return sum(self.debts.get(one, 0) for one in self.family(subject))

    def spendable(self, subject: int) -> int:
        return max(0, len(self.purse(subject)) - self.owed(subject))

    def pay(self, subject: int) -> None:
        for one in self.family(subject):
            for unit in self.purse(subject)[: self.debts.get(one, 0)]:
                unit.where = "gone"
                self.debts[one] -= 1

    def lot(self, subject: int, count: int, expires: int, origin: object) -> None:
        self.lots += 1
        self.units += [Unit(subject, expires, self.lots, origin) for _ in range(count)]

    def earn(self, name: object, subject: int, count: int, expires: int) -> None:
        self.earned[name], self.earner[name] = count, subject
        self.lot(subject, count, expires, name)
        self.pay(subject)

    def announce(self, one: Coming) -> None:
        self.earned[one.origin], self.earner[one.origin] = one.units, one.subject
        self.coming[one.origin] = one

    def tell(self, origin: object, at: int, later: bool) -> None:
        for one in self.coming.values():
            if one.origin != origin or one.ripe is None or not (at == NEVER or at < one.until):
                continue
            one.ripe = max(one.ripe, at) if later else min(one.ripe, at)

    def ripe(self) -> list[object]:
        found = [(one.ripe, name) for name, one in self.coming.items() if one.open and self.is_ripe(one)]
        return [name for _ripe, name in sorted(found)]

    def is_ripe(self, one: object) -> bool:
        return isinstance(one, Coming) and one.ripe is not None and one.ripe <= self.now

    def spend(self, name: object, subject: int, count: int) -> None:
        if self.spendable(subject) < count:
            raise No
        taken = self.purse(subject)[:count]
        order = {one: place for place, one in enumerate(dict.fromkeys(unit.subject for unit in taken))}
        self.paid[name] = sorted(taken, key=lambda unit: order[unit.subject])
        self.returned[name] = 0
        for unit in taken:
            unit.where = ("spent", name)

    def hold(self, subject: int, count: int, until: int) -> list[Held]:
        """One for each wallet that gives; to be filed by the caller under the names they get."""
        if self.spendable(subject) < count:
            raise No
        taken = self.purse(subject)[:count]
        found = []
        for one in dict.fromkeys(unit.subject for unit in taken):
            ours = [unit for unit in taken if unit.subject == one]
            found.append(Held(one, until, None, ours))
        for unit in taken:
            unit.where = "held"
        return found

    def resolve(self, name: object, kind: str, count: int) -> None:
        """`kind` is post, void or lapse."""
        one = self.coming.get(name) or self.held.get(name)
        size = one.units if isinstance(one, Coming) else len(one.units) if one else 0
        too_early = one and (one.until > self.now or self.is_ripe(one))
        too_late = one and not too_early and one.until <= self.now
        if one is None or not one.open or (kind == "post" and (too_late or not 0 < count <= size)):
            raise No
        if kind == "lapse" and too_early:
            raise No
        one.open = False
        count = count if kind == "post" else 0
        if isinstance(one, Coming):
            self.earned[one.origin] -= one.units - count
            if count:
                self.lot(one.subject, count, one.expires, one.origin)
                self.pay(one.subject)
            return
        one.spent = one.units[:count]
        for unit in one.spent:
            unit.where = ("spent", name)
        for unit in one.units[count:]:
            unit.where = "wallet"
        self.pay(one.subject)
        together = [each for each in self.held.values() if each.origin == one.origin]
        if not any(each.open for each in together):  # only then is it known what was paid
            self.paid[one.origin] = [unit for each in together for unit in each.spent]
            self.returned[one.origin] = 0

    def claw_back(self, name: object, count: int) -> None:
        if name not in self.earned or not 0 < count <= self.earned[name]:
            raise No
        self.earned[name] -= count
        for one in self.coming.values():
            if one.open and one.origin == name:
                part = min(one.units, count)
                one.units -= part
                count -= part
                one.open = one.units > 0
        purse = sorted(self.purse(self.earner[name]), key=lambda unit: unit.origin != name)
        for unit in purse[:count]:
            unit.where = "gone"
        missing = count - min(count, len(purse))
        self.debts[self.earner[name]] = self.debts.get(self.earner[name], 0) + missing

    def give_back(self, name: object, count: int, grace: int) -> None:
        paid = self.paid.get(name)
        if paid is None or not 0 < count <= len(paid) - self.returned[name]:
            raise No
        part = paid[self.returned[name] :][:count]
        self.returned[name] += count
        for lot in dict.fromkeys(unit.lot for unit in part):
            ours = [unit for unit in part if unit.lot == lot]
            expires = max(ours[0].expires, self.now + grace)
            self.lot(ours[0].subject, len(ours), expires, name)
        self.pay(paid[0].subject)

    def expire(self) -> None:
        for one in {
            unit.subject for unit in self.units if unit.where == "wallet" and unit.expires <= self.now
        }:
            self.pay(one)
        for unit in self.units:
            if unit.where == "wallet" and unit.expires <= self.now:
                unit.where = "gone"
