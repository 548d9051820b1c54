"""The purposes that consent is asked for, and the channels: registries that rooms add to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from guanxi.customers.consent.contracts import Basis
from guanxi.kernel.registries import Registry


@dataclass(frozen=True, slots=True)
class Channel:
    name: str
    label_zh: str
    label_en: str

    def label(self, *, chinese: bool) -> str:
        return self.label_zh if chinese else self.label_en


@dataclass(frozen=True, slots=True)
class Purpose:
    """One thing that is done with personal data. `text_*` is what customers agree to where the brand has not
    published words of its own; `articles` are those of the PIPL or the law that is named."""

    name: str
    label_zh: str
    label_en: str
    text_zh: str
    text_en: str
    articles: str
    basis: Basis = Basis.CONSENT
    separate: bool = False
    by_channel: bool = False

    @property
    def needs_consent(self) -> bool:
        return self.basis is Basis.CONSENT

    def label(self, *, chinese: bool) -> str:
        return self.label_zh if chinese else self.label_en

    def text(self, *, chinese: bool) -> str:
        return self.text_zh if chinese else self.text_en


PURPOSES: Registry[Purpose] = Registry("purpose of processing", lambda purpose: purpose.name)
CHANNELS: Registry[Channel] = Registry("channel of consent", lambda channel: channel.name)

MARKETING: Final = "marketing"
PERSONALISATION: Final = "personalisation"

for _channel in (
    Channel("sms", "短信", "Text message"),
    Channel("email", "电子邮件", "Email"),
    Channel("wechat", "微信", "WeChat"),
    Channel("wecom", "企业微信", "WeCom"),
    Channel("phone", "电话", "Phone call"),
    Channel("app", "小程序和应用内", "In the app"),
):
    CHANNELS.register(_channel)

for _purpose in (
    Purpose(
        MARKETING,
        "优惠和新品消息",
        "Offers and news",
        "我们用您的联系方式给您发优惠和新品消息。",
        "We use your contact details to send you offers and news.",
        "PIPL 13, 14; 广告法 43",
        by_channel=True,
    ),
    Purpose(
        PERSONALISATION,
        "个性化推荐",
        "Personal recommendations",
        "我们根据您的购买和浏览记录，为您挑选更合适的内容。",
        "We choose what to show you by what you bought and looked at.",
        "PIPL 13, 24; 算法推荐规定 17",
    ),
    Purpose(
        "sharing",
        "向第三方提供",
        "Sharing with others",
        "我们把您的联系方式和订单提供给合作方，由他们为您服务。",
        "We pass your contact details and orders to partners who serve you.",
        "PIPL 23",
        separate=True,
    ),
    Purpose(
        "sensitive",
        "敏感个人信息",
        "Sensitive data",
        "我们处理您告诉我们的敏感信息（例如健康状况、过敏史），用来给您建议。",
        "We use sensitive details that you tell us, such as health or allergies, to advise you.",
        "PIPL 29",
        separate=True,
    ),
    Purpose(
        "abroad",
        "向境外提供",
        "Export abroad",
        "我们把您的个人信息传到境外的系统里处理。",
        "We send your personal data to systems outside mainland China.",
        "PIPL 39",
        separate=True,
    ),
    Purpose(
        "service",
        "订单和服务通知",
        "Orders and service",
        "我们给您发订单、物流和售后通知，这是履行合同所必需的。",
        "We tell you about your orders, deliveries and returns, which the contract with you needs.",
        "PIPL 13(2)",
        basis=Basis.CONTRACT,
        by_channel=True,
    ),
):
    PURPOSES.register(_purpose)


def asked() -> list[Purpose]:
    """The purposes that need consent, in the order they were registered."""
    return [purpose for purpose in PURPOSES if purpose.needs_consent]


def places(purpose: Purpose) -> list[str]:
    """The channels that a purpose is decided for: "" where it has none."""
    return [channel.name for channel in CHANNELS] if purpose.by_channel else [""]
