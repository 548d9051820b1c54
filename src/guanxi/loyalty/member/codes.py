"""Codes that prove a phone: six digits, five minutes, five tries; the newest alone counts.

Whatever is answered depends on the phone's own codes alone, never on whether somebody is a member.
"""

from __future__ import annotations

import secrets
from typing import Final

from django.utils.crypto import constant_time_compare, salted_hmac

from guanxi.kernel.clock import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, now_ms
from guanxi.loyalty.member.models import SignInCode
from guanxi.loyalty.member.senders import CodeSender, NotSent, Parcel
from guanxi.platform import vault
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

DIGITS: Final = 6
LASTS_MS: Final = 5 * MINUTE_MS
MOST_TRIES: Final = 5
AGAIN_MS: Final = MINUTE_MS
MOST_AN_HOUR: Final = 5
MOST_A_DAY: Final = 10
PRESS_MS: Final = MINUTE_MS  # within which the same press counts once more
MOST_ANSWERS: Final = 3
ANSWERS_MS: Final = 30 * DAY_MS
KEPT_MS: Final = 31 * DAY_MS
_SALT: Final = "guanxi.loyalty.member.codes"


def key_of(brand_id: int, phone: str) -> str:
    """What stands for a phone (E.164), as among the customers' identities."""
    return vault.blind_index(brand_id, "phone", phone)


def send(brand: Brand, phone: str, tongue: str, sender: CodeSender) -> int:
    """Send a code, unless one was just sent or enough were; seconds until the next may be asked for.

    Raises NotSent where the sender could not; then another may be asked for at once.
    """
    key, code = key_of(brand.pk, phone), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with writing(brand.pk):
        now = now_ms()
        SignInCode.objects.filter(sent_ms__lt=now - KEPT_MS).delete()
        row = SignInCode.objects.get_or_create(brand_id=brand.pk, phone_key=key)[0]
        before = row.sent_ms
        wait_ms = _wait_ms(row, now)
        if wait_ms:
            return -(-wait_ms // SECOND_MS)
        row.code_hash, row.sent_ms, row.ends_ms = _hash(brand.pk, key, code), now, now + LASTS_MS
        row.tries, row.used_ms, row.press_hash = 0, 0, ""
        row.hour_sent += 1
        row.day_sent += 1
        row.save()
    try:
        sender.send(Parcel(brand.pk, brand.name, phone, code, LASTS_MS // MINUTE_MS, tongue))
    except NotSent:
        with writing(brand.pk):
            SignInCode.objects.filter(pk=row.pk, sent_ms=now).update(sent_ms=before, code_hash="")
        raise
    return AGAIN_MS // SECOND_MS


def _wait_ms(row: SignInCode, now: int) -> int:
    """Until a code may be sent; the counts of an hour and a day that are over begin anew."""
    if not 0 <= now - row.hour_ms < HOUR_MS:
        row.hour_ms, row.hour_sent = now, 0
    if not 0 <= now - row.day_ms < DAY_MS:
        row.day_ms, row.day_sent = now, 0
    if row.day_sent >= MOST_A_DAY:
        return row.day_ms + DAY_MS - now
    if row.hour_sent >= MOST_AN_HOUR:
        return row.hour_ms + HOUR_MS - now
    return AGAIN_MS - (now - row.sent_ms) if 0 <= now - row.sent_ms < AGAIN_MS else 0


def check(brand_id: int, phone: str, code: str, press: str) -> bool:
    """Whether the code is right: once, and again for the same `press` (of a page) within a minute. A try
    counts before it is looked at, so that parallel guesses all count."""
    key, pressed = key_of(brand_id, phone), salted_hmac(_SALT, press, algorithm="sha256").hexdigest()
    with writing(brand_id):
        now = now_ms()
        row = SignInCode.objects.filter(brand_id=brand_id, phone_key=key).first()
        if row is None or not row.code_hash or row.ends_ms <= now or row.tries >= MOST_TRIES:
            return False
        row.tries += 1
        right = constant_time_compare(row.code_hash, _hash(brand_id, key, code))
        again = row.used_ms > 0
        if right and not again:
            row.used_ms, row.press_hash = now, pressed
        row.save(update_fields=["tries", "used_ms", "press_hash"])
    if right and again:
        return now - row.used_ms < PRESS_MS and constant_time_compare(row.press_hash, pressed)
    return right


def may_answer(brand_id: int, phone: str) -> bool:
    """Count one try at the birthday; False where there were enough of them."""
    with writing(brand_id):
        now = now_ms()
        row = SignInCode.objects.get_or_create(brand_id=brand_id, phone_key=key_of(brand_id, phone))[0]
        if not 0 <= now - row.answers_ms < ANSWERS_MS:
            row.answers_ms, row.answers = now, 0
        if row.answers >= MOST_ANSWERS:
            return False
        row.answers += 1
        row.save(update_fields=["answers", "answers_ms"])
    return True


def _hash(brand_id: int, phone_key: str, code: str) -> str:
    return salted_hmac(_SALT, f"{brand_id}:{phone_key}:{code}", algorithm="sha256").hexdigest()
