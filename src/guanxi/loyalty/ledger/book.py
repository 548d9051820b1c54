"""What postings do to balances, lots and debts: a state goes in, rows to write come out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.contracts import (
    MOST_UNITS,
    NEVER_MS,
    OF_SUBJECTS,
    Account,
    ClawBack,
    Expire,
    GiveBack,
    Kind,
    Move,
    Place,
    Resolve,
    Ripen,
    Step,
)
from guanxi.loyalty.ledger.sheet import Lot, Origin, Pending, Refusal, Sheet, UseRow


class Book(Sheet):
    """`apply` changes the sheet as if the postings before had been written."""

    def apply(self, posting: int, steps: Iterable[Step]) -> tuple[int, ...]:
        """The numbers of the moves made. Raises Refusal, and then nothing has changed."""
        moves, uses = len(self.moves), len(self.uses)
        self._journal.clear()
        self._posting = posting
        try:
            for step in steps:
                self._step(step)
        except Refusal:
            self._undo()
            for row in self.moves[moves:]:
                self._forget(row.id)
            del self.moves[moves:], self.uses[uses:]
            raise
        return tuple([row.id for row in self.moves[moves:]])

    def _step(self, step: Step) -> None:
        match step:
            case Move():
                self._move(step)
            case Resolve():
                self._resolve(step)
            case Ripen():
                self._ripen(step)
            case ClawBack():
                self._claw_back(step)
            case GiveBack():
                self._give_back(step)
            case Expire():
                self._expire(step)

    def _move(self, step: Move) -> None:
        _check(step)
        kind = Kind.PENDING if step.until_ms is not None else Kind.DIRECT
        if step.source.place is Place.WALLET:
            self._take(step, kind)
        elif step.target.place is Place.WALLET:
            told = (step.source, step.target, step.units, step.expires_ms)
            self._receive(kind, *told, until_ms=step.until_ms, ripe_ms=step.ripe_ms)
        else:
            move = self._write(kind, step.source, step.target, step.units, until_ms=step.until_ms)
            if step.until_ms is not None:
                as_told = (step.source, step.target, step.units, step.until_ms, NEVER_MS, move)
                self._expect(Pending(move, *as_told, ripe_ms=step.ripe_ms))

    # Out of wallets

    def _take(self, step: Move, kind: Kind) -> None:
        have = self.spendable(step.source)
        if have < step.units:
            raise Refusal(
                "insufficient",
                say("There are %(have)s units to spend, %(units)s are needed.", have=have, units=step.units),
            )
        portions = list(self._portions(step.source, step.units))
        if step.target.place is Place.WALLET:
            if kind is Kind.PENDING:
                raise Refusal("accounts", say("What goes to another customer cannot be pending."))
            for lot, units in portions:  # units that change hands keep their expiry
                move = self._receive(kind, lot.wallet, step.target, units, lot.expires_ms, pay=False)
                self._use(move, lot.id, units)
            self._pay(step.target)
            return
        dates = (step.until_ms, step.ripe_ms)
        self._draw(kind, portions, step.target, dates=dates, first_is_origin=True)

    def _draw(
        self,
        kind: Kind,
        portions: Sequence[tuple[Lot, int]],
        target: Account,
        *,
        dates: tuple[int | None, int | None] = (None, None),
        origin_id: int | None = None,
        first_is_origin: bool = False,
    ) -> None:
        """One move for each wallet that gives, with the lots that it uses. `dates`: until when it is pending,
        and when it is ripe."""
        until_ms, ripe_ms = dates
        for wallet in dict.fromkeys(lot.wallet for lot, _units in portions):
            ours = [(lot, units) for lot, units in portions if lot.wallet == wallet]
            total = sum(units for _lot, units in ours)
            move = self._write(kind, wallet, target, total, until_ms=until_ms, origin_id=origin_id)
            if first_is_origin and origin_id is None:
                origin_id = move
            for lot, units in ours:
                self._use(move, lot.id, units)
            if kind is Kind.PENDING:
                held = tuple((lot.id, units) for lot, units in ours)
                told = (wallet, target, total, until_ms or 0, NEVER_MS, origin_id or move, held)
                self._expect(Pending(move, *told, ripe_ms=ripe_ms))

    def spendable(self, wallet: Account) -> int:
        """What the customer may spend: wallets less what is held and what is owed."""
        family = self._family(wallet)
        return sum(self.left[lot.id] for lot in self._lots(wallet)) + sum(
            self._balance(one._replace(place=Place.DEBT)).posted for one in family
        )

    def _family(self, wallet: Account) -> list[Account]:
        members = self.families.get(wallet.subject_id, (wallet.subject_id,))
        return [Account(wallet.asset, wallet.place, number, wallet.name) for number in members]

    def _lots(self, wallet: Account) -> list[Lot]:
        """Of the whole customer, in the order in which they are spent."""
        found = [
            self.lots[number]
            for one in self._family(wallet)
            for number in self._by_wallet.get(one, ())
            if self.left.get(number)
        ]
        return sorted(found, key=lambda lot: (lot.expires_ms, lot.id))

    def _portions(self, wallet: Account, units: int, first: int | None = None) -> Iterator[tuple[Lot, int]]:
        """At most `units` out of the customer's lots; those that `first` earned come before the others."""
        lots = self._lots(wallet)
        if first is not None:
            lots.sort(key=lambda lot: lot.origin_id != first)
        for lot in lots:
            if units <= 0:
                return
            part = min(units, self.left[lot.id])
            units -= part
            yield lot, part

    def _use(self, move_id: int, lot_id: int, units: int) -> None:
        self.uses.append(UseRow(move_id, lot_id, units))
        self._set(self.left, lot_id, self.left[lot_id] - units)

    # Into wallets

    def _receive(
        self,
        kind: Kind,
        source: Account,
        wallet: Account,
        units: int,
        expires_ms: int | None,
        *,
        until_ms: int | None = None,
        ripe_ms: int | None = None,
        pending_id: int | None = None,
        origin_id: int | None = None,
        pay: bool = True,
    ) -> int:
        """A move into a wallet; where it is no announcement, with its lot, which pays what is owed."""
        expires = NEVER_MS if expires_ms is None else expires_ms
        move = self._write(
            kind,
            source,
            wallet,
            units,
            until_ms=until_ms,
            expires_ms=expires if kind is Kind.PENDING else None,
            pending_id=pending_id,
            origin_id=origin_id,
        )
        if kind is Kind.PENDING:
            told = (source, wallet, units, until_ms or 0, expires, origin_id or move)
            self._expect(Pending(move, *told, ripe_ms=ripe_ms))
            return move
        self._bring(Lot(move, wallet, expires, origin_id or move), units)
        if pay:
            self._pay(wallet)
        return move

    def _pay(self, wallet: Account) -> None:
        """What the customer has pays what the customer owes."""
        if not self._owing:
            return
        for one in self._family(wallet):
            debt = one._replace(place=Place.DEBT)
            owed = -self._balance(debt).posted
            if owed > 0:
                self._draw(Kind.PAY, list(self._portions(wallet, owed)), debt)

    # Resolving

    def _resolve(self, step: Resolve) -> None:
        pending = self._open(step.pending_id)
        units = pending.units if step.units is None else step.units
        if step.kind is Kind.POST:
            if pending.until_ms <= self.now_ms and not self._ripe(pending):
                raise Refusal("too_late", say("Its time is up: it cannot be posted any more."))
            if not 0 < units <= pending.units:
                message = say("Between 1 and %(most)s units can be posted.", most=pending.units)
                raise Refusal("units", message)
        elif step.kind is Kind.LAPSE and (pending.until_ms > self.now_ms or self._ripe(pending)):
            raise Refusal("too_early", say("Its time is not up yet."))
        self._end(pending, step.kind, units if step.kind is Kind.POST else pending.units)

    def _ripen(self, step: Ripen) -> None:
        pending = self._open(step.pending_id)
        if not self._ripe(pending):
            raise Refusal("too_early", say("It is not ripe yet."))
        self._end(pending, Kind.POST, pending.units)

    def _ripe(self, pending: Pending) -> bool:
        return pending.ripe_ms is not None and pending.ripe_ms <= self.now_ms

    def _open(self, pending_id: int) -> Pending:
        pending = self.pendings.get(pending_id)
        if pending is None:
            raise Refusal("unknown", say("There is no such pending move."))
        if not pending.open:
            raise Refusal("already_resolved", say("It was posted, voided or expired before."))
        return pending

    def _end(self, pending: Pending, kind: Kind, units: int) -> None:
        """Resolve it: by a POST of `units`, or by letting all of it go."""
        self._set(self.pendings, pending.id, pending._replace(open=False))
        self._announce(pending.source, pending.target, -pending.units)
        known = {"pending_id": pending.id, "origin_id": pending.origin_id}
        self._note(pending, pending.units - units if kind is Kind.POST else pending.units)
        if kind is Kind.POST and pending.target.place is Place.WALLET:
            self._receive(
                kind,
                pending.source,
                pending.target,
                units,
                pending.expires_ms,
                pending_id=pending.id,
                origin_id=pending.origin_id,
            )
            return
        move = self._write(kind, pending.source, pending.target, units, **known)
        if pending.source.place is not Place.WALLET:
            return
        released = pending.units - units if kind is Kind.POST else pending.units
        for lot_id, used in reversed(pending.uses):
            part = min(released, used)
            released -= part
            if part:
                self._use(move, lot_id, -part)
        self._pay(pending.source)

    def _note(self, pending: Pending, gone: int) -> None:
        """What a refund later in the batch must know: so much of it came to nothing."""
        origin = self.origins.get(pending.origin_id)
        if origin is None:
            return
        ours = [self.pendings.get(number) for number in self._by_origin.get(origin.id, ())]
        net, rest = dict(origin.uses), gone
        for lot_id, used in reversed(pending.uses):
            part = min(rest, used)
            rest -= part
            net[lot_id] -= part
        uses = tuple((lot, units) for lot, units in net.items() if units)
        settled = not any(one is not None and one.open for one in ours)
        self._set(
            self.origins, origin.id, origin._replace(gone=origin.gone + gone, uses=uses, settled=settled)
        )

    # Refunds and expiry

    def _claw_back(self, step: ClawBack) -> None:
        origin = self._origin(step.origin_id, step.units)
        if origin.source.place is Place.WALLET:
            raise Refusal("not_earned", say("What was paid with is given back, not taken back."))
        self._set(self.origins, origin.id, origin._replace(gone=origin.gone + step.units))
        rest = step.units
        announced = [self.pendings.get(number) for number in self._by_origin.get(origin.id, ())]
        for pending in announced:
            if pending is not None and pending.open:
                rest -= self._let_go(pending, rest)
        if not rest:
            return
        if origin.target.place is not Place.WALLET:
            self._write(Kind.CLAW, origin.target, origin.source, rest, origin_id=origin.id)
            return
        portions = list(self._portions(origin.target, rest, first=origin.id))
        self._draw(Kind.CLAW, portions, origin.source, origin_id=origin.id)
        missing = rest - sum(units for _lot, units in portions)
        if missing:
            debt = origin.target._replace(place=Place.DEBT)
            self._write(Kind.CLAW, debt, origin.source, missing, origin_id=origin.id)

    def _let_go(self, pending: Pending, most: int) -> int:
        """At most `most` units of it come to nothing, the rest stays announced; how many."""
        units = min(most, pending.units)
        if not units:
            return 0
        self._set(self.pendings, pending.id, pending._replace(open=False))
        self._announce(pending.source, pending.target, -pending.units)
        known = {"pending_id": pending.id, "origin_id": pending.origin_id}
        self._write(Kind.LET_GO, pending.source, pending.target, units, **known)
        if rest := pending.units - units:
            self._receive(
                Kind.PENDING,
                pending.source,
                pending.target,
                rest,
                pending.expires_ms,
                until_ms=pending.until_ms,
                ripe_ms=pending.ripe_ms,
                origin_id=pending.origin_id,
            )
        return units

    def _give_back(self, step: GiveBack) -> None:
        origin = self._origin(step.origin_id, step.units)
        if origin.source.place is not Place.WALLET or not origin.settled:
            raise Refusal("not_spent", say("Only what was paid with is given back."))
        self._set(self.origins, origin.id, origin._replace(gone=origin.gone + step.units))
        unspent = origin.units - sum(units for _lot, units in origin.uses)  # announced, and let go again
        for lot, units in _between(origin.uses, origin.gone - unspent, step.units):
            old = self.lots[lot]
            expires = max(old.expires_ms, self.now_ms + step.grace_ms)
            self._receive(
                Kind.RETURN, origin.target, old.wallet, units, expires, origin_id=origin.id, pay=False
            )
        self._pay(origin.source)

    def _origin(self, origin_id: int, units: int) -> Origin:
        origin = self.origins.get(origin_id)
        if origin is None:
            raise Refusal("unknown", say("There is no such move."))
        if not 0 < units <= origin.units - origin.gone:
            most = origin.units - origin.gone
            message = say("At most %(most)s units of it can still be taken back.", most=most)
            raise Refusal("beyond_origin", message)
        return origin

    def _expire(self, step: Expire) -> None:
        lot = self.lots.get(step.lot_id)
        if lot is None or not self.left.get(lot.id):
            raise Refusal("nothing_left", say("Nothing is left of it."))
        if lot.expires_ms > self.now_ms:
            raise Refusal("too_early", say("Its time is not up yet."))
        self._pay(lot.wallet)  # of profiles that were merged, one may owe
        if left := self.left[lot.id]:
            target = Account(lot.wallet.asset, Place.EXPIRED)
            self._draw(Kind.EXPIRE, [(lot, left)], target, origin_id=lot.origin_id)


