"""What of this room settles a brand's currency and time zone."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.platform.brand_basis import SETTLERS, Settler
from guanxi.touchpoints.models import ExchangeRate, Import, Touchpoint


def register() -> None:
    SETTLERS.register(
        Settler(
            "touchpoints",
            say("Facts have been recorded: their amounts and days are in this currency and time zone."),
            lambda brand_id: Touchpoint.objects.filter(brand_id=brand_id).exists(),
        )
    )
    SETTLERS.register(
        Settler(
            "imports",
            say("Files have been brought in: their amounts and days are in this currency and time zone."),
            lambda brand_id: Import.objects.filter(brand_id=brand_id).exists(),
        )
    )
    SETTLERS.register(
        Settler(
            "rates",
            say("There are exchange rates into this currency."),
            lambda brand_id: ExchangeRate.objects.filter(brand_id=brand_id).exists(),
        )
    )
