"""Facts as people read them: on a customer's page and in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.customers.answers import FieldType, told
from guanxi.customers.preferences import Definition, definitions
from guanxi.kernel.registries import Registry
from guanxi.platform.models import Brand
from guanxi.touchpoints.console.labels import ICONS, channel_name, kind_name
from guanxi.touchpoints.queries import TouchpointRow
from guanxi.ui.figures import UNKNOWN, in_chinese, money
from guanxi.ui.parts import Badge

SHOWN_ITEMS: Final = 3


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One fact, ready to print; `subject_id` is None where nobody is known."""

    id: int
    what: str
    icon: str
    badge: Badge | None
    items: str
    source: str
    reference: str
    amount: str
    occurred_ms: int
    zone: str
    subject_id: int | None


def timeline_rows(brand: Brand, rows: Sequence[TouchpointRow]) -> list[TimelineRow]:
    said = _preferences(brand, rows)
    return [_row(brand, row, said.get(row.id, "")) for row in rows]


def _preferences(brand: Brand, rows: Sequence[TouchpointRow]) -> dict[int, str]:
    """What those rows say that state a preference: question and answer as people read them."""
    stated = [row for row in rows if row.kind == "preference.stated"]
    if not stated:
        return {}
    chinese = in_chinese()
    fields = {field.name: field for field in definitions(brand.pk, archived=True)}
    found = {}
    for row in stated:
        field = fields.get(str(row.payload.get("field")))
        if field is not None:
            label, answer = field.label(chinese=chinese), _answer(field, row.payload, chinese=chinese)
            found[row.id] = f"{label} · {answer}"
    return found


def _answer(field: Definition, payload: Mapping[str, Any], *, chinese: bool) -> str:
    """The answer of one statement; a dash where it was taken back."""
    text = "|".join(map(str, payload.get("values") or [])) or str(payload.get("value") or "")
    if field.type is FieldType.BOOLEAN and text:
        return _("Yes") if text == "true" else _("No")
    return told(field.type, field.choices, text, chinese=chinese) or UNKNOWN


def _row(brand: Brand, row: TouchpointRow, said: str) -> TimelineRow:
    status = str(row.payload.get("status", ""))
    signed = -row.amount_fen if row.kind == "order.refunded" and row.amount_fen else row.amount_fen
    place = [channel_name(row.channel), str(row.payload.get("shop") or row.payload.get("store") or "")]
    return TimelineRow(
        row.id,
        kind_name(row.kind),
        ICONS.get(row.kind, "clock"),
        Badge(status) if status else None,
        items_text(row.payload) or said or about(row.kind, row.payload),
        " · ".join(part for part in place if part),
        str(row.payload.get("order") or ""),
        "" if signed is None else money(signed, brand.currency),
        row.occurred_ms,
        brand.timezone,
        row.subject_id,
    )


# What a fact without products is about: the fields that say it, in this order.
_ABOUT: Final[Mapping[str, Sequence[str]]] = {
    "tag.added": ("tag",),
    "tag.removed": ("tag",),
    "draw.entered": ("draw",),
    "draw.won": ("draw", "prize"),
    "draw.claimed": ("draw", "prize"),
    "segment.entered": ("segment",),
    "segment.left": ("segment",),
    "preference.stated": ("field", "value", "values"),
    "code.scanned": ("code", "target", "campaign"),
    "message.sent": ("template", "message"),
    "message.delivered": ("template", "message"),
    "message.failed": ("template", "message"),
}


class Sayer(NamedTuple):
    """How a room above says what a fact of its kind is about, in the reader's language."""

    kind: str
    say: Callable[[Mapping[str, Any]], str]


sayers: Registry[Sayer] = Registry("how a fact is said", lambda sayer: sayer.kind)


def about(kind: str, payload: Mapping[str, Any]) -> str:
    """Which tag, which segment, which answer: what a fact of the kind is about, as it was recorded."""
    if (sayer := sayers.get(kind)) is not None:
        return sayer.say(payload)
    words = [payload.get(name) for name in _ABOUT.get(kind, ())]
    plain = [_(", ").join(map(str, word)) if isinstance(word, list) else str(word) for word in words if word]
    return " · ".join(plain)


def items_text(payload: Mapping[str, Any]) -> str:
    """The first products of an order, and how many more there are."""
    items = payload.get("items")
    if not isinstance(items, list):
        return ""
    words = [_item(item) for item in items[:SHOWN_ITEMS] if isinstance(item, dict)]
    text = _(", ").join(word for word in words if word)
    more = len(items) - SHOWN_ITEMS
    if more <= 0:
        return text
    return text + " " + ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}


def _item(item: Mapping[str, Any]) -> str:
    name = str(item.get("title") or item.get("sku") or "")
    pieces = item.get("quantity")
    return f"{name} ×{pieces}" if name and isinstance(pieces, int) and pieces != 1 else name
