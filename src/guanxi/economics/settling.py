"""What of this room settles a brand's currency and time zone."""

from __future__ import annotations

from guanxi.economics.models import RateCardEntry, Scenario, Spend
from guanxi.kernel.wording import say
from guanxi.platform.brand_basis import SETTLERS, Settler


def register() -> None:
    SETTLERS.register(
        Settler(
            "money",
            say("Spend, prices or scenarios are kept in this currency."),
            lambda brand_id: any(
                model.objects.filter(brand_id=brand_id).exists()  # type: ignore[attr-defined]
                for model in (Spend, RateCardEntry, Scenario)
            ),
        )
    )
