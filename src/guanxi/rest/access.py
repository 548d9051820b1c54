"""Who asks: the key in the Authorization header, its brand, its scopes, its rate."""

from __future__ import annotations

import math
from typing import Any, NoReturn, cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from guanxi.platform import apikeys
from guanxi.platform.apikeys import Caller, Scope
from guanxi.platform.rates import BUCKETS
from guanxi.rest.problems import Problem


class KeyRequest(HttpRequest):
    """What an operation gets: every query it makes is for `request.auth.brand_id`."""

    auth: Caller


class Key(HttpBearer):
    """An operation's guard: a key that works, has `scope` (None: any will do), and is within its rate."""

    def __init__(self, scope: Scope | None) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Caller:
        kind, _space, plaintext = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not plaintext.strip():
            _unauthorised("There is no API key in this request.")
        return self.authenticate(request, plaintext.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        key = apikeys.verified(token)
        if key is None:
            _unauthorised("This API key does not work: it is mistyped, unknown or revoked.")
        wait_seconds = BUCKETS.take(key.key_id, key.rate_per_minute)
        if wait_seconds:
            raise Problem(
                429,
                "rate_exceeded",
                f"This key may ask {key.rate_per_minute} times a minute.",
                remedy="Wait as long as Retry-After says; send batches instead of single events.",
                headers={"Retry-After": str(math.ceil(wait_seconds))},
            )
        if self.scope is not None and self.scope not in key.scopes:
            raise Problem(
                403,
                "scope_missing",
                f"This key does not have the scope {self.scope}.",
                remedy="Issue a key with that scope: guanxi apikey add.",
                scope=str(self.scope),
            )
        apikeys.note_use(key)
        return key


def as_key_request(request: HttpRequest) -> KeyRequest:
    """For operations: ninja has put the key there."""
    return cast(KeyRequest, cast(Any, request))


def _unauthorised(detail: str) -> NoReturn:
    raise Problem(
        401,
        "unauthorised",
        detail,
        remedy="Send the header: Authorization: Bearer gx_…",
        headers={"WWW-Authenticate": 'Bearer realm="guanxi"'},
    )
