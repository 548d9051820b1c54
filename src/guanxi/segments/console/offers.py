"""What the builder offers: the questions by group, what each begins with, and values to choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.customers.places import cities, place_name
from guanxi.kernel.conditions import LEAVES, BrandRow, Choice, LeafType, Param, Tongue, parse, sentence
from guanxi.kernel.errors import GuanxiError

# In this order; groups that a room adds later follow by name.
GROUPS: Final[Mapping[str, Promise]] = {
    "behaviour": gettext_lazy("What they did"),
    "value": gettext_lazy("What they are worth"),
    "profile": gettext_lazy("Who they are"),
    "tags": gettext_lazy("Tags"),
    "preferences": gettext_lazy("What they prefer"),
    "identity": gettext_lazy("How they are known"),
    "consent": gettext_lazy("How they can be reached"),
    "segments": gettext_lazy("Segments and figures"),
    "calendar": gettext_lazy("Time of year"),
    "sample": gettext_lazy("Samples"),
}
MUNICIPALITIES: Final = frozenset({110_000, 120_000, 310_000, 500_000})  # provinces and cities at once
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# A question begins complete where a common answer exists: one sees at once what it does.
STARTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "behaviour.did": {"kinds": ["order.paid"], "within": {"days": 90}},
    "behaviour.last": {"kinds": ["order.paid"], "within": {"older_than_days": 90}},
    "behaviour.first": {"kinds": ["order.paid"], "within": {"days": 30}},
    "behaviour.sum": {"kinds": ["order.paid"], "at_least": 100_000, "within": {"days": 365}},
    "behaviour.average": {"kinds": ["order.paid"], "at_least": 20_000},
    "behaviour.sequence": {
        "steps": [{"kinds": ["code.scanned"]}, {"kinds": ["order.paid"]}],
        "within_days": 7,
    },
    "value.recency": {"at_most_days": 90},
    "value.frequency": {"at_least": 2},
    "value.monetary": {"at_least": 100_000, "within": {"days": 365}},
    "profile.gender": {"is": "f"},
    "profile.age": {"at_least": 18},
    "profile.birthday": {"within_days": 7},
    "profile.first_seen": {"within": {"days": 30}},
    "profile.last_seen": {"within": {"days": 30}},
    "profile.near_store": {"km": 5},
    "identity.has": {"scheme": "phone"},
    "consent.is": {"is": "given", "purpose": "marketing", "channels": ["sms"]},
    "sample.share": {"percent": "10"},
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A question to choose: `words` are what the search looks at."""

    name: str
    label: str
    doc: str
    words: str


@dataclass(frozen=True, slots=True)
class OfferGroup:
    label: str
    offers: Sequence[Offer]


def offer_groups(tongue: Tongue) -> list[OfferGroup]:
    """Every question there is, by group."""
    found: dict[str, list[Offer]] = {}
    for kind in LEAVES:
        found.setdefault(kind.group, []).append(_offer(kind, tongue))
    known = [name for name in GROUPS if name in found]
    return [
        OfferGroup(str(GROUPS.get(name, name)), found[name])
        for name in [*known, *sorted(found - GROUPS.keys())]
    ]


def _offer(kind: LeafType, tongue: Tongue) -> Offer:
    words = f"{kind.name} {kind.label_zh} {kind.label_en} {kind.doc}".casefold()
    return Offer(kind.name, tongue.label(kind.label_zh, kind.label_en), example(kind, tongue), words)


def example(kind: LeafType, tongue: Tongue) -> str:
    """What the question says with the answers it begins with; nothing where it has none."""
    start = STARTS.get(kind.name)
    if start is None:
        return ""
    try:
        condition = parse({"leaf": kind.name, **start})
    except GuanxiError:
        return ""
    return _("for example: %(sentence)s") % {"sentence": sentence(condition, tongue)}


def start_of(leaf: str) -> dict[str, Any]:
    """The values a new question begins with, those that its type has."""
    kind = LEAVES.get(leaf)
    given = STARTS.get(leaf, {})
    return {name: value for name, value in given.items() if kind is not None and name in kind.by_name}


def offered(leaf: str, param: Param, brand: BrandRow) -> Sequence[Choice]:
    """The values that a parameter can be chosen from: all there are, else those the brand has now, else what
    its numbers are called."""
    if found := param.all_choices() or (param.suggest(brand) if param.suggest else ()):
        return found
    named = _NAMED.get((leaf, param.name))
    return named() if named else ()


def _months() -> list[Choice]:
    return [Choice(str(month), f"{month} 月", name) for month, name in enumerate(MONTHS, 1)]


def _cities() -> list[Choice]:
    return [_place(code) for code in cities() if code % 10_000 or code in MUNICIPALITIES]


def _provinces() -> list[Choice]:
    codes = sorted({code // 10_000 * 10_000 for code in cities()})
    return [_place(code) for code in codes]


def _place(code: int) -> Choice:
    return Choice(str(code), place_name(code), place_name(code, chinese=False))


# Numbers that stand for something with a name: nobody knows a city by its code.
_NAMED: Final[Mapping[tuple[str, str], Callable[[], list[Choice]]]] = {
    ("calendar.month", "among"): _months,
    ("profile.birthday", "months"): _months,
    ("profile.city", "among"): _cities,
    ("profile.province", "among"): _provinces,
}
