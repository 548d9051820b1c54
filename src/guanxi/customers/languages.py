"""What people call the languages that records tell. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Those that importers recognise first; an API may say any code.
SPOKEN: Final[Mapping[str, tuple[str, str]]] = {
    "zh-CN": ("普通话", "Mandarin"),
    "zh-HK": ("粤语", "Cantonese"),
    "zh-TW": ("繁体中文", "Traditional Chinese"),
    "en": ("英语", "English"),
    "ja": ("日语", "Japanese"),
    "ko": ("韩语", "Korean"),
    "fr": ("法语", "French"),
    "de": ("德语", "German"),
    "es": ("西班牙语", "Spanish"),
    "ru": ("俄语", "Russian"),
    "th": ("泰语", "Thai"),
    "vi": ("越南语", "Vietnamese"),
    "ms": ("马来语", "Malay"),
    "id": ("印尼语", "Indonesian"),
    "bo": ("藏语", "Tibetan"),
    "ug": ("维吾尔语", "Uyghur"),
    "mn": ("蒙古语", "Mongolian"),
}
_ALSO: Final[Mapping[str, str]] = {"zh": "zh-CN", "zh-hans": "zh-CN", "yue": "zh-HK", "zh-hant": "zh-TW"}


def language_name(code: str, *, chinese: bool) -> str:
    """ "粤语", "Cantonese" for "zh-HK", of "fr-CA" that of "fr"; the code itself where
    it has no name here."""
    base = code.replace("_", "-")
    for known in (base, _ALSO.get(base.lower(), ""), base.partition("-")[0].lower()):
        if known in SPOKEN:
            return SPOKEN[known][0 if chinese else 1]
        if known in _ALSO:
            return SPOKEN[_ALSO[known]][0 if chinese else 1]
    return code
