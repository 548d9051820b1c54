"""From the last entry to the seed in public: freeze the entrants, draw, post what was won, reveal.

Each step is a transaction of its own and done once; whoever is killed between two goes on at the next.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from guanxi.customers.hooks import Happening, tell
from guanxi.customers.lookup import roots_of_many
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.collecting import without_collecting
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.kernel.wording import say
from guanxi.loyalty.draws import coupons, drawing, people, services, stock
from guanxi.loyalty.draws import terms as written
from guanxi.loyalty.draws.contracts import Excluded, Mode, Prize, State, Terms, WinState
from guanxi.loyalty.draws.drawing import Line
from guanxi.loyalty.draws.entering import WON
from guanxi.loyalty.draws.models import Draw, DrawEntry, DrawPrize, DrawWin
from guanxi.loyalty.ledger.contracts import ClawBack, Posting
from guanxi.loyalty.ledger.contracts import State as Booked
from guanxi.loyalty.ledger.posting import LARGEST_BATCH, post
from guanxi.platform import audit
from guanxi.platform.bulk import insert_rows, update_rows
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

LONGEST_ENTROPY: Final = 200
LONGEST_EVIDENCE: Final = 500
_WIN_COLUMNS: Final = {
    "draw_id": "bigint",
    "number": "bigint",
    "place": "smallint",
    "subject_id": "bigint",
    "state": "text",
    "posted": "boolean",
    "store": "text",
    "claim_by_ms": "bigint",
    "at_ms": "bigint",
    "changed_ms": "bigint",
}
Told = Callable[[int, int], object]


class Row(NamedTuple):
    """An entry as it was made."""

    id: int
    number: int
    subject_id: int
    person: str
    version: int
    nonce: str
    excluded: str
    place: int | None


def settle(brand: Brand, draw_id: int, *, actor: object, told: Told = lambda done, total: None) -> Draw:
    """All that can be done now, from wherever it stands. `told` hears how many entries are paid, of how many,
    and may raise to stop. Raises Conflict where it is not closed yet or waits for its public number."""
    draw = services.find(brand.pk, draw_id)
    if draw.state == State.OPEN.value:
        draw = close(brand, draw_id, actor=actor)
    if draw.state == State.CLOSED.value:
        draw = decide(brand, draw_id, actor=actor)
    if draw.state == State.DRAWN.value:
        plan = plan_of(draw)
        while not pay(brand, draw_id, actor=actor, told=told, plan=plan):
            pass
        draw = reveal(brand, draw_id, actor=actor)
    return draw


@without_collecting()
def close(brand: Brand, draw_id: int, *, actor: object) -> Draw:
    """Freeze the entrants: pseudonyms by who is who today, those who take no part marked, all chained. Raises
    Conflict before its time, unless an instant draw is sold out."""
    with writing(brand.pk):
        draw = services.locked(brand.pk, draw_id)
        terms = written.parse(draw.terms)
        if draw.state != State.OPEN.value:
            raise _state(draw)
        if now_ms() < terms.closes_ms and not (terms.positions and draw.entered >= terms.positions):
            raise Conflict(
                say("The draw is open until it closes: ending it early is not in the customers' favour."),
                reason="early",
            )
        rows = rows_of(draw.pk)
        frozen = _frozen(brand.pk, draw, terms, rows)
        changed = [
            (line.person, line.excluded, row.id)
            for row, line in zip(rows, frozen, strict=True)
            if (line.person, line.excluded) != (row.person, row.excluded)
        ]
        columns = {"person": "text", "excluded": "text", "id": "bigint"}
        update_rows("loyalty_drawentry", columns, changed)
        if terms.mode is Mode.INSTANT:
            _take_back(draw, terms, rows, frozen, actor)
        draw.entries_hash = drawing.entries_hash(draw.terms_hash, frozen)
        draw.state, draw.closed_ms = State.CLOSED.value, now_ms()
        draw.save(update_fields=["entries_hash", "state", "closed_ms"])
        excluded = Counter(line.excluded for line in frozen if line.excluded)
        detail = {"entries_hash": draw.entries_hash, "entries_count": len(rows), "excluded": dict(excluded)}
        audit.record(brand.pk, str(actor), "draw.closed", "draw", draw.pk, detail=detail)
    return draw


def _frozen(brand_id: int, draw: Draw, terms: Terms, rows: Sequence[Row]) -> list[Line]:
    roots = roots_of_many(brand_id, {row.subject_id for row in rows if row.subject_id})
    insiders = people.insiders_among(brand_id, set(roots.values()), terms.insider_tag)
    salt = services.secrets_of(draw)[1]
    names = {root: people.pseudonym(salt, root) for root in set(roots.values())}
    instant, free = terms.mode is Mode.INSTANT, not terms.entry.asset
    times: dict[int, int] = defaultdict(int)
    lines = []
    for row in rows:
        root = roots.get(row.subject_id)
        excluded = ""
        if root is None:
            excluded = "" if instant else Excluded.GONE.value
        elif root in insiders:
            excluded = Excluded.INSIDER.value
        elif free and not instant:
            times[root] += 1
            excluded = Excluded.LIMIT.value if times[root] > terms.entry.most else ""
        person = row.person if instant or root is None else names[root]
        lines.append(Line(row.number, person, row.version, row.nonce, excluded))
    return lines


def _take_back(draw: Draw, terms: Terms, rows: Sequence[Row], lines: Sequence[Line], actor: object) -> None:
    """What insiders won in an instant draw goes back."""
    out = {
        row.number for row, line in zip(rows, lines, strict=True) if line.excluded and row.place is not None
    }
    for win in DrawWin.objects.filter(draw=draw, number__in=sorted(out)).exclude(state=WinState.VOID):
        prize, handed = terms.prizes[win.place], win.state == WinState.HANDED_OUT.value
        if prize.campaign:
            coupons.withdraw(draw, win.number, actor)
        else:
            assert win.move_id is not None
            if handed:
                step = ClawBack(win.move_id, prize.units or 1)
                asked = Posting(f"draw:{draw.pk}:x:{win.number}", "draw.returned", [step], now_ms())
            else:
                asked = stock.returning(draw, prize, win.number, win.move_id)
            stock.demand_posted(post(draw.brand_id, [asked], actor=actor))
        DrawWin.objects.filter(pk=win.pk).update(state=WinState.VOID.value, changed_ms=now_ms())


def set_entropy(brand: Brand, draw_id: int, value: str, evidence: str, *, actor: object) -> Draw:
    """Type in the public number that was announced, once, with where it was seen. Raises Invalid, and
    Conflict where none was announced, the entrants are not frozen yet, or another number is there."""
    value, evidence = " ".join(value.split()), " ".join(evidence.split())
    if not 0 < len(value) <= LONGEST_ENTROPY or not value.isprintable():
        message = say("A public number has 1 to %(most)s characters.", most=LONGEST_ENTROPY)
        raise Invalid(message, field="entropy")
    if not 0 < len(evidence) <= LONGEST_EVIDENCE or not evidence.isprintable():
        raise Invalid(
            say("Say where the number was published, in at most %(most)s characters.", most=LONGEST_EVIDENCE),
            field="evidence",
        )
    with writing(brand.pk):
        draw = services.locked(brand.pk, draw_id)
        if draw.state != State.CLOSED.value:
            raise _state(draw)
        if not draw.terms["entropy"]:
            raise Conflict(say("The terms announce no public number."), reason="none_announced")
        if draw.entropy:
            raise Conflict(say("The public number is there already and stays."), reason="there")
        draw.entropy, draw.entropy_evidence = value, audit.blanked(evidence)
        draw.save(update_fields=["entropy", "entropy_evidence"])
        detail = {"entropy": value}
        audit.record(brand.pk, str(actor), "draw.entropy", "draw", draw.pk, detail=detail)
    return draw


@without_collecting()
def decide(brand: Brand, draw_id: int, *, actor: object) -> Draw:
    """Work out who has won, all at once. Raises Conflict where it is not frozen or waits for its public
    number, Invalid where a prize is worth more today than the law allows: then nobody has won."""
    with writing(brand.pk):
        draw = services.locked(brand.pk, draw_id)
        if draw.state != State.CLOSED.value:
            raise _state(draw)
        terms = written.parse(draw.terms)
        if terms.entropy and not draw.entropy:
            raise Conflict(
                say("The public number that was announced is not there yet."),
                remedy=say("Type it in once it is published."),
                reason="entropy",
            )
        services.check_values(brand.pk, terms)
        rows = rows_of(draw.pk)
        lines = lines_of(rows)
        draw.drawn_ms = now_ms()
        if terms.mode is Mode.INSTANT:
            winners = {
                r.number: terms.prizes[r.place].code for r in rows if r.place is not None and not r.excluded
            }
        else:
            seed = services.secrets_of(draw)[0]
            winners = drawing.draw(
                terms, draw.terms_hash, seed, lines, entropy=draw.entropy, frozen=draw.entries_hash
            )
            _write_wins(draw, terms, rows, winners)
        draw.result_hash = drawing.result_hash(winners)
        draw.consoled = len(drawing.consoled(terms, lines, winners))
        draw.state = State.DRAWN.value
        if terms.mode is Mode.INSTANT:
            draw.paid_to = draw.entered
        elif draw.consoled:
            stock.demand_posted(post(brand.pk, [stock.funding(draw, terms, draw.consoled)], actor=actor))
        draw.save(update_fields=["drawn_ms", "result_hash", "consoled", "state", "paid_to"])
        detail = {"result_hash": draw.result_hash, "winners_count": len(winners)}
        audit.record(brand.pk, str(actor), "draw.drawn", "draw", draw.pk, detail=detail)
    return draw


def _write_wins(draw: Draw, terms: Terms, rows: Sequence[Row], winners: Mapping[int, str]) -> None:
    places = {one.code: place for place, one in enumerate(terms.prizes)}
    won = [(row, places[winners[row.number]]) for row in rows if row.number in winners]
    at_ms, claim_by_ms = draw.drawn_ms, draw.drawn_ms + terms.claim_days * DAY_MS
    told = [
        (draw.pk, r.number, place, r.subject_id, "won", False, "", claim_by_ms, at_ms, at_ms)
        for r, place in won
    ]
    insert_rows("loyalty_drawwin", _WIN_COLUMNS, told)
    columns = {"place": "smallint", "id": "bigint"}
    update_rows("loyalty_drawentry", columns, [(place, row.id) for row, place in won])
    for place, many in Counter(place for _row, place in won).items():
        DrawPrize.objects.filter(draw=draw, place=place).update(dealt=many)


class Plan(NamedTuple):
    """What is to be posted of a draw that is decided: entries by number, and of winners the prize."""

    due: Sequence[int]
    winners: Mapping[int, str]


def plan_of(draw: Draw) -> Plan:
    terms, rows = written.parse(draw.terms), rows_of(draw.pk)
    winners = {row.number: terms.prizes[row.place].code for row in rows if row.place is not None}
    if terms.mode is Mode.INSTANT:
        return Plan((), winners)
    return Plan(sorted((*winners, *drawing.consoled(terms, lines_of(rows), winners))), winners)


@without_collecting()
def pay(
    brand: Brand,
    draw_id: int,
    *,
    actor: object,
    told: Told = lambda done, total: None,
    plan: Plan | None = None,
) -> bool:
    """Post a part of what was won and of the consolation, in one transaction; whether nothing is left. `plan`
    is that of the draw, where the caller has it."""
    with writing(brand.pk):
        draw = services.locked(brand.pk, draw_id)
        if draw.state != State.DRAWN.value:
            return True
        if draw.paid_to < draw.entered:
            draw.paid_to = _pay_part(draw, plan or plan_of(draw), actor)
            Draw.objects.filter(pk=draw.pk).update(paid_to=draw.paid_to)
    told(draw.paid_to, draw.entered)
    return draw.paid_to >= draw.entered


def _pay_part(draw: Draw, plan: Plan, actor: object) -> int:
    """The entries that come next, as many as one batch of postings has; the number of the last."""
    terms = written.parse(draw.terms)
    first = bisect_right(plan.due, draw.paid_to)
    due = plan.due[first : first + LARGEST_BATCH]
    if not due:
        return draw.entered
    rows = DrawEntry.objects.filter(draw=draw, number__gte=due[0], number__lte=due[-1])
    subjects = dict(rows.values_list("number", "subject_id"))
    alive = [number for number in due if subjects[number]]  # of the others nobody is left
    won = {number: terms.prize(plan.winners[number]) for number in alive if number in plan.winners}
    booked = [number for number in alive if number not in won or not won[number].campaign]
    postings = [
        stock.winning(draw, won[number], number, subjects[number])
        if number in won
        else stock.consoling(draw, terms, number, subjects[number])
        for number in booked
    ]
    outcomes = zip(booked, post(draw.brand_id, postings, actor=actor), strict=True)
    moves: dict[int, int | None] = {
        number: one.moves[0] for number, one in outcomes if number in won and one.state is not Booked.REFUSED
    }
    for prize in terms.prizes:
        wins = [(number, subjects[number]) for number, one in won.items() if one == prize and prize.campaign]
        issued = coupons.issue(draw, prize, stock.of_prize(draw.pk, prize), wins, actor)
        moves |= dict.fromkeys(issued)
    _note_wins(draw, terms, {number: won[number] for number in moves}, moves)
    return due[-1] if len(due) == LARGEST_BATCH else draw.entered


def _note_wins(draw: Draw, terms: Terms, won: Mapping[int, Prize], moves: Mapping[int, int | None]) -> None:
    """Those that were posted. What the ledger refuses stays won and not posted: the draw's page says so."""
    rows = [
        ((WinState.HANDED_OUT if won[number].at_once else WinState.WON).value, True, move, draw.pk, number)
        for number, move in sorted(moves.items())
    ]
    columns = {
        "state": "text",
        "posted": "boolean",
        "move_id": "bigint",
        "draw_id": "bigint",
        "number": "bigint",
    }
    update_rows("loyalty_drawwin", columns, rows, keys=2)
    numbers = [row[-1] for row in rows]
    for start in range(0, len(numbers), LARGEST_BATCH):
        wins = DrawWin.objects.filter(draw=draw, number__in=numbers[start : start + LARGEST_BATCH])
        told = [_happening(draw, win, terms.prizes[win.place]) for win in wins.order_by("number")]
        tell(draw.brand_id, told)


