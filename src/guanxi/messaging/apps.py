from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# The chapter's menu, in order: name, label, part of the guide, further words.
_ENTRIES: Final = (
    ("messages", _("Outbox"), "messaging#in-the-console", "messages sent queue 消息 发件箱 触达 发送 记录"),
    ("message-templates", _("Templates"), "messaging#templates-and-variables", "wording text 模板 文案 变量"),
    ("message-channels", _("Channels"), "messaging#channels", "email smtp inbox 渠道 邮件 站内信"),
    (
        "message-limits",
        _("Limits"),
        "messaging#order-of-the-checks",
        "caps quiet hours 频控 频次 免打扰 时段",
    ),
)


class MessagingConfig(AppConfig):
    name = "guanxi.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.messaging import audit_words, following, keeping, rights, sandbox  # noqa: PLC0415
        from guanxi.messaging.channels import CHANNELS  # noqa: PLC0415
        from guanxi.messaging.channels.inbox import Inbox  # noqa: PLC0415
        from guanxi.messaging.channels.mail import Mail  # noqa: PLC0415

        for channel in (Inbox(), Mail()):
            CHANNELS.register(channel)
        for room in (audit_words, following, keeping, rights, sandbox):
            room.register()
        _add_to_console()


def _add_to_console() -> None:
    from guanxi.customers.console.panels import Panel, panels  # noqa: PLC0415 - models must be loaded first
    from guanxi.messaging.console.panels import panel  # noqa: PLC0415
    from guanxi.ui.navigation import Chapter, Entry, Help, helps, menu  # noqa: PLC0415

    for name, label, part, keywords in _ENTRIES:
        menu.register(
            Entry(name, label, Chapter.MESSAGING, name, "messages.view", keywords=keywords, help=part)
        )
    for page in ("customer-messages", "customer-inbox-link"):
        helps.register(Help(page, "messaging#in-the-console"))
    panels.register(Panel("messages", "messaging/customer_panel.html", panel))
