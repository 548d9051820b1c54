"""Who brings a sign-in code to a phone. A channel registers a sender; a setting chooses one."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import orjson
from django.conf import settings

from guanxi.kernel.errors import Unavailable
from guanxi.kernel.registries import Registry
from guanxi.platform.models import Brand

DEVELOPMENT: Final = "development"
FOLDER: Final = "codes"
logger = logging.getLogger("guanxi.codes")


class Parcel(NamedTuple):
    """`phone` is E.164; `tongue` is "zh" or "en"; the code counts for `minutes`."""

    brand_id: int
    brand: str
    phone: str
    code: str
    minutes: int
    tongue: str


class CodeSender(Protocol):
    """`send` hands the code over once and returns; it raises `NotSent` where it could not."""

    name: str

    def send(self, parcel: Parcel) -> None: ...


class NotSent(Unavailable):
    """The code did not leave."""

    code = "code_not_sent"


SENDERS: Registry[CodeSender] = Registry("sender of sign-in codes", lambda sender: sender.name)


class Development:
    """Says the code in the log, and writes it where the development sender of messages writes."""

    name = DEVELOPMENT

    def send(self, parcel: Parcel) -> None:
        logger.warning("Sign-in code for %s at %s: %s", parcel.phone, parcel.brand, parcel.code)
        if not settings.GUANXI_MESSAGES_FOLDER:
            return
        folder = Path(settings.GUANXI_MESSAGES_FOLDER) / FOLDER
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{parcel.brand_id}-{parcel.phone.lstrip('+')}.json"
            path.write_bytes(orjson.dumps(parcel._asdict(), option=orjson.OPT_INDENT_2))
        except OSError as error:
            raise NotSent(type(error).__name__) from None


class Shown:
    """Of a sandbox: the code leaves nothing, it is told on the page that asks for it."""

    name = "sandbox"

    def __init__(self) -> None:
        self.told = ""

    def send(self, parcel: Parcel) -> None:
        self.told = parcel.code


def chosen(brand: Brand) -> CodeSender | None:
    """The sender of the setting, in a sandbox one of its own; None where there is none: then nobody signs in
    by code here."""
    if brand.sandbox:
        return Shown()
    name = settings.GUANXI_CODE_SENDER
    if not name and settings.GUANXI_MESSAGES_FOLDER:
        name = DEVELOPMENT
    return SENDERS.get(name) if name else None


def register() -> None:
    SENDERS.register(Development())
