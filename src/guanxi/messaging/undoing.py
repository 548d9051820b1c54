"""Taking back an unsubscription that was a slip: by who pressed, at once, and nothing more than was.

A token of a mail withdraws consent and never gives any, since mails are forwarded and kept for years. The way
back is a second token that only the page shows which answered the withdrawal: it ends after half an hour, and
holds only while that withdrawal is the customer's last word.
"""

from __future__ import annotations

from typing import Final

from django.core import signing

from guanxi.customers.consent.contracts import By, Proof, Said, Statement, Verdict, Why
from guanxi.customers.consent.ledger import record
from guanxi.customers.consent.queries import history, verdicts
from guanxi.kernel.clock import MINUTE_MS, now_ms
from guanxi.messaging.unsubscribing import SOURCE, Opened
from guanxi.platform.writing import writing

MINUTES: Final = 30
_SALT: Final = "guanxi.messaging.undoing"


def verdict_of(opened: Opened) -> Verdict:
    """Whether the customer allows now what a token refuses."""
    return verdicts(opened.brand_id, [opened.subject_id], opened.purpose, opened.channel)[opened.subject_id]


def way_back(opened: Opened, before: Verdict) -> str:
    """The token that takes back the withdrawal which was just made; "" where nothing was allowed before, or
    where a guardian had allowed it."""
    after = verdict_of(opened)
    if not before.allowed or before.word is None or before.word.by is not By.SELF or after.word is None:
        return ""
    return signing.dumps([*opened, after.word.id, before.word.id, now_ms()], salt=_SALT)


def take_back(opened: Opened, token: str) -> bool:
    """Allow again what was allowed before; again changes nothing. Whether it is allowed now: not where the
    token is too old, is no way back, or where the customer has said something else since."""
    try:
        *meant, withdrawn, given, at_ms = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return False
    if meant != list(opened) or now_ms() - at_ms > MINUTES * MINUTE_MS:
        return False
    with writing(opened.brand_id):
        now = verdict_of(opened)
        if now.why is Why.WITHDRAWN and now.word is not None and now.word.id == withdrawn:
            row = next(
                (one for one in history(opened.brand_id, [opened.subject_id]) if one.pk == given), None
            )
            said = Statement(
                opened.subject_id,
                opened.purpose,
                Said.GIVEN,
                f"{SOURCE}:back:{withdrawn}",
                Proof.PAGE,
                opened.channel,
                max(now_ms(), now.word.at_ms + 1),
                text_version=row.text_version if row else 0,
                text_language=row.text_language if row else "",
            )
            record(opened.brand_id, [said], source=SOURCE, actor="customer")
            now = verdict_of(opened)
    return now.allowed
