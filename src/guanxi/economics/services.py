"""What economics does when the warehouse has moved."""

from __future__ import annotations

from typing import Final

from guanxi.economics import refitting
from guanxi.warehouse import registry
from guanxi.warehouse.contracts import AfterSync, BrandRow

OVERVIEW: Final = ("totals", "buyers", "customers", "months", "cohorts", "channels", "channel_buyers")


def refresh(brand: BrandRow) -> None:
    """Compute the overview's figures and keep them, so that the first look after a sync is immediate."""
    from guanxi.economics import queries  # noqa: PLC0415 - Ibis takes a second that start-up need not
    from guanxi.economics.figures import keep_in_file  # noqa: PLC0415
    from guanxi.warehouse import queries as warehouse  # noqa: PLC0415

    version = warehouse.version(brand)
    figures = {name: queries.compute(brand, name) for name in OVERVIEW}
    if version and warehouse.version(brand) == version:
        keep_in_file(brand, version, figures)


def keep_bitmaps(brand: BrandRow) -> None:
    """Keep the months in which each customer bought."""
    from guanxi.economics.retention import bitmaps  # noqa: PLC0415

    bitmaps.refresh(brand)


def register() -> None:
    """Called once, at start-up."""
    from guanxi.economics.spending import keeping, rates  # noqa: PLC0415 - models must be loaded first
    from guanxi.economics.states import rights  # noqa: PLC0415
    from guanxi.economics.states import services as states  # noqa: PLC0415
    from guanxi.economics.stored import Basis, bases  # noqa: PLC0415

    keeping.register()
    bases.register(Basis("rate_card", rates.state))
    registry.after_sync.register(AfterSync("economics.overview", refresh))
    registry.after_sync.register(AfterSync("economics.bitmaps", keep_bitmaps))
    refitting.register()
    states.register()
    rights.register()
