"""The language a sentence is said in: whole sentences from the catalogue, labels in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from guanxi.kernel import money
from guanxi.kernel.wording import render
from guanxi.kernel.wording import say as said


@dataclass(frozen=True, slots=True)
class Tongue:
    """`translate` finds a template of the catalogue in this language; amounts are said in `currency`."""

    language: str  # "zh-hans", "en"
    translate: Callable[[str], str]
    currency: str = "CNY"

    @property
    def is_chinese(self) -> bool:
        return self.language.startswith("zh")

    def say(self, template: str, /, **data: object) -> str:
        """A sentence of the catalogue with its data put in; data that is text is taken as it is."""
        return render(said(template, **data), self.translate)

    def label(self, label_zh: str, label_en: str) -> str:
        return label_zh if self.is_chinese else label_en

    def money(self, minor: int) -> str:
        """Minor units as they stand in a sentence: 19900 → "¥199", 1990 → "¥19.90"."""
        return money.written(minor, self.currency, short=True)

    def quoted(self, text: object) -> str:
        """A word of the author's, marked as such: “vip”."""
        return f"“{text}”"

    def either(self, words: Sequence[str]) -> str:
        """ "a, b or c", 「a、b 或 c」."""
        if len(words) < 2:
            return "".join(words)
        if len(words) > SHOWN + 1:
            words = [*words[:SHOWN], self.say("%(n)s more", n=len(words) - SHOWN)]
        between = "、" if self.is_chinese else ", "
        return self.say("%(first)s or %(last)s", first=between.join(words[:-1]), last=words[-1])


SHOWN = 6
_QUOTED = re.compile("(“[^”]*”)")
_SEAM = re.compile(r"(?<=[\u3400-\u9fff])(?=[A-Za-z0-9¥$€£])|(?<=[A-Za-z0-9%])(?=[\u3400-\u9fff])")


def spaced(text: str) -> str:
    """A Chinese sentence with the thin gap that Latin letters and figures have on both sides; what its author
    wrote between quotes stays as it is."""
    parts = _QUOTED.split(text)
    return "".join(part if number % 2 else _SEAM.sub(" ", part) for number, part in enumerate(parts))


ENGLISH = Tongue("en", str)
