"""What is read of draws: by operators, by members, by machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from guanxi.customers.lookup import roots_of, summaries
from guanxi.kernel.clock import now_ms
from guanxi.kernel.text import masked_name, masked_phone
from guanxi.loyalty.draws import services
from guanxi.loyalty.draws.contracts import PUBLISHED_ABOVE_FEN, Mode, State, WinState
from guanxi.loyalty.draws.models import Draw, DrawEntry, DrawPrize, DrawVersion, DrawWin
from guanxi.loyalty.ledger.queries import standing

MOST_SHOWN = 200
PUBLIC = (State.OPEN.value, State.CLOSED.value, State.DRAWN.value, State.REVEALED.value)


class Winner(NamedTuple):
    """A win as it may be shown: `who` is masked, "" once that person is erased."""

    id: int
    number: int
    prize: str
    value_fen: int
    who: str
    customer_id: int
    state: str
    posted: bool
    store: str
    claim_by_ms: int


class Mine(NamedTuple):
    """An entry of a member. `win` is its prize where it won one."""

    number: int
    nonce: str
    at_ms: int
    person: str
    excluded: str
    answered: bool
    prize: Mapping[str, Any] | None
    win: DrawWin | None


def draws(brand_id: int, states: Collection[str] = ()) -> list[Draw]:
    """Newest first."""
    found = Draw.objects.filter(brand_id=brand_id)
    if states:
        found = found.filter(state__in=list(states))
    return list(found.order_by("-pk")[: services.MOST_DRAWS])


def counts(brand_id: int) -> Counter[str]:
    return Counter(Draw.objects.filter(brand_id=brand_id).values_list("state", flat=True))


def public(brand_id: int, draw_id: int) -> Draw:
    """One that was published. Raises NotFound."""
    draw = services.find(brand_id, draw_id)
    return draw if draw.state in PUBLIC else services.find(brand_id, 0)


def open_now(brand_id: int) -> list[Draw]:
    at_ms = now_ms()
    found = Draw.objects.filter(brand_id=brand_id, state=State.OPEN.value, opens_ms__lte=at_ms)
    return list(found.filter(closes_ms__gt=at_ms).order_by("closes_ms")[:20])


def dealt(draw: Draw) -> dict[str, int]:
    """Code of a prize → how many were won."""
    return dict(DrawPrize.objects.filter(draw=draw).values_list("code", "dealt"))


def versions(draw: Draw) -> list[DrawVersion]:
    return list(DrawVersion.objects.filter(draw=draw).order_by("version"))


def excluded(draw: Draw) -> Counter[str]:
    """Reason → how many entries take no part."""
    found = DrawEntry.objects.filter(draw=draw).exclude(excluded="")
    return Counter(found.values_list("excluded", flat=True))


def winners(draw: Draw, *, published: bool = False) -> list[Winner]:
    """By prize and entry. `published`: those that everybody may see: not void, and of an instant draw those
    of prizes above ¥500."""
    rows = DrawWin.objects.filter(draw=draw)
    prizes: Sequence[Mapping[str, Any]] = draw.terms["prizes"]
    if published:
        rows = rows.exclude(state=WinState.VOID.value)
        if draw.mode == Mode.INSTANT.value:
            dear = [n for n, one in enumerate(prizes) if one["value_fen"] > PUBLISHED_ABOVE_FEN]
            rows = rows.filter(place__in=dear)
    wins = list(rows.order_by("place", "number")[:MOST_SHOWN])
    people = _people(draw.brand_id, {win.subject_id for win in wins if win.subject_id})
    return [
        Winner(
            win.pk,
            win.number,
            prizes[win.place]["name"],
            prizes[win.place]["value_fen"],
            *people.get(win.subject_id, ("", 0)),
            win.state,
            win.posted,
            win.store,
            win.claim_by_ms,
        )
        for win in wins
    ]


def _people(brand_id: int, subject_ids: Collection[int]) -> dict[int, tuple[str, int]]:
    """subject → what may be shown of its customer, and the customer."""
    roots = roots_of(brand_id, subject_ids)
    named = {}
    for one in summaries(brand_id, set(roots.values())):
        phones = [known.value for known in one.identities if known.scheme == "phone" and known.value]
        text = masked_phone(phones[0].removeprefix("+86")) if phones else masked_name(one.name or "")
        named[one.id] = (text, one.id)
    return {one: named.get(root, ("", 0)) for one, root in roots.items()}


def mine(draw: Draw, subject_ids: Collection[int]) -> list[Mine]:
    """The entries of a member, newest first."""
    ours = list(subject_ids)
    wins = {win.number: win for win in DrawWin.objects.filter(draw=draw, subject_id__in=ours)}
    rows = DrawEntry.objects.filter(draw=draw, subject_id__in=ours).order_by("-number")[:MOST_SHOWN]
    answered = draw.mode == Mode.INSTANT.value or draw.state in (State.DRAWN.value, State.REVEALED.value)
    return [
        Mine(
            row.number,
            row.nonce,
            row.at_ms,
            row.person,
            row.excluded,
            answered,
            draw.terms["prizes"][row.place] if row.place is not None else None,
            wins.get(row.number),
        )
        for row in rows
    ]


def to_claim(brand_id: int, subject_ids: Collection[int]) -> list[DrawWin]:
    """Gifts that wait for their winner to say where they go."""
    ours = DrawWin.objects.filter(subject_id__in=list(subject_ids), state=WinState.WON.value, posted=True)
    found = ours.filter(draw__brand_id=brand_id, claim_by_ms__gt=now_ms())
    return list(found.select_related("draw").order_by("claim_by_ms")[:20])


def to_hand_out(brand_id: int, subject_ids: Collection[int]) -> list[DrawWin]:
    """Gifts that a till may hand out to this person."""
    states = [WinState.WON.value, WinState.CLAIMED.value]
    found = DrawWin.objects.filter(subject_id__in=list(subject_ids), state__in=states, posted=True)
    return list(found.filter(draw__brand_id=brand_id).select_related("draw").order_by("pk")[:20])


def may_pay(draw: Draw, subject_id: int) -> int | None:
    """How many entries the member could pay for; None where they are free."""
    entry = draw.terms["entry"]
    if not entry["asset"]:
        return None
    has = standing(draw.brand_id, subject_id, entry["asset"]).spendable
    return has // int(entry["units"])


def odds(draw: Draw) -> list[tuple[Mapping[str, Any], int, int]]:
    """Each prize with its odds as they stand: pieces of so many entries. 0 entries: nobody has entered."""
    of = draw.terms["positions"] or draw.entered
    return [(one, one["quantity"], of) for one in draw.terms["prizes"]]