def _check(step: Move) -> None:
    if not 0 < step.units <= MOST_UNITS:
        raise Refusal("units", say("Between 1 and %(most)s units can be moved.", most=MOST_UNITS))
    if step.ripe_ms is not None and (step.until_ms is None or not _fits(step.ripe_ms, step.until_ms)):
        raise Refusal("dates", say("What is pending can ripen before its time is up, and not after."))
    if step.source == step.target or step.source.asset != step.target.asset:
        raise Refusal("accounts", say("A move goes from one account to another of the same asset."))
    if Place.DEBT in (step.source.place, step.target.place):
        raise Refusal("accounts", say("Debts come of refunds and are paid by what comes in."))
    for account in (step.source, step.target):
        if (account.subject_id > 0) != (account.place in OF_SUBJECTS):
            raise Refusal("accounts", say("A wallet belongs to a customer, other accounts to nobody."))


def _fits(ripe_ms: int, until_ms: int) -> bool:
    return ripe_ms < until_ms or ripe_ms == NEVER_MS  # that one waits to be told


def _between(uses: Sequence[tuple[int, int]], skipped: int, units: int) -> Iterator[tuple[int, int]]:
    """The part of `uses` that begins after `skipped` units and is `units` long."""
    for lot, used in uses:
        before = min(skipped, used)
        skipped -= before
        part = min(units, used - before)
        units -= part
        if part:
            yield lot, part
