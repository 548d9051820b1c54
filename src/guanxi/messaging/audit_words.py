"""What this room's entries of the audit log are called."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.platform.audit_words import Kind
from guanxi.platform.audit_words import register as add


def register() -> None:
    add(
        {
            "template.saved": say("Template of messages saved"),
            "template.archived": say("Template of messages archived"),
            "template.restored": say("Template of messages restored"),
            "message.cancelled": say("Message cancelled"),
            "message.confirmed": say("Message sent by hand"),
            "message.block_lifted": say("Address written to again"),
            "message.caps_changed": say("Caps of advertising changed"),
            "messages.cancelled": say("Many messages cancelled"),
            "message.again": say("Message queued again"),
            "message.tested": say("Message sent to oneself"),
            "channel.resumed": say("Channel tried again"),
            "inbox.link_made": say("Link to the inbox made"),
            "campaign.cancelled": say("Campaign cancelled"),
        },
        {
            "template": Kind(say("Template of messages")),
            "message": Kind(say("Message")),
            "campaign": Kind(say("Campaign")),
            "channel": Kind(say("Channel")),
        },
        {"caps": say("caps"), "channel": say("channel"), "message_count": say("messages")},
    )
