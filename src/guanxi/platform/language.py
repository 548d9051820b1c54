"""The reader's language for sentences written where there was no reader."""

from __future__ import annotations

from django.utils.translation import gettext

from guanxi.kernel import wording
from guanxi.kernel.errors import GuanxiError


def spoken(text: str) -> str:
    """The sentence in the active language; what is no `Wording` stays as it is."""
    return wording.render(text, gettext)


def speaking(error: GuanxiError) -> GuanxiError:
    """The same error, its message and remedy in the active language."""
    error.message, error.remedy = spoken(error.message), spoken(error.remedy)
    return error
