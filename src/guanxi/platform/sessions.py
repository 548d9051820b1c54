"""Sessions of people in the console: begun at sign-in, ended by time, by sign-out, or all at once."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.crypto import constant_time_compare, salted_hmac

from guanxi.kernel.clock import MINUTE_MS, SECOND_MS, now_ms
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.platform.models import User
from guanxi.platform.writing import writing

_USER: Final = "user"
_FINGERPRINT: Final = "fingerprint"
_BEGUN: Final = "begun_ms"
_SEEN: Final = "seen_ms"
_BRAND: Final = "brand"
_REFRESH_MS: Final = 5 * MINUTE_MS


def begin(request: HttpRequest, user: User) -> None:
    """Sign `user` in on this browser, with a new session key so that none planted before counts."""
    request.session.flush()
    rotate_token(request)
    now = now_ms()
    request.session[_USER] = user.pk
    request.session[_BEGUN] = now
    request.session[_SEEN] = now
    request.session.set_expiry(settings.SESSION_COOKIE_AGE)
    renew(request, user)
    with writing():
        User.objects.filter(pk=user.pk).update(last_sign_in_ms=now)
        audit.record(None, f"user:{user.pk}", "session.begun", "user", user.pk)


def renew(request: HttpRequest, user: User) -> None:
    """Keep this browser's session after a change that ends the others (a new password)."""
    request.session[_FINGERPRINT] = _fingerprint(user)
    request.session.cycle_key()


def end(request: HttpRequest) -> None:
    """Sign out here."""
    if user_id := request.session.get(_USER):
        audit.record(None, f"user:{user_id}", "session.ended", "user", user_id)
    request.session.flush()
    rotate_token(request)


def end_everywhere(user_id: int, *, actor: Actor | str) -> None:
    """End every session of a person, also the one that asks."""
    with writing():
        User.objects.filter(pk=user_id).update(session_epoch=F("session_epoch") + 1)
        audit.record(None, actor, "session.ended_everywhere", "user", user_id)


def current_user(request: HttpRequest) -> User | None:
    """Who is signed in on this browser; a session that no longer counts is deleted."""
    user_id = request.session.get(_USER)
    if user_id is None:
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    now = now_ms()
    age_ms = now - int(request.session.get(_BEGUN, 0))
    fingerprint = str(request.session.get(_FINGERPRINT, ""))
    if (
        user is None
        or age_ms > settings.GUANXI_SESSION_LONGEST_SECONDS * SECOND_MS
        or not constant_time_compare(fingerprint, _fingerprint(user))
    ):
        request.session.flush()
        return None
    if now - int(request.session.get(_SEEN, 0)) > _REFRESH_MS:
        request.session[_SEEN] = now  # saving it moves the expiry on
    return user


def chosen_brand_id(request: HttpRequest) -> int | None:
    return request.session.get(_BRAND)


def choose_brand(request: HttpRequest, brand_id: int) -> None:
    request.session[_BRAND] = brand_id


def _fingerprint(user: User) -> str:
    """Changes with the password and with `session_epoch`, so that either ends what was begun before."""
    return salted_hmac(
        "guanxi.session", f"{user.pk}:{user.password}:{user.session_epoch}", algorithm="sha256"
    ).hexdigest()
