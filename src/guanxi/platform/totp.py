"""Two-step sign-in: time-based codes (RFC 6238), each good once, and recovery codes."""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Final

import pyotp
from django.db.models import F
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from guanxi.kernel.clock import SECOND_MS, now_ms
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.platform.models import RecoveryCode, User
from guanxi.platform.vault import SEALED_COLUMNS, SealedColumn, seal_text, unseal_text
from guanxi.platform.writing import writing

_STEP_SECONDS: Final = 30
_DRIFT_STEPS: Final = 1
RECOVERY_CODES: Final = 10
_RECOVERY_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def new_sealed_secret(user: User) -> str:
    """A fresh authenticator key, sealed: it waits in the session until the first code proves it arrived."""
    return seal_text(pyotp.random_base32(), _purpose(user))


def provisioning_uri(user: User, sealed_secret: str) -> str:
    """What the QR code says to the authenticator app."""
    return pyotp.TOTP(unseal_text(sealed_secret, _purpose(user))).provisioning_uri(
        name=user.username, issuer_name="Guanxi"
    )


def secret_text(user: User, sealed_secret: str) -> str:
    """The key in groups of four, for typing where a camera is missing."""
    secret = unseal_text(sealed_secret, _purpose(user))
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def enable(user: User, sealed_secret: str, code: str, *, actor: Actor | str) -> list[str]:
    """Turn two-step sign-in on, once `code` proves that the app has the key. Returns the recovery codes,
    shown this once. Other sessions end. Raises Invalid for a wrong code, Conflict where it is on already."""
    step = _matching_step(unseal_text(sealed_secret, _purpose(user)), code)
    if step is None:
        raise Invalid(_("This code is not right."), remedy=_("Check the clock of the phone and try again."))
    with writing():
        switched = User.objects.filter(pk=user.pk, totp_secret="").update(
            totp_secret=sealed_secret, totp_last_step=step, session_epoch=F("session_epoch") + 1
        )
        if not switched:
            raise Conflict(_("Two-step sign-in is on already."), remedy=_("Turn it off first."))
        codes = _replace_recovery_codes(user.pk)
        audit.record(None, actor, "user.two_step_enabled", "user", user.pk)
    user.refresh_from_db()
    return codes


def disable(user: User, *, actor: Actor | str) -> None:
    """Turn two-step sign-in off; the recovery codes go with it, and other sessions end."""
    with writing():
        User.objects.filter(pk=user.pk).update(
            totp_secret="", totp_last_step=0, session_epoch=F("session_epoch") + 1
        )
        RecoveryCode.objects.filter(user=user).delete()
        audit.record(None, actor, "user.two_step_disabled", "user", user.pk)
    user.refresh_from_db()


def renew_recovery_codes(user: User, *, actor: Actor | str) -> list[str]:
    """Ten new codes; the old ones die."""
    with writing():
        codes = _replace_recovery_codes(user.pk)
        audit.record(None, actor, "user.recovery_codes_renewed", "user", user.pk)
    return codes


def recovery_codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user).count()


def accept(user: User, answer: str) -> bool:
    """Whether `answer` is the current code or an unused recovery code; either is used up by the asking."""
    answer = answer.strip().lower().replace(" ", "").replace("-", "")
    if answer.isascii() and answer.isdigit() and len(answer) == 6:
        step = _matching_step(unseal_text(user.totp_secret, _purpose(user)), answer)
        # Guarded, so that of two requests with one code one wins.
        guarded = User.objects.filter(pk=user.pk, totp_last_step__lt=step or 0)
        return step is not None and guarded.update(totp_last_step=step) == 1
    deleted, _rows = RecoveryCode.objects.filter(user=user, digest=_digest(answer)).delete()
    if deleted:
        audit.record(None, f"user:{user.pk}", "user.recovery_code_used", "user", user.pk)
    return deleted == 1


def register() -> None:
    """Called once, at start-up."""
    SEALED_COLUMNS.register(SealedColumn(User, "totp_secret", "totp:{}".format))


def _purpose(user: User) -> str:
    return f"totp:{user.pk}"


def _matching_step(secret: str, code: str) -> int | None:
    code = code.strip().replace(" ", "")
    now_step = now_ms() // (_STEP_SECONDS * SECOND_MS)
    generator = pyotp.TOTP(secret)
    for step in range(now_step - _DRIFT_STEPS, now_step + _DRIFT_STEPS + 1):
        if constant_time_compare(generator.generate_otp(step), code):
            return step
    return None


def _replace_recovery_codes(user_id: int) -> list[str]:
    RecoveryCode.objects.filter(user_id=user_id).delete()
    codes = ["".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(16)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user_id=user_id, digest=_digest(code)) for code in codes)
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes]


def _digest(code: str) -> str:
    # Seventy-nine random bits need no slow hash.
    return sha256(code.encode()).hexdigest()
