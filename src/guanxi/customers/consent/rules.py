"""What the statements of a customer add up to. Pure: a set of statements, in whatever order, has one answer.

A refusal or a withdrawal stands until the customer lifts it: by a later consent of their own (page, form or
message; a file or an associate cannot), said when the profile that refused was already theirs. So a
conflict between profiles that were merged afterwards, and a tie, go to the refusal: the harm of a message
too few is small, and that the profiles are one person is only likely. Each statement stays with the profile
it was said with, so an unmerge leaves both sides as if there had been no merge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from guanxi.customers.birthdays import solar_birthday
from guanxi.customers.consent.contracts import (
    FIRST_HAND,
    NEVER_RENEWED,
    By,
    Renewal,
    Said,
    Verdict,
    Why,
    Word,
)
from guanxi.kernel.clock import to_ms

GUARDED_YEARS: Final = 14
NOT_NEEDED: Final = Verdict(True, Why.NOT_NEEDED, False)
NOT_ASKED: Final = Verdict(False, Why.NOT_ASKED, True)
_REFUSALS: Final = {Said.REFUSED: Why.REFUSED, Said.WITHDRAWN: Why.WITHDRAWN}


def decide(
    words: Iterable[Word],
    *,
    subjects: Collection[int],
    at_ms: int,
    renewal: Renewal = NEVER_RENEWED,
    grown_ms: int | None = None,
) -> Verdict:
    """What holds at a moment for one purpose and channel, by the words on it and on all channels.

    `subjects` are the customer's profiles, `grown_ms` when a child among them is no longer under 14 (None:
    not known to be one).
    """
    said = [word for word in words if word.at_ms <= at_ms and word.subject_id in subjects]
    refusals = [word for word in said if word.said in _REFUSALS]
    given = [word for word in said if word.said is Said.GIVEN]
    binding = [word for word in given if _may_speak(word, grown_ms)]
    standing = [word for word in refusals if not any(_lifts(later, word) for later in binding)]
    if standing:
        last = max(standing, key=_order)
        return Verdict(False, _REFUSALS[last.said], False, last)
    since = max((word.at_ms for word in refusals), default=None)
    live = sorted((word for word in given if since is None or word.at_ms > since), key=_order)
    if not live:
        return NOT_ASKED
    of_age = [word for word in live if word in binding]
    if not of_age:
        return Verdict(False, Why.GUARDIAN_MISSING, True, live[-1])
    current = [word for word in of_age if not _outdated(word, renewal)]
    if not current:
        return Verdict(False, Why.PURPOSE_CHANGED, True, of_age[-1])
    return Verdict(True, Why.GIVEN, False, current[-1])


def _order(word: Word) -> tuple[object, ...]:
    """By time; among those of one moment an order that does not depend on which was recorded first."""
    return (word.at_ms, word.said, word.text_version, word.by, word.proof, word.subject_id)


def _may_speak(word: Word, grown_ms: int | None) -> bool:
    return word.by is By.GUARDIAN or grown_ms is None or word.at_ms >= grown_ms


def _lifts(later: Word, refusal: Word) -> bool:
    own = later.proof in FIRST_HAND and refusal.subject_id in later.speaks_for
    return own and later.at_ms > refusal.at_ms


def _outdated(word: Word, renewal: Renewal) -> bool:
    if word.text_version:
        return word.text_version < renewal.version
    return word.at_ms < renewal.at_ms


@lru_cache(maxsize=65_536)
def grown_ms(birthday: str, calendar: str) -> int | None:
    """When somebody is 14, by the solar calendar from the day after the birthday; None without a year."""
    born = solar_birthday(birthday, calendar)
    if born is None:
        return None
    try:
        fourteenth = born.replace(year=born.year + GUARDED_YEARS)
    except ValueError:  # 29 February
        fourteenth = date(born.year + GUARDED_YEARS, 2, 28)
    return to_ms(datetime.combine(fourteenth + timedelta(days=1), time()))
