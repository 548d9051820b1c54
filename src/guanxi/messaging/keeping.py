"""How long messages are kept."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from guanxi.kernel.wording import say
from guanxi.messaging.contracts import State
from guanxi.messaging.models import Message
from guanxi.platform.retention.contracts import HALF_A_YEAR, KEEPABLES, THREE_YEARS, Keepable, Least
from guanxi.platform.retention.running import counted, deleted

KEY: Final = "messages"


def _old(brand_id: int, before_ms: int) -> QuerySet[Message]:
    """Those that nothing more is done with."""
    open_states = [State.QUEUED, State.SENDING, State.TASKED]
    return Message.objects.filter(brand_id=brand_id, changed_ms__lt=before_ms).exclude(state__in=open_states)


def register() -> None:
    KEEPABLES.register(
        Keepable(
            key=KEY,
            label=say("Messages to customers"),
            goes=say("What was sent to whom, what became of it, and what is in inboxes."),
            least=Least(HALF_A_YEAR, say("Records of advertisements and short messages: six months.")),
            default=lambda: THREE_YEARS,
            count=lambda brand_id, before_ms: counted(_old(brand_id, before_ms), "changed_ms"),
            let_go=lambda brand_id, before_ms, limit: deleted(
                brand_id, KEY, _old(brand_id, before_ms), limit
            ),
            sources=("messages", "inbox"),
        )
    )
