"""How long requests and the ledger of consent are kept."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from guanxi.customers.rights.contracts import State
from guanxi.customers.rights.models import RightsRequest
from guanxi.kernel.wording import say
from guanxi.platform.retention.contracts import KEEPABLES, THREE_YEARS, Keepable, Least
from guanxi.platform.retention.running import counted, deleted

REQUESTS: Final = "rights.requests"


def _ended(brand_id: int, before_ms: int) -> QuerySet[RightsRequest]:
    return RightsRequest.objects.filter(
        brand_id=brand_id, state__in=(State.DONE, State.REFUSED), ended_ms__lt=before_ms
    )


def register() -> None:
    """Called once, at start-up."""
    KEEPABLES.register(
        Keepable(
            key=REQUESTS,
            label=say("Requests of people that have ended"),
            goes=say("What was asked, by whom it was answered and when. Tombstones of who was erased stay."),
            least=Least(
                THREE_YEARS,
                say("Records of processing are kept for three years (PIPL 56), answers with them."),
            ),
            count=lambda brand_id, before_ms: counted(_ended(brand_id, before_ms), "ended_ms"),
            let_go=lambda brand_id, before_ms, limit: deleted(
                brand_id, REQUESTS, _ended(brand_id, before_ms), limit
            ),
            sources=("requests",),
        )
    )
    KEEPABLES.register(
        Keepable(
            key="consents",
            label=say("The ledger of consent"),
            goes=say("Nothing by itself: it proves what may be done, and that nothing is asked twice."),
            least=Least(1, say("Consent must be proved for as long as anything rests on it (PIPL 13, 14).")),
            sources=("consents",),
        )
    )
