"""A template sent with its examples to whoever writes it: to their own address, never to a customer's."""

from __future__ import annotations

import math
import re
import secrets
from typing import Final

from guanxi.kernel.errors import Conflict, Invalid, Limit, Unavailable
from guanxi.kernel.wording import say
from guanxi.messaging import queries
from guanxi.messaging.channels import CHANNELS, ChannelDown, Fate, Parcel, sender
from guanxi.messaging.channels.sandbox import within
from guanxi.messaging.contracts import Rendered
from guanxi.messaging.settings import messages_folder
from guanxi.messaging.templating import place_of
from guanxi.platform import audit
from guanxi.platform.rates import Buckets
from guanxi.platform.writing import writing

A_MINUTE: Final = 6  # for each person
TRIES: Final = Buckets()
_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def own_address(channel: str, username: str) -> str:
    """Where a person gets a test on a channel: their name to sign in with, where that is an e-mail address;
    with the development sender, which writes files, whatever it is. "" where there is no way."""
    capabilities = CHANNELS[channel].capabilities
    if not capabilities.address or not sender(channel).ready:
        return ""
    if messages_folder() or (capabilities.address == "email" and _MAIL.fullmatch(username)):
        return username
    return ""


def send(
    brand_id: int, channel: str, name: str, language: str, *, person: int, username: str, actor: object
) -> None:
    """Raises NotFound, Invalid where there is no address of one's own, Limit, Conflict where the channel
    refused it, and Unavailable where it is down."""
    shown = queries.preview(brand_id, queries.template(brand_id, channel, name).draft)
    if language not in shown:
        raise Invalid(say("The template has no text in this language."), field="language")
    address = own_address(channel, username)
    if not address:
        raise Invalid(
            say("There is no address of yours on this channel."),
            remedy=say("A test goes to your name to sign in with, where that is an e-mail address."),
        )
    if wait := TRIES.take(person, A_MINUTE):
        raise Limit(say("That was a little fast."), remedy=say("Wait %(n)s seconds.", n=math.ceil(wait)))
    _hand_over(brand_id, channel, address, shown[language])
    with writing(brand_id):
        audit.record(brand_id, str(actor), "message.tested", "template", name, detail={"channel": channel})


def _hand_over(brand_id: int, channel: str, address: str, rendered: Rendered) -> None:
    _place, brand_name = place_of(brand_id)
    key = f"test:{secrets.token_urlsafe(12)}"
    parcel = Parcel(0, brand_id, 0, key, address, rendered, brand_name)
    try:
        with within(brand_id, sender(channel)).open() as session:
            (result,) = session.send([parcel])
    except ChannelDown as down:
        raise Unavailable(
            say("The channel cannot be reached (%(why)s).", why=down.why),
            remedy=say("Try again in a moment; if it stays, look at its settings."),
        ) from None
    if result.fate not in {Fate.SENT, Fate.DELIVERED, Fate.TASKED}:
        raise Conflict(say("The channel did not take it (%(why)s).", why=result.code or str(result.fate)))
