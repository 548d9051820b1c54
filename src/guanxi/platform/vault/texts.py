"""Small secrets sealed into one line of text, such as TOTP secrets."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from guanxi.kernel.registries import Registry
from guanxi.platform.keys import KeyWrong, Tampered, keyring

TEXT_USE = "text"


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed texts, "" where there is none, and what each was sealed for: a rotation of the
    master key rewrites them."""

    model: type[Model]
    column: str
    purpose: Callable[[int], str]  # by the row's primary key

    @property
    def rows(self) -> Any:
        return self.model._default_manager.exclude(**{self.column: ""}).values_list("pk", self.column)


SEALED_COLUMNS: Registry[SealedColumn] = Registry(
    "column of sealed texts", lambda sealed: f"{sealed.model._meta.label}.{sealed.column}"
)


def seal_text(text: str, purpose: str) -> str:
    """`text` sealed for one purpose, such as "totp:12": it opens for that purpose alone."""
    version, sealed = keyring().seal(TEXT_USE, text.encode(), purpose.encode())
    return f"{version}.{urlsafe_b64encode(sealed).decode()}"


def unseal_text(token: str, purpose: str) -> str:
    """Undo `seal_text`. Raises Tampered where the token was changed or made for another purpose."""
    version, _dot, encoded = token.partition(".")
    try:
        sealed = urlsafe_b64decode(encoded)
        return keyring().open(TEXT_USE, int(version), sealed, purpose.encode()).decode()
    except (KeyWrong, ValueError, binascii.Error):
        raise Tampered(
            _("A sealed secret cannot be opened: it was changed, or the master key is another one."),
            remedy=_("Run `guanxi doctor`; set the secret again if the key is right."),
        ) from None


def sealed_version(token: str) -> int:
    """The version of the master key that a token was sealed with; 0 where it is not a token."""
    version = token.partition(".")[0]
    return int(version) if version.isdecimal() else 0
