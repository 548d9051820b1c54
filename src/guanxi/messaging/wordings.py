"""Templates: `{{name}}` in a text, compiled once, rendered often. Pure.

There is nothing but names: no filters, no conditions and no code, so a template can do nothing but say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final, NamedTuple

from guanxi.kernel.wording import say
from guanxi.messaging.contracts import LANGUAGES, Draft, Kind, Priority, Rendered, Variable, Wordings
from guanxi.messaging.variables import (
    BUILT_IN,
    MOST_VARIABLES,
    NAME,
    Check,
    Place,
    Refused,
    Writer,
    check_all,
    check_of,
    writer,
)

LONGEST_SUBJECT: Final = 200
LONGEST_HTML: Final = 100_000
UNSUBSCRIBE: Final = "unsubscribe_url"
_BETWEEN: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_BRACES: Final = re.compile(r"\{\{|\}\}")
# Mail programs run no scripts; what carries one, or sends a form elsewhere, has no business in a message.
_ACTIVE: Final = re.compile(
    r"<\s*/?\s*(script|iframe|object|embed|form|meta|base|link)\b|\son\w+\s*=|javascript:", re.IGNORECASE
)

Pieces = tuple[str, ...]  # text, name, text, name, …, text


class Form(NamedTuple):
    """What the texts of a channel may be. `most_chars` is of the text."""

    most_chars: int
    has_subject: bool = False
    has_html: bool = False
    signed: bool = False
    refusable_by_link: bool = False  # an advertisement must carry the address to refuse by


class Compiled(NamedTuple):
    """One language, ready to be rendered; `writers` of each variable."""

    text: Pieces
    subject: Pieces
    html: Pieces
    writers: tuple[tuple[str, Writer], ...]


class Pattern(NamedTuple):
    """A version of a template, ready to be rendered. `used` are the names that it uses."""

    checks: tuple[Check, ...]
    languages: Mapping[str, Compiled]
    fallback: str
    used: frozenset[str]
    most_chars: int


def pieces(text: str) -> Pieces:
    """Raises Refused (braces_open, variable_name)."""
    found = tuple(_BETWEEN.split(text))
    if any(_BRACES.search(part) for part in found[::2]):
        raise Refused("braces_open", say("“{{” and “}}” belong together, with a name between them."))
    for name in found[1::2]:
        if not NAME.fullmatch(name):
            raise Refused(
                "variable_name",
                say("“%(name)s” is no name: small letters, digits and _, first a letter.", name=name[:40]),
            )
    return found


def compiled(
    texts: Mapping[str, Wordings], variables: Sequence[Variable], fallback: str, most_chars: int
) -> Pattern:
    """Raises Refused as `pieces`."""
    languages = {
        language: Compiled(
            pieces(one.text),
            pieces(one.subject),
            pieces(one.html),
            tuple((variable.name, writer(variable.kind, language)) for variable in variables),
        )
        for language, one in texts.items()
    }
    used = {name for one in languages.values() for part in one[:3] for name in part[1::2]}
    return Pattern(tuple(map(check_of, variables)), languages, fallback, frozenset(used), most_chars)


def check(draft: Draft, form: Form) -> Pattern:
    """The draft, compiled. Raises Refused with what is wrong about it."""
    _check_languages(draft, form)
    _check_variables(draft.variables)
    pattern = compiled(draft.texts, draft.variables, draft.fallback, form.most_chars)
    declared = {variable.name for variable in draft.variables}
    for name in sorted(pattern.used - declared - BUILT_IN):
        raise Refused("variable_unknown", say("“%(name)s” is used and not declared.", name=name))
    for name in sorted(declared - pattern.used):
        raise Refused("variable_unused", say("“%(name)s” is declared and not used.", name=name))
    if form.refusable_by_link and draft.priority is Priority.MARKETING:
        for language, one in pattern.languages.items():
            if UNSUBSCRIBE not in one.text[1::2] or (one.html != ("",) and UNSUBSCRIBE not in one.html[1::2]):
                raise Refused(
                    "unsubscribe_missing",
                    say(
                        "Advertising says how to refuse: use {{unsubscribe_url}} in the text (%(language)s).",
                        language=language,
                    ),
                )
    for language in pattern.languages:
        render(pattern, language, examples(draft.variables), Place(), STAND_INS)
    return pattern


def examples(variables: Sequence[Variable]) -> dict[str, object]:
    return {variable.name: variable.example for variable in variables}


# For what comes from the vault, where a message is tried before it is sent: as long as it may get.
STAND_INS: Final[Mapping[str, str]] = {
    "customer_name": "顾客顾客顾客",
    "brand_name": "品牌",
    "unsubscribe_url": "https://example.com/u/" + "x" * 60,
}


def language_of(pattern: Pattern, asked: str, fallback: str = "") -> str:
    """The language a message is rendered in: what was asked for, the customer's, or the template's own."""
    for language in (asked, fallback):
        if language in pattern.languages:
            return language
    return pattern.fallback


def render(
    pattern: Pattern,
    language: str,
    values: Mapping[str, object],
    place: Place,
    built_in: Mapping[str, str],
) -> Rendered:
    """In a language that the pattern has, of values that have been checked. Raises Refused (too_long)."""
    one = pattern.languages[language]
    words = {name: write(values[name], place) for name, write in one.writers}
    words.update(built_in)
    text = _filled(one.text, words)
    if len(text) > pattern.most_chars:
        raise Refused(
            "too_long",
            say("The text has %(chars)s characters; %(most)s fit.", chars=len(text), most=pattern.most_chars),
        )
    subject = " ".join(_filled(one.subject, words).split()) if one.subject != ("",) else ""
    html = ""
    if one.html != ("",):
        html = _filled(one.html, {name: escape(word, quote=True) for name, word in words.items()})
    return Rendered(language, text, subject, html)


def _filled(parts: Pieces, words: Mapping[str, str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return "".join([words[part] if at % 2 else part for at, part in enumerate(parts)])


def _check_languages(draft: Draft, form: Form) -> None:
    if not draft.texts or set(draft.texts) - set(LANGUAGES):
        raise Refused(
            "language_unknown", say("Texts are in one or more of: %(all)s.", all=", ".join(LANGUAGES))
        )
    if draft.fallback not in draft.texts:
        raise Refused("fallback_missing", say("The fallback is one of the languages that have a text."))
    for language, one in draft.texts.items():
        if not one.text.strip():
            raise Refused("text_missing", say("The text is missing (%(language)s).", language=language))
        if bool(one.subject.strip()) != form.has_subject:
            raise Refused(
                "subject_missing" if form.has_subject else "subject_unknown",
                say("The subject is missing (%(language)s).", language=language)
                if form.has_subject
                else say("Messages of this channel have no subject."),
            )
        if (
            len(one.subject) > LONGEST_SUBJECT
            or len(one.html) > LONGEST_HTML
            or "\0" in one.text + one.html + one.subject
        ):
            raise Refused(
                "too_long", say("The subject or the HTML is too long (%(language)s).", language=language)
            )
        if one.html and not form.has_html:
            raise Refused("html_unknown", say("Messages of this channel have no HTML."))
        if _ACTIVE.search(one.html):
            raise Refused("html_active", say("HTML of messages has no scripts, forms or frames."))


def _check_variables(variables: Sequence[Variable]) -> None:
    if len(variables) > MOST_VARIABLES:
        raise Refused("too_many", say("A template has at most %(most)s variables.", most=MOST_VARIABLES))
    seen: set[str] = set()
    for variable in variables:
        if not NAME.fullmatch(variable.name) or variable.name in BUILT_IN or variable.name in seen:
            raise Refused(
                "variable_name",
                say("“%(name)s” is no name for a variable, or is there twice.", name=variable.name[:40]),
            )
        if not isinstance(variable.kind, Kind):
            raise Refused(
                "variable_bad", say("A variable's type is one of: %(kinds)s.", kinds=", ".join(Kind))
            )
        seen.add(variable.name)
        check_all([check_of(variable)], {variable.name: variable.example})
