"""Templates as JSON has them, for programs: read into drafts, and written out of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.messaging.contracts import Draft, Kind, Priority, Variable, Wordings
from guanxi.messaging.templating import PRIORITY_BAD

FIELDS: Final = frozenset(("label", "purpose", "priority", "texts", "variables", "fallback"))
PRIORITIES: Final = {one.name.lower(): one for one in Priority}


def of_json(channel: str, name: str, data: Mapping[str, Any]) -> Draft:
    """Raises Invalid with the field at fault; what the draft may say is checked where it is saved."""
    if unknown := sorted(set(data) - FIELDS):
        raise Invalid(say("There is no field '%(name)s'.", name=unknown[0][:40]), field=unknown[0][:40])
    priority = PRIORITIES.get(_text(data, "priority"))
    if priority is None:
        raise Invalid(PRIORITY_BAD, field="priority")
    texts = data.get("texts")
    if not isinstance(texts, dict):
        raise Invalid(say("Texts are by language: {“en”: {“text”: …}}."), field="texts")
    variables = data.get("variables") or []
    if not isinstance(variables, list):
        raise Invalid(say("Variables are a list of {name, type, example}."), field="variables")
    return Draft(
        channel,
        name,
        _text(data, "purpose"),
        priority,
        {str(language): _wordings(one) for language, one in texts.items()},
        [_variable(one) for one in variables],
        _text(data, "fallback") or next(iter(texts), ""),
        _text(data, "label"),
    )


def as_json(draft: Draft) -> dict[str, Any]:
    """What `of_json` reads back, with the channel and the name."""
    return {
        "channel": draft.channel,
        "name": draft.name,
        "label": draft.label,
        "purpose": draft.purpose,
        "priority": draft.priority.name.lower(),
        "fallback": draft.fallback,
        "texts": {
            language: {part: text for part, text in one._asdict().items() if text}
            for language, one in draft.texts.items()
        },
        "variables": [
            {"name": one.name, "type": str(one.kind), "example": one.example} for one in draft.variables
        ],
    }


def _wordings(data: Any) -> Wordings:
    if not isinstance(data, dict) or set(data) - set(Wordings._fields):
        raise Invalid(say("A text has the parts text, subject and html."), field="texts")
    return Wordings(**{part: _text(data, part, "texts") for part in Wordings._fields})


def _variable(data: Any) -> Variable:
    if not isinstance(data, dict) or set(data) != {"name", "type", "example"}:
        raise Invalid(say("Variables are a list of {name, type, example}."), field="variables")
    kind = _text(data, "type", "variables")
    if kind not in list(Kind):
        raise Invalid(
            say("A variable's type is one of: %(kinds)s.", kinds=", ".join(Kind)), field="variables"
        )
    return Variable(_text(data, "name", "variables"), Kind(kind), data["example"])


def _text(data: Mapping[str, Any], name: str, field: str = "") -> str:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid(say("%(name)s is text.", name=name), field=field or name)
    return value or ""
