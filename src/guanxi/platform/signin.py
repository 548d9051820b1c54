"""Who may come in: the password, the brake, the second step."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext as _

from guanxi.kernel.errors import Forbidden
from guanxi.platform import audit, lockout, totp
from guanxi.platform.models import User
from guanxi.platform.people import PASSWORD_LIMIT, normalise_username


class SignInRefused(Forbidden):
    """Says the same whatever was wrong."""

    code: ClassVar[str] = "signin_refused"


def check_password_step(username: str, password: str, address: str) -> User:
    """The first step. Raises SignInRefused, or SignInLocked while the brake holds.

    The work is the same for a name that does not exist, so the answer's time tells nothing. Where the user
    has two-step sign-in, `check_second_step` must follow before a session begins; only then is the brake
    released.
    """
    username = normalise_username(username)[:150]
    attempts = lockout.begin(username, address)
    user = User.objects.filter(username=username).first()
    encoded = user.password if user is not None else _nobody()
    right = check_password(password[:PASSWORD_LIMIT], encoded, setter=None)
    if user is None or not right or not user.is_active or len(password) > PASSWORD_LIMIT:
        _note_lock(user, attempts)
        raise SignInRefused(_("The user name or the password is not right."))
    if not user.totp_secret:
        lockout.succeeded(username, address)
    return user


def check_second_step(user: User, answer: str, address: str) -> None:
    """The code of the authenticator, or a recovery code. Raises SignInRefused, SignInLocked."""
    attempts = lockout.begin(user.username, address)
    if not user.is_active or not totp.accept(user, answer):
        _note_lock(user, attempts)
        raise SignInRefused(_("This code is not right, or it was used before."))
    lockout.succeeded(user.username, address)


def _note_lock(user: User | None, attempts: int) -> None:
    if user is not None and lockout.USERNAME.wait_ms(attempts):
        audit.record(None, "system", "user.locked", "user", user.pk, detail={"attempts": attempts})


@cache
def _nobody() -> str:
    """A hash that no password opens, with today's cost."""
    return make_password("nobody has this password")
