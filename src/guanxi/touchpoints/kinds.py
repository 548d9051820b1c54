"""The kinds of facts, each with a documented payload. docs/guide/kinds.md says the same; a test holds it.

A payload is small JSON that is never personal: a field unknown to its kind is refused, a personal field
is moved to the person, and what looks like a phone or an e-mail in free text is masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from guanxi.kernel.registries import Registry

MAX_TEXT = 2_000
MAX_ITEMS = 5_000
MAX_PAYLOAD_BYTES = 512 * 1024


class FieldType(StrEnum):
    TEXT = "text"  # an id, a code, a state: kept as it is
    WORDS = "words"  # written by people: scanned for phones and e-mails
    INTEGER = "integer"
    FEN = "fen"  # money in minor units
    MS = "ms"  # UTC milliseconds
    BOOLEAN = "boolean"
    TEXTS = "texts"  # a list of words
    ITEMS = "items"  # a list of order lines


class Moves(StrEnum):
    """Where a personal field of a payload is moved to."""

    PHONE = "phone"
    EMAIL = "email"
    NAME = "name"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: FieldType
    doc: str
    required: bool = False
    personal: Moves | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    label_zh: str
    label_en: str
    doc: str
    fields: tuple[Field, ...] = ()
    needs_amount: bool = False
    by_name: Mapping[str, Field] = field(init=False, repr=False, compare=False)
    required: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        every = (*self.fields, *PERSONAL)
        object.__setattr__(self, "by_name", MappingProxyType({one.name: one for one in every}))
        object.__setattr__(self, "required", frozenset(one.name for one in every if one.required))


# Accepted in any payload, never kept there.
PERSONAL = (
    Field("phone", FieldType.TEXT, "moved to the identities", personal=Moves.PHONE),
    Field("email", FieldType.TEXT, "moved to the identities", personal=Moves.EMAIL),
    Field("name", FieldType.TEXT, "moved to the person", personal=Moves.NAME),
    Field("address", FieldType.TEXT, "moved to the person", personal=Moves.ADDRESS),
)

ITEM_FIELDS = MappingProxyType(
    {
        one.name: one
        for one in (
            Field("sku", FieldType.TEXT, "the seller's code of the product"),
            Field("title", FieldType.WORDS, "the product's title as sold"),
            Field("spec", FieldType.WORDS, "colour, size and the like"),
            Field("quantity", FieldType.INTEGER, "pieces"),
            Field("price_fen", FieldType.FEN, "price of one piece"),
            Field("amount_fen", FieldType.FEN, "what the line came to"),
            Field("category", FieldType.WORDS, "the product's category"),
            Field("service", FieldType.BOOLEAN, "postage, a fee or a voucher: no product"),
        )
    }
)

_MONEY = (
    Field("currency", FieldType.TEXT, "ISO 4217 code of the amounts, where not the brand's own"),
    Field("original_currency", FieldType.TEXT, "written by Guanxi: the currency before conversion"),
    Field("original_amount", FieldType.INTEGER, "written by Guanxi: the amount before conversion"),
    Field("rate", FieldType.TEXT, "written by Guanxi: the rate that was applied"),
)

_ORDER = (
    Field("order", FieldType.TEXT, "the order's number at the shop"),
    Field("status", FieldType.TEXT, "the shop's own word for the state"),
    Field("shop", FieldType.TEXT, "name of the shop"),
    Field("items", FieldType.ITEMS, "the lines: sku, title, spec, quantity, price_fen, amount_fen, category"),
    Field("items_omitted", FieldType.INTEGER, "how many more lines the order had than are kept"),
    Field("store", FieldType.TEXT, "code or name of the physical store"),
    Field("associate", FieldType.TEXT, "code of the store associate who sold"),
    Field("distributor", FieldType.TEXT, "code of the distributor"),
    Field("order_type", FieldType.TEXT, "the shop's type of order (group buy, gift …)"),
    Field("sale_channel", FieldType.TEXT, "the shop's own word for the channel"),
    Field("close_reason", FieldType.WORDS, "why the order was closed"),
    Field("refund_status", FieldType.TEXT, "the shop's word for the state of the refund"),
    Field("payable_fen", FieldType.FEN, "what was due before it was paid"),
    Field("freight_fen", FieldType.FEN, "postage"),
    Field("discount_fen", FieldType.FEN, "discounts and coupons"),
    Field("created_ms", FieldType.MS, "when the order was placed"),
    Field("paid_ms", FieldType.MS, "when it was paid"),
    Field("finished_ms", FieldType.MS, "when it was received"),
    Field("country", FieldType.TEXT, "country of the shop or the delivery"),
    Field("campaign", FieldType.TEXT, "code of the campaign the buyer came through"),
    *_MONEY,
)

_MEMBER = (
    Field("member", FieldType.TEXT, "member number"),
    Field("shop", FieldType.TEXT, "name of the shop"),
    Field("store", FieldType.TEXT, "code or name of the physical store"),
    Field("associate", FieldType.TEXT, "code of the store associate who enrolled"),
    Field("origin", FieldType.TEXT, "where the member came from, in the shop's words"),
    Field("tier", FieldType.TEXT, "the member's tier at that time"),
    Field("tags", FieldType.TEXTS, "the shop's tags"),
    Field("is_member", FieldType.BOOLEAN, "whether the shop counts the customer as a member"),
    Field("points", FieldType.INTEGER, "points held at that time, as the shop says"),
    Field("orders", FieldType.INTEGER, "orders until then, as the shop says; not counted as orders"),
    Field("spent_fen", FieldType.FEN, "spent until then, as the shop says; not counted as revenue"),
    Field("last_order_ms", FieldType.MS, "the last order, as the shop says"),
)

_TAG = (
    Field("tag", FieldType.TEXT, "name of the tag", required=True),
    Field("source", FieldType.TEXT, "hand, rule or import", required=True),
)

_DONE = (
    Field("what", FieldType.TEXT, "code of the course, the event or the product", required=True),
    Field("store", FieldType.TEXT, "code or name of the physical store"),
    Field("campaign", FieldType.TEXT, "code of the campaign"),
)

_MEMBERSHIP = (
    Field("plan", FieldType.TEXT, "code of the plan", required=True),
    Field("order", FieldType.TEXT, "the order's number at the shop"),
)

_CONSENT = (
    Field("purpose", FieldType.TEXT, "name of the purpose", required=True),
    Field("channel", FieldType.TEXT, "the channel; empty: all of them, or the purpose has none"),
    Field("source", FieldType.TEXT, "where it was said: preference centre, console, api, cli, a file"),
    Field("by", FieldType.TEXT, "self, or guardian for a child under 14"),
)

KINDS: Registry[Kind] = Registry("kind of touchpoint", lambda kind: kind.name)

for _kind in (
    Kind(
        "order.paid",
        "订单已付款",
        "Order paid",
        "The buyer paid. `amount_fen` is what they paid; it is revenue. Refunds are facts of their own.",
        _ORDER,
        needs_amount=True,
    ),
    Kind(
        "order.refunded",
        "订单已退款",
        "Order refunded",
        "Money went back. `amount_fen` is positive. Where a file says only how much was refunded so far, "
        "that sum is `cumulative_fen` and the amount recorded is what has been added since.",
        (
            *_ORDER,
            Field("cumulative_fen", FieldType.FEN, "refunded so far for this order, all refunds together"),
        ),
        needs_amount=True,
    ),
    Kind(
        "order.placed",
        "订单已创建",
        "Order placed",
        "An order that was not paid, or closed before it was. `amount_fen` is what was due, not revenue.",
        _ORDER,
    ),
    Kind(
        "order.detailed",
        "订单明细",
        "Order detailed",
        "A file told the lines of an order whose money another fact states. It carries no amount.",
        _ORDER,
    ),
    Kind(
        "order.received",
        "订单已收货",
        "Order received",
        "The buyer confirmed that the order arrived, or the shop did. What waits for the receipt counts from "
        "here.",
        (
            Field("order", FieldType.TEXT, "the order's number at the shop", required=True),
            Field("shop", FieldType.TEXT, "name of the shop"),
            Field("status", FieldType.TEXT, "the shop's own word for the state"),
        ),
    ),
    Kind(
        "member.joined",
        "成为会员",
        "Member joined",
        "A customer became a member.",
        (*_MEMBER, Field("terms", FieldType.TEXT, "the sentence that was agreed to: language and digest")),
    ),
    Kind(
        "profile.updated",
        "资料更新",
        "Profile updated",
        "A shop told us more about a customer: details of the person, or its own totals.",
        _MEMBER,
    ),
    Kind(
        "code.scanned",
        "扫码",
        "Code scanned",
        "A QR code was scanned.",
        (
            Field("code", FieldType.TEXT, "the short code", required=True),
            Field("target", FieldType.TEXT, "what the code stood for"),
            Field("device", FieldType.TEXT, "kind of device"),
            Field("campaign", FieldType.TEXT, "code of the campaign"),
            Field("store", FieldType.TEXT, "code or name of the physical store"),
        ),
    ),
    Kind(
        "message.sent",
        "消息已发送",
        "Message sent",
        "A message left for the customer.",
        (
            Field("message", FieldType.TEXT, "id of the message", required=True),
            Field("template", FieldType.TEXT, "name of the template"),
            Field("campaign", FieldType.TEXT, "code of the campaign"),
            Field("state", FieldType.TEXT, "what became of it"),
            Field("channel", FieldType.TEXT, "channel it went by"),
        ),
    ),
    Kind(
        "message.delivered",
        "消息已送达",
        "Message delivered",
        "A message that was sent has arrived, as its channel says. One that arrives at once is sent alone.",
        (
            Field("message", FieldType.TEXT, "id of the message", required=True),
            Field("template", FieldType.TEXT, "name of the template"),
            Field("campaign", FieldType.TEXT, "code of the campaign"),
            Field("state", FieldType.TEXT, "what became of it"),
            Field("channel", FieldType.TEXT, "channel it went by"),
        ),
    ),
    Kind(
        "message.failed",
        "消息发送失败",
        "Message failed",
        "A message did not arrive, and is not tried again.",
        (
            Field("message", FieldType.TEXT, "id of the message", required=True),
            Field("template", FieldType.TEXT, "name of the template"),
            Field("campaign", FieldType.TEXT, "code of the campaign"),
            Field("state", FieldType.TEXT, "what became of it"),
            Field("channel", FieldType.TEXT, "channel it went by"),
            Field("code", FieldType.TEXT, "why"),
        ),
    ),
    Kind(
        "customer.merged",
        "客户合并",
        "Customers merged",
        "Written by Guanxi: two customers turned out to be one.",
        (
            Field("from", FieldType.INTEGER, "id of the customer that was merged", required=True),
            Field("into", FieldType.INTEGER, "id of the customer that stays", required=True),
            Field("reason", FieldType.TEXT, "code of the reason"),
        ),
    ),
    Kind(
        "customer.unmerged",
        "客户拆分",
        "Customers unmerged",
        "Written by Guanxi: a merge was undone.",
        (
            Field("from", FieldType.INTEGER, "id of the customer that was taken apart", required=True),
            Field("into", FieldType.INTEGER, "id of the customer that stands alone again", required=True),
            Field("reason", FieldType.TEXT, "code of the reason"),
        ),
    ),
    Kind(
        "tag.added",
        "打上标签",
        "Tag added",
        "Written by Guanxi: a customer got a tag, by hand, by a rule or by a file of tags. Tags that come "
        "with a member's record are told by that record.",
        _TAG,
    ),
    Kind("tag.removed", "移除标签", "Tag removed", "Written by Guanxi: a customer lost a tag.", _TAG),
    Kind(
        "preference.stated",
        "填写偏好",
        "Preference stated",
        "Written by Guanxi: a customer said what they prefer, or took it back.",
        (
            Field("field", FieldType.TEXT, "name of the preference field", required=True),
            Field("value", FieldType.WORDS, "what was said: a choice, a number, a date, true or false, text"),
            Field("values", FieldType.TEXTS, "the choices, where several may be made"),
            Field("source", FieldType.TEXT, "where it was said: console, api, cli, a survey"),
        ),
    ),
    Kind("training.completed", "完成培训", "Training completed", "The customer finished a course.", _DONE),
    Kind("event.attended", "参加活动", "Event attended", "The customer came to an event.", _DONE),
    Kind("review.written", "发表评价", "Review written", "The customer wrote a review, good or bad.", _DONE),
    Kind(
        "tier.changed",
        "会员等级变更",
        "Tier changed",
        "Written by Guanxi: the customer is in another tier from then on.",
        (
            Field("from", FieldType.TEXT, "code of the tier before", required=True),
            Field("to", FieldType.TEXT, "code of the tier after", required=True),
            Field("up", FieldType.BOOLEAN, "whether it is a higher one", required=True),
            Field("why", FieldType.TEXT, "reached, bought, ended, refunded, merged, programme or facts"),
            Field("version", FieldType.INTEGER, "of the programme"),
        ),
    ),
    Kind(
        "membership.bought",
        "购买付费会员",
        "Membership bought",
        "A term of a paid membership was bought, or renewed. `amount_fen` is what was paid; it is no revenue "
        "of orders.",
        _MEMBERSHIP,
    ),
    Kind(
        "membership.cancelled",
        "取消自动续费",
        "Membership cancelled",
        "The customer does not want the membership to renew; it lasts until it ends.",
        _MEMBERSHIP,
    ),
    Kind(
        "membership.refunded",
        "付费会员退款",
        "Membership refunded",
        "The membership was refunded and ends at once.",
        _MEMBERSHIP,
    ),
    Kind(
        "membership.renewal_due",
        "付费会员即将续费",
        "Membership about to renew",
        "Written by Guanxi, at least five days before a membership renews by itself, once for each term.",
        (
            Field("plan", FieldType.TEXT, "code of the plan", required=True),
            Field("ends_ms", FieldType.MS, "when the term ends and the next is charged", required=True),
            Field("price_fen", FieldType.FEN, "what the next term costs"),
        ),
    ),
    Kind(
        "consent.given",
        "同意授权",
        "Consent given",
        "Written by Guanxi: a customer agreed to a purpose. Whether it counts is for the ledger to say.",
        _CONSENT,
    ),
    Kind(
        "consent.refused",
        "拒绝授权",
        "Consent refused",
        "Written by Guanxi: a customer said no when asked.",
        _CONSENT,
    ),
    Kind(
        "consent.withdrawn",
        "撤回同意",
        "Consent withdrawn",
        "Written by Guanxi: a customer took consent back.",
        _CONSENT,
    ),
):
    KINDS.register(_kind)
