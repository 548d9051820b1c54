"""What the catalogue tells other rooms of itself, once, at start-up."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop

from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.words import REASONS
from guanxi.loyalty.rewards import effect, fulfilments, jobs, kinds, rights, till
from guanxi.loyalty.rewards.console import menu
from guanxi.loyalty.rewards.member import family, mine
from guanxi.loyalty.rewards.models import Redemption, Reward
from guanxi.loyalty.rewards.redeeming import address_purpose
from guanxi.platform import vault
from guanxi.segments.contracts import Reference
from guanxi.segments.definitions import stored_references
from guanxi.segments.referring import REFERRERS, Referrer

REWARD = gettext_noop("reward")


def register() -> None:
    kinds.register()
    fulfilments.register()
    effect.register()
    jobs.register()
    rights.register()
    mine.register()
    family.register()
    menu.register()
    till.register()
    REFERRERS.register(Referrer("rewards", rewards_asking))
    vault.SEALED_COLUMNS.register(vault.SealedColumn(Redemption, "address", address_purpose))
    REASONS.update(
        {
            "reward.reserved": say("Set aside for a reward"),
            "reward.handed_out": say("Reward handed over"),
            "reward.cancelled": say("Redemption undone"),
            "reward.returned": say("Reward brought back"),
            "reward.stock": say("Stock of a reward"),
            "family": say("Given to family"),
        }
    )


def rewards_asking(brand_id: int, segment_id: int) -> Sequence[Reference]:
    """The rewards whose conditions name a segment; those put away count, since they may come back."""
    rows = Reward.objects.filter(brand_id=brand_id).order_by("code")
    return [
        Reference(REWARD, row.code)
        for row in rows
        if any(
            segment_id in stored_references(data)
            for data in (row.condition, row.early_condition)
            if data is not None
        )
    ]