def _happening(draw: Draw, win: DrawWin, prize: Prize) -> Happening:
    payload = {"draw": draw.code, "number": win.number, "prize": prize.code, "prize_kind": prize.kind.value}
    return Happening(WON, win.subject_id, win.at_ms, payload)


def reveal(brand: Brand, draw_id: int, *, actor: object) -> Draw:
    """Make the seed public, and let what is left of the stock go back. Raises Conflict where not all is
    paid."""
    with writing(brand.pk):
        draw = services.locked(brand.pk, draw_id)
        if draw.state == State.REVEALED.value:
            return draw
        if draw.state != State.DRAWN.value or draw.paid_to < draw.entered:
            raise _state(draw)
        if left := stock.emptying(draw, written.parse(draw.terms)):
            stock.demand_posted(post(brand.pk, left, actor=actor))
        draw.seed = services.secrets_of(draw)[0].hex()
        draw.state, draw.revealed_ms = State.REVEALED.value, now_ms()
        draw.save(update_fields=["seed", "state", "revealed_ms"])
        detail = {"seed_hash": draw.seed_hash}
        audit.record(brand.pk, str(actor), "draw.revealed", "draw", draw.pk, detail=detail)
    return draw


def rows_of(draw_id: int) -> list[Row]:
    """All entries of a draw, by number."""
    found = DrawEntry.objects.filter(draw_id=draw_id).order_by("number").values_list(*Row._fields)
    return list(map(Row._make, found))


def lines_of(rows: Iterable[Row]) -> list[Line]:
    return [Line(row.number, row.person, row.version, row.nonce, row.excluded) for row in rows]


def _state(draw: Draw) -> Conflict:
    return Conflict(
        say("The draw is %(now)s: this cannot be done now.", now=draw.state),
        remedy=say("Look at it again."),
        reason="state",
        state=draw.state,
    )
