"""What states, modes, prizes and reasons are called on pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.loyalty.draws.contracts import Excluded, Mode, PrizeKind, State, WinState
from guanxi.ui.parts import Badge, Tone

STATES: Final[Mapping[str, tuple[Promise, Tone]]] = {
    State.DRAFT: (_("Draft"), ""),
    State.OPEN: (_("Under way"), "good"),
    State.CLOSED: (_("Entrants frozen"), "info"),
    State.DRAWN: (_("Drawn, being paid"), "accent"),
    State.REVEALED: (_("Revealed"), ""),
}
MODES: Final[Mapping[str, Promise]] = {
    Mode.DRAWN: _("All prizes at the end"),
    Mode.INSTANT: _("Each entry at once"),
}
KINDS: Final[Mapping[str, Promise]] = {
    PrizeKind.GIFT: _("Gift"),
    PrizeKind.POINTS: _("Points"),
    PrizeKind.CREDIT: _("Store credit"),
    PrizeKind.COUPON: _("Coupon"),
}
WINS: Final[Mapping[str, tuple[Promise, Tone]]] = {
    WinState.WON: (_("Prize won"), "accent"),
    WinState.CLAIMED: (_("Prize claimed"), "info"),
    WinState.HANDED_OUT: (_("Handed out"), "good"),
    WinState.EXPIRED: (_("Not claimed in time"), "warn"),
    WinState.VOID: (_("Void: an insider"), "bad"),
}
REASONS: Final[Mapping[str, Promise]] = {
    Excluded.INSIDER: _("Insiders"),
    Excluded.LIMIT: _("One person's entries beyond the limit, found by a merge"),
    Excluded.GONE: _("Erased or frozen since"),
}


def badge(labels: Mapping[str, tuple[Promise, Tone]], word: str) -> Badge:
    label, tone = labels[word]
    return Badge(str(label), tone)
