"""What a statement of consent is made of. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Said(StrEnum):
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Basis(StrEnum):
    """Why personal data may be processed at all: PIPL 13, items 1 to 7."""

    CONSENT = "consent"
    CONTRACT = "contract"
    DUTY = "legal_duty"
    EMERGENCY = "emergency"
    NEWS = "news"
    DISCLOSED = "disclosed"
    LAW = "other_law"


class By(StrEnum):
    """Who spoke: the customer, or for a child under 14 a parent or guardian (PIPL 31)."""

    SELF = "self"
    GUARDIAN = "guardian"


class Proof(StrEnum):
    """What shows that it was said. On a page, a form and in a message the customer spoke alone; what a file
    or an associate reports is second-hand."""

    PAGE = "page"
    FORM = "form"
    MESSAGE = "message"
    FILE = "file"
    ASSOCIATE = "associate"


FIRST_HAND = frozenset((Proof.PAGE, Proof.FORM, Proof.MESSAGE))


class Why(StrEnum):
    """The reason of an answer."""

    NOT_NEEDED = "not_needed"  # the purpose rests on another basis than consent
    GIVEN = "given"
    NOT_ASKED = "not_asked"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    PURPOSE_CHANGED = "purpose_changed"  # given to a text that spoke of another purpose (PIPL 14)
    GUARDIAN_MISSING = "guardian_missing"  # given by a child under 14 alone (PIPL 31)


class Word(NamedTuple):
    """A row of the ledger as the rule reads it. `speaks_for`: the profiles that were this customer when it
    was recorded."""

    id: int
    subject_id: int
    said: Said
    at_ms: int
    proof: Proof
    by: By
    text_version: int
    speaks_for: frozenset[int]


class Renewal(NamedTuple):
    """The newest text that changed the purpose: consent to earlier ones no longer counts. None: (0, 0)."""

    version: int = 0
    at_ms: int = 0


NEVER_RENEWED = Renewal()


class Verdict(NamedTuple):
    """`word` is the statement that decides; None where nobody said anything."""

    allowed: bool
    why: Why
    may_ask: bool
    word: Word | None = None


class Statement(NamedTuple):
    """What one customer said to one purpose. `key` makes it count once in the brand; `at_ms` None is now.

    `channel` "" of a purpose with channels is all of them, which only a refusal or a withdrawal may be.
    `separate`: it was said on its own, apart from other agreements (PIPL 23, 29, 39).
    """

    customer_id: int
    purpose: str
    said: str
    key: str
    proof: str
    channel: str = ""
    at_ms: int | None = None
    proof_ref: str = ""
    text_version: int = 0
    text_language: str = ""
    by: str = By.SELF
    separate: bool = False


class Rejection(NamedTuple):
    """Why the statement at `position` (from 0) was not recorded."""

    position: int
    code: str
    message: str


class Recorded(NamedTuple):
    """`repeated` were recorded before, under the same key and in the same words."""

    recorded: int
    repeated: int
    rejected: list[Rejection]
