"""One statement as it was sent, checked, before anything is asked of the database. Pure but for the brand's
texts, which callers bring."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar

import orjson

from guanxi.customers.consent.contracts import By, Proof, Said, Statement
from guanxi.customers.consent.purposes import CHANNELS, PURPOSES, Purpose
from guanxi.kernel.clock import MINUTE_MS
from guanxi.kernel.wording import say
from guanxi.platform import audit

AHEAD_MS: Final = 5 * MINUTE_MS  # clocks differ; what is further ahead would outlive a withdrawal
_KEY: Final = re.compile(r"[\x21-\x7e]{1,160}")
Word = TypeVar("Word", bound=StrEnum)


class Refused(Exception):
    """The statement cannot be recorded."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Read(NamedTuple):
    """A statement that can be recorded."""

    customer_id: int
    purpose: Purpose
    channel: str
    said: Said
    at_ms: int
    proof: Proof
    proof_ref: str
    text_version: int
    text_language: str
    by: By
    separate: bool
    key: str
    digest: str


def read(one: Statement, known_texts: Collection[tuple[str, int]], now: int) -> Read:
    """Raises Refused. `known_texts` are (purpose, version)."""
    purpose = _purpose(one.purpose)
    said = _one_of(Said, one.said, "said")
    channel = _channel(one, purpose, said)
    at_ms = now if one.at_ms is None else one.at_ms
    if not 0 < at_ms <= now + AHEAD_MS:
        raise Refused("time_bad", say("A statement is not made in the future, nor before 1970."))
    if not _KEY.fullmatch(one.key):
        raise Refused("key_bad", say("A key is 1 to 160 letters, digits and signs, without blanks."))
    if one.text_version and (purpose.name, one.text_version) not in known_texts:
        raise Refused("text_unknown", say("There is no such version of this purpose's text."))
    if purpose.separate and said is Said.GIVEN and not one.separate:
        raise Refused(
            "separate_missing",
            say("'%(purpose)s' needs consent given separately: say so.", purpose=purpose.name),
        )
    return Read(
        one.customer_id,
        purpose,
        channel,
        said,
        min(at_ms, now),
        _one_of(Proof, one.proof, "proof"),
        _reference(one.proof_ref),
        one.text_version,
        one.text_language[:10],
        _one_of(By, one.by, "by"),
        one.separate,
        one.key,
        digest(one),
    )


def digest(one: Statement) -> str:
    """The hash of everything that was sent."""
    return hashlib.sha256(orjson.dumps(list(map(str, one)))).hexdigest()


def _purpose(name: str) -> Purpose:
    found = next((purpose for purpose in PURPOSES if purpose.name == name), None)
    if found is None:
        raise Refused(
            "purpose_unknown",
            say(
                "There is no purpose '%(name)s'; use one of: %(names)s.",
                name=name[:40],
                names=", ".join(PURPOSES.names()),
            ),
        )
    if not found.needs_consent:
        raise Refused("consent_not_needed", say("'%(name)s' needs no consent.", name=found.name))
    return found


def _channel(one: Statement, purpose: Purpose, said: Said) -> str:
    if not purpose.by_channel:
        if one.channel:
            raise Refused("channel_unknown", say("'%(name)s' has no channels.", name=purpose.name))
        return ""
    if not one.channel and said is not Said.GIVEN:
        return ""
    if one.channel not in CHANNELS.names():
        raise Refused(
            "channel_unknown",
            say("A channel is one of: %(names)s.", names=", ".join(CHANNELS.names())),
        )
    return one.channel


def _one_of(kind: type[Word], text: str, field: str) -> Word:
    try:
        return kind(text)
    except ValueError:
        raise Refused(
            f"{field}_bad", say("'%(field)s' is one of: %(words)s.", field=field, words=", ".join(kind))
        ) from None


def _reference(text: str) -> str:
    clean = " ".join(text.replace("\0", "").split())
    return audit.blanked(clean)[:200]
