"""The reader's language for sentences written where there was no reader."""

from __future__ import annotations

from django.utils.translation import get_language, gettext, override

from guanxi.kernel import wording
from guanxi.kernel.conditions.wording import Tongue
from guanxi.kernel.errors import GuanxiError


def spoken(text: str) -> str:
    """The sentence in the active language; what is no `Wording` stays as it is."""
    return wording.render(text, gettext)


def speaking(error: GuanxiError) -> GuanxiError:
    """The same error, its message and remedy in the active language."""
    error.message, error.remedy = spoken(error.message), spoken(error.remedy)
    return error


def tongue(language: str | None = None, currency: str = "CNY") -> Tongue:
    """What sentences are said in: a language ("zh-hans", "en"), by default the active one, and the currency
    of the brand that they are about."""
    chosen = language or get_language() or "en"

    def translate(text: str) -> str:
        with override(chosen):
            return gettext(text)

    return Tongue(chosen, translate, currency)
