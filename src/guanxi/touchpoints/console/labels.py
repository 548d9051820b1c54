"""What people call the words of imports: states, importers, fields of the mapping, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guanxi.kernel import channels
from guanxi.platform.language import spoken
from guanxi.touchpoints.contracts import ImportState
from guanxi.touchpoints.importing.formats import IMPORTERS
from guanxi.touchpoints.kinds import KINDS
from guanxi.ui.parts import Badge, Tone

STATES: Final[Mapping[ImportState, tuple[Promise, Tone]]] = {
    ImportState.QUEUED: (gettext_lazy("Queued"), "info"),
    ImportState.RUNNING: (gettext_lazy("Running"), "accent"),
    ImportState.DONE: (gettext_lazy("Done"), "good"),
    ImportState.FAILED: (gettext_lazy("Stopped"), "bad"),
    ImportState.CANCELLED: (gettext_lazy("Cancelled"), ""),
}
FIELDS: Final[Mapping[str, Promise]] = {
    "order": gettext_lazy("Order number"),
    "customer": gettext_lazy("Customer number or account"),
    "member": gettext_lazy("Member number"),
    "unionid": gettext_lazy("WeChat UnionID"),
    "openid": gettext_lazy("WeChat OpenID"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("Email"),
    "name": gettext_lazy("Name"),
    "address": gettext_lazy("Address"),
    "date": gettext_lazy("Date of the order"),
    "paid_date": gettext_lazy("Date of payment"),
    "amount": gettext_lazy("Amount of the row"),
    "total": gettext_lazy("Amount of the whole order"),
    "price": gettext_lazy("Price of one piece"),
    "quantity": gettext_lazy("Quantity"),
    "item": gettext_lazy("Product code"),
    "title": gettext_lazy("Product name"),
    "category": gettext_lazy("Category"),
    "status": gettext_lazy("Status"),
    "refund": gettext_lazy("Refunded amount"),
    "currency": gettext_lazy("Currency"),
    "channel": gettext_lazy("Channel"),
    "shop": gettext_lazy("Shop"),
    "store": gettext_lazy("Store"),
    "city": gettext_lazy("City"),
    "gender": gettext_lazy("Gender"),
    "birthday": gettext_lazy("Birthday"),
    "calendar": gettext_lazy("Solar or lunar birthday"),
    "language": gettext_lazy("Language"),
    "joined": gettext_lazy("Date of joining"),
    "level": gettext_lazy("Tier"),
    "points": gettext_lazy("Points"),
    "tags": gettext_lazy("Tags"),
    "is_member": gettext_lazy("Is a member"),
    "platform": gettext_lazy("Platform"),
    "campaign": gettext_lazy("Campaign"),
    "kol": gettext_lazy("KOL"),
    "type": gettext_lazy("Type of spend"),
    "fee": gettext_lazy("Livestream fee"),
    "commission": gettext_lazy("Commission"),
    "impressions": gettext_lazy("Impressions"),
    "clicks": gettext_lazy("Clicks"),
    "orders": gettext_lazy("Orders"),
    "account": gettext_lazy("Account on the platform"),
    "url": gettext_lazy("Address of the profile"),
    "followed": gettext_lazy("Follows since"),
    "registered": gettext_lazy("Registered on the platform"),
    "followers": gettext_lazy("Followers"),
    "following": gettext_lazy("Follows how many"),
    "posts": gettext_lazy("Posts"),
    "likes": gettext_lazy("Likes received"),
    "last_active": gettext_lazy("Last active"),
    "avatar": gettext_lazy("Picture"),
    "bio": gettext_lazy("Description of themselves"),
    "verified": gettext_lazy("Verified"),
    "region": gettext_lazy("Region"),
    "interactions_30": gettext_lazy("Interactions in 30 days"),
    "interactions_90": gettext_lazy("Interactions in 90 days"),
    "as_of": gettext_lazy("Day of the list"),
}
OF_IMPORTER: Final[Mapping[tuple[str, str], Promise]] = {
    ("spend", "date"): gettext_lazy("Day"),
    ("spend", "amount"): gettext_lazy("What was spent"),
    ("followers", "name"): gettext_lazy("Nickname"),
}
REASONS: Final[Mapping[str, Promise]] = {
    "amount_bad": gettext_lazy("The amount is not a number"),
    "amount_missing": gettext_lazy("There is no amount"),
    "amount_negative": gettext_lazy("The amount is below zero"),
    "amounts_differ": gettext_lazy("Amounts that contradict one another"),
    "bad_amount": gettext_lazy("The amount cannot be read"),
    "bad_bytes": gettext_lazy("Characters that the file's encoding does not have"),
    "broken_quote": gettext_lazy("A quotation mark that is never closed"),
    "channel_bad": gettext_lazy("The channel cannot be used"),
    "currency_unknown": gettext_lazy("A currency without an exchange rate"),
    "bad_date": gettext_lazy("The date cannot be read"),
    "erased": gettext_lazy("The person was erased"),
    "future_day": gettext_lazy("A day in the future"),
    "negative_spend": gettext_lazy("Spend below zero"),
    "no_account": gettext_lazy("Nothing says who follows"),
    "no_amount": gettext_lazy("There is no amount"),
    "no_date": gettext_lazy("There is no day"),
    "no_order": gettext_lazy("There is no order number"),
    "no_platform": gettext_lazy("There is no platform"),
    "other_currency": gettext_lazy("Another currency than the brand's"),
    "quantity_bad": gettext_lazy("The quantity is not a whole number"),
    "repeated_row": gettext_lazy("The same row once more"),
    "time_out_of_range": gettext_lazy("The date lies in the future or before 1990"),
    "too_few_cells": gettext_lazy("Fewer cells than columns"),
    "too_long": gettext_lazy("A line longer than any real row"),
    "too_many_cells": gettext_lazy("More cells than columns"),
    "total_row": gettext_lazy("A row of totals"),
    "unknown_fields": gettext_lazy("Fields that are not known"),
}
ICONS: Final[Mapping[str, str]] = {
    "order.paid": "shopping-bag",
    "order.placed": "shopping-cart",
    "order.refunded": "receipt-refund",
    "member.joined": "user-plus",
    "profile.updated": "pencil",
    "code.scanned": "qrcode",
    "message.sent": "message",
    "message.delivered": "message",
    "message.failed": "message",
    "customer.merged": "git-merge",
    "customer.unmerged": "git-branch",
}


def speaks_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def state_badge(state: ImportState) -> Badge:
    label, tone = STATES[state]
    return Badge(str(label), tone)


def importer_name(name: str) -> str:
    """What the importer is called, or that it is found by the headers."""
    importer = IMPORTERS.get(name) if name else None
    if importer is None:
        return name or _("Found by its headers")
    return importer.label_zh if speaks_chinese() else importer.label_en


def kind_name(name: str) -> str:
    kind = KINDS.get(name)
    if kind is None:  # rows that are no facts are called as their file is
        return importer_name(name)
    return kind.label_zh if speaks_chinese() else kind.label_en


def field_name(name: str, importer: str = "") -> str:
    own = OF_IMPORTER.get((importer, name))
    return str(FIELDS.get(name, name) if own is None else own)


def channel_name(name: str) -> str:
    return spoken(channels.named(name))


def reason_name(code: str) -> str:
    """Why rows were rejected; the code itself where it has no words here (the download has the full text)."""
    return str(REASONS.get(code, code))
