"""What a draft would say, as pages show it, per language in the form of its channel; and what differs."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from guanxi.messaging import queries
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.console import words
from guanxi.messaging.contracts import Draft, Rendered
from guanxi.messaging.parts import parts, signed

LANGUAGE_NAMES: Final = {"zh-hans": "中文", "en": "English"}
_STYLES: Final = re.compile(
    r"""\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)|<style\b.*?</style\s*>""", re.IGNORECASE | re.DOTALL
)
TAGS: Final = {"zh-hans": "zh-Hans", "en": "en"}


class Preview(NamedTuple):
    """`parts` of a short message as gateways count them, 0 on other channels; `bare` is the HTML without its
    styles, which pages of ours do not allow."""

    language: str
    name: str
    tag: str
    said: Rendered
    chars: int
    most: int
    parts: int
    fits: bool
    bare: str


class Difference(NamedTuple):
    """`lines` are (mark, text): "+" is new, "-" is gone, " " stayed."""

    label: str
    lines: Sequence[tuple[str, str]]


def of(brand_id: int, brand_name: str, draft: Draft) -> list[Preview]:
    """Raises Invalid."""
    form = CHANNELS[draft.channel].capabilities.form if draft.channel in CHANNELS else None
    shown: Mapping[str, Rendered] = queries.preview(brand_id, draft)
    found = []
    for language, said in shown.items():
        text = signed(brand_name, said.text) if form and form.signed else said.text
        most = form.most_chars if form else 0
        count = parts(text) if form and form.signed else 0
        found.append(
            Preview(
                language,
                LANGUAGE_NAMES[language],
                TAGS[language],
                said._replace(text=text),
                len(text),
                most,
                count,
                len(text) <= most,
                _STYLES.sub("", said.html),
            )
        )
    return found


def differences(older: Draft, newer: Draft) -> list[Difference]:
    """What changed between two versions, part by part."""
    before, after = _parts(older), _parts(newer)
    found = []
    for label in dict.fromkeys([*before, *after]):
        old, new = before.get(label, ""), after.get(label, "")
        if old != new:
            lines = difflib.ndiff(old.splitlines(), new.splitlines())
            found.append(Difference(label, [(line[0], line[2:]) for line in lines if line[0] != "?"]))
    return found


def _parts(draft: Draft) -> dict[str, str]:
    labels = {"text": _("Text"), "subject": _("Subject"), "html": "HTML"}
    shown = {
        f"{LANGUAGE_NAMES.get(language, language)} · {labels[part]}": text
        for language, one in draft.texts.items()
        for part, text in one._asdict().items()
    }
    shown[_("Variables")] = "\n".join(f"{one.name} {one.kind} {one.example}" for one in draft.variables)
    shown[_("Purpose")] = words.purpose(draft.purpose)
    shown[_("Priority")] = words.priority(draft.priority)
    shown[_("Fallback")] = LANGUAGE_NAMES.get(draft.fallback, draft.fallback)
    return shown
