"""What states, decisions, reasons and changes of rules are called on pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.loyalty.rules.contracts import Mode, State, Why
from guanxi.ui.parts import Badge, Tone

STATES: Final[Mapping[str, tuple[Promise, Tone]]] = {
    State.DRAFT: (_("Draft"), ""),
    State.ACTIVE: (_("Switched on"), "good"),
    State.PAUSED: (_("Paused"), "warn"),
    State.ARCHIVED: (_("Archived"), ""),
}
MODES: Final[Mapping[str, tuple[Promise, Promise]]] = {
    Mode.JOINT: (_("All give"), _("Every rule of the group that is met gives.")),
    Mode.FIRST: (_("Only the first"), _("The first by priority that gives something; the others do not.")),
    Mode.BEST: (_("Only the best"), _("The one that gives most for the fact; of equals the first.")),
    Mode.CAP: (_("Up to a cap"), _("All give in order, until together they gave the cap for the fact.")),
}
WHY: Final[Mapping[str, tuple[Promise, Tone]]] = {
    Why.GAVE: (_("Gives"), "good"),
    Why.CUT: (_("Gives less than it would: the limit or the cap of the group is reached"), "good"),
    Why.KIND: (_("Asks for something else"), ""),
    Why.NOBODY: (_("The fact is nobody's"), ""),
    Why.TIME: (_("Not valid at that time"), ""),
    Why.WHERE: (_("A comparison does not hold"), ""),
    Why.CONDITION: (_("The condition does not hold"), ""),
    Why.NOTHING: (_("Met, but it comes to nothing"), ""),
    Why.LIMIT: (_("The customer's limit is used up"), "warn"),
    Why.GROUP: (_("Another rule of its group came before"), "warn"),
}
CODES: Final[Mapping[str, Promise]] = {
    "insufficient": _("The budget or the stock was used up"),
    "not_found": _("What it gives was not there"),
    "limit": _("A limit was reached"),
    "conflict": _("Something stood in the way"),
}
CHANGED: Final[Mapping[str, Promise]] = {
    "created": _("Made"),
    "saved": _("Changed"),
    "active": _("Switched on"),
    "paused": _("Paused"),
    "archived": _("Archived"),
}
PARTS: Final[Mapping[str, Promise]] = {
    "name": _("Name"),
    "priority": _("Priority"),
    "group": _("Group"),
    "on": _("What happens"),
    "where": _("Only where"),
    "if": _("Condition"),
    "since": _("Valid from"),
    "until": _("Valid to"),
    "weekdays": _("Days of the week"),
    "hours": _("Hours"),
    "limit": _("Limit"),
    "effects": _("Effects"),
}


def badge(state: str) -> Badge:
    label, tone = STATES[state]
    return Badge(str(label), tone)


def written(value: Any) -> str:
    """A part of a definition as programs write it; "—" where there is none."""
    if value in (None, "", [], {}):
        return "—"
    return value if isinstance(value, str) else orjson.dumps(value).decode()
