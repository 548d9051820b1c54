"""Gifts: claimed by the winner, handed out by the brand, or back in the stock when nobody came."""

from __future__ import annotations

from typing import Final

from guanxi.customers.hooks import Happening, tell
from guanxi.customers.lookup import families_of
from guanxi.customers.stores import stores
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.draws import stock
from guanxi.loyalty.draws import terms as written
from guanxi.loyalty.draws.contracts import WinState
from guanxi.loyalty.draws.models import DrawWin
from guanxi.loyalty.ledger.posting import post
from guanxi.platform import audit, vault
from guanxi.platform.models import Brand
from guanxi.platform.vault import Seen
from guanxi.platform.writing import writing

CLAIMED: Final = "draw.claimed"
LONGEST_ADDRESS: Final = 300
AT_ONCE: Final = 500


def claim(brand: Brand, win_id: int, subject_id: int, *, store: str = "", address: str = "") -> DrawWin:
    """Claim a gift: fetched at a store of the brand, or sent to an address, which goes into the vault alone.
    The same once more changes nothing. Raises NotFound for a gift that is not this person's, Invalid, and
    Conflict where it was claimed otherwise or its time is up."""
    address = " ".join(address.split())
    if bool(store) == bool(address):
        raise Invalid(say("Choose a store, or say where to send it."), field="address")
    if len(address) > LONGEST_ADDRESS or not address.isprintable():
        message = say("An address has at most %(most)s characters.", most=LONGEST_ADDRESS)
        raise Invalid(message, field="address")
    if store and store not in {one.code for one in stores(brand.pk)}:
        raise Invalid(say("There is no such store."), field="store")
    with writing(brand.pk):
        win = find_win(brand.pk, win_id)
        if win.subject_id not in families_of(brand.pk, [subject_id]).get(subject_id, ()):
            raise _unknown(win_id)
        if win.state == WinState.CLAIMED.value and win.store == store:
            return win
        at_ms = now_ms()
        ours = DrawWin.objects.filter(pk=win.pk, state=WinState.WON.value, posted=True, claim_by_ms__gt=at_ms)
        if not ours.update(state=WinState.CLAIMED.value, store=store, changed_ms=at_ms):
            raise Conflict(say("This prize cannot be claimed any more."), reason=win.state)
        if address:
            vault.seal_many(brand.pk, {win.subject_id: {"address": Seen(address, at_ms)}})
        code = win.draw.terms["prizes"][win.place]["code"]
        payload = {"draw": win.draw.code, "number": win.number, "prize": code}
        tell(brand.pk, [Happening(CLAIMED, win.subject_id, at_ms, payload)])
    return find_win(brand.pk, win_id)


def hand_out(brand: Brand, win_id: int, *, actor: object) -> DrawWin:
    """The winner has it. Again changes nothing. Raises NotFound, and Conflict where it went back."""
    with writing(brand.pk):
        win = find_win(brand.pk, win_id)
        if win.state == WinState.HANDED_OUT.value:
            return win
        open_states = [WinState.WON.value, WinState.CLAIMED.value]
        ours = DrawWin.objects.filter(pk=win.pk, state__in=open_states, posted=True)
        if not ours.update(state=WinState.HANDED_OUT.value, changed_ms=now_ms()):
            raise Conflict(say("This prize went back to the stock."), reason=win.state)
        assert win.move_id is not None
        asked = stock.handing_out(win.draw, win.number, win.move_id)
        stock.demand_posted(post(brand.pk, [asked], actor=actor))
        detail = {"code": win.draw.code, "number_id": win.number}
        audit.record(brand.pk, str(actor), "draw.handed_out", "draw", win.draw_id, detail=detail)
    return find_win(brand.pk, win_id)


def expire(brand_id: int) -> int:
    """Gifts that were not claimed in time go back to the stock; how many."""
    done = 0
    with writing(brand_id):
        late = DrawWin.objects.filter(
            draw__brand_id=brand_id, state=WinState.WON.value, posted=True, claim_by_ms__lte=now_ms()
        )
        for win in late.select_related("draw").order_by("pk")[:AT_ONCE]:
            _return(win, WinState.EXPIRED)
            done += 1
    return done


def _return(win: DrawWin, state: WinState) -> None:
    assert win.move_id is not None
    prize = written.parse(win.draw.terms).prizes[win.place]
    asked = stock.returning(win.draw, prize, win.number, win.move_id)
    stock.demand_posted(post(win.draw.brand_id, [asked], actor="system"))
    DrawWin.objects.filter(pk=win.pk).update(state=state.value, changed_ms=now_ms())


def find_win(brand_id: int, win_id: int) -> DrawWin:
    """Raises NotFound."""
    win = DrawWin.objects.select_related("draw").filter(pk=win_id, draw__brand_id=brand_id).first()
    if win is None:
        raise _unknown(win_id)
    return win


def _unknown(win_id: int) -> NotFound:
    return NotFound(say("There is no such prize of yours."), win=win_id)
