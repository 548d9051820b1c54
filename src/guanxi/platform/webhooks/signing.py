"""Signatures as Standard Webhooks has them (standardwebhooks.com, version 1, symmetric)."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


def new_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(message: str, at_seconds: int, body: bytes, held: Sequence[str]) -> dict[str, str]:
    """The headers that prove `body`, one signature for each secret that holds, the newest first."""
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at_seconds),
        "webhook-signature": " ".join(_signature(secret, message, at_seconds, body) for secret in held),
    }


def _signature(secret: str, message: str, at_seconds: int, body: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{message}.{at_seconds}.".encode() + body, sha256).digest()
    return "v1," + b64encode(digest).decode()
