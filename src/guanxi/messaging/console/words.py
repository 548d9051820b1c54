"""What the pages of messages call things: states, reasons, priorities, channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import get_language

from guanxi.customers.consent.purposes import PURPOSES
from guanxi.kernel.wording import Wording, say
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.contracts import LOOKS, Kind, Priority, State
from guanxi.platform.language import spoken
from guanxi.ui.parts import Badge, Tone

_TONES: Final[Mapping[str, Tone]] = {"blue": "info", "yellow": "warn", "green": "good", "red": "bad"}
_PRIORITIES: Final[Mapping[Priority, Wording]] = {
    Priority.URGENT: say("Urgent: somebody waits for it"),
    Priority.SERVICE: say("Service"),
    Priority.MARKETING: say("Advertising"),
}
_KINDS: Final[Mapping[Kind, Wording]] = {
    Kind.TEXT: say("Words"),
    Kind.INTEGER: say("Whole number"),
    Kind.POINTS: say("Points"),
    Kind.MONEY: say("Money"),
    Kind.DATE: say("Day"),
    Kind.URL: say("Web address"),
    Kind.CODE: say("Code"),
}
_CODES: Final[Mapping[str, Wording]] = {
    "expired": say("It was too old to be of use."),
    "person_gone": say("The person is gone, or frozen."),
    "consent_not_asked": say("The customer was never asked for consent."),
    "consent_refused": say("The customer refused."),
    "consent_withdrawn": say("The customer withdrew consent."),
    "consent_purpose_changed": say("The customer agreed to an earlier purpose: ask again."),
    "consent_guardian_missing": say("Under 14, a parent or guardian has to agree."),
    "opted_out": say("The customer answered to be left in peace."),
    "no_address": say("The customer has no address on this channel."),
    "address_refused": say("Its server says that the address is none."),
    "quiet_hours": say("It waits for the brand's hours."),
    "no_public_url": say("It waits until GUANXI_PUBLIC_URL says where customers reach this installation."),
    "render_failed": say("The text could not be made."),
    "too_long": say("The text was too long."),
    "sandbox": say("This is a sandbox: it went no further."),
    "by_hand": say("Somebody of the brand did it."),
    "not_wanted": say("What wanted it does not any more."),
    "sender_died": say("The process that sent it ended; it is taken again."),
    "unknown_outcome": say("It may have arrived: nobody knows, so it is not sent twice."),
    "attempts_used": say("It was tried 8 times."),
    "channel_down": say("The channel could not be reached."),
    "out_of_time": say("It did not come to its turn in this round."),
    "crashed": say("The channel failed; the log says how."),
    "address_bad": say("The address cannot be written to."),
    "not_writable": say("No mail can be made of it."),
    "no_connection": say("Its server does not answer."),
    "sign_in": say("Its server does not accept the name or the password."),
    "no_tls": say("Its server does not speak TLS."),
    "no_greeting": say("Its server ended the conversation at once."),
    "sender_refused": say("Its server does not accept the address it is sent from."),
    "disconnected": say("The connection broke."),
    "closing": say("Its server is closing."),
    "folder": say("The folder cannot be written to."),
}


def badge(state: State) -> Badge:
    look = LOOKS[state]
    return Badge(spoken(look.label), _TONES.get(look.colour, ""))


def reason(code: str) -> str:
    """Why, as a sentence; a provider's own code as it is; "" for none."""
    if code.startswith("cap_"):
        days = code.rpartition("_")[2]
        if code.startswith("cap_all_"):
            text = say("Enough advertising for the customer in %(days)s days, over all channels.", days=days)
        else:
            text = say("Enough advertising for the customer in %(days)s days on this channel.", days=days)
        return spoken(text)
    return spoken(_CODES[code]) if code in _CODES else code


def priority(value: Priority) -> str:
    return spoken(_PRIORITIES[value])


def priorities() -> list[tuple[int, str]]:
    return [(int(one), spoken(text)) for one, text in _PRIORITIES.items()]


def kinds() -> list[tuple[str, str]]:
    return [(str(one), spoken(text)) for one, text in _KINDS.items()]


def channel(name: str) -> str:
    found = CHANNELS.get(name)
    return spoken(found.label) if found else name


def purpose(name: str) -> str:
    found = PURPOSES.get(name)
    return found.label(chinese=in_chinese()) if found else name


def in_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")
