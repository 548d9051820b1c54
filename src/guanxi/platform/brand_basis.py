"""A brand's currency and time zone: every amount and every day depends on them, so they can be changed until
the first one is kept, and never after. Rooms register what settles them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.utils.translation import gettext as _

from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.registries import Registry
from guanxi.kernel.wording import Wording
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

_CURRENCY: Final = re.compile(r"[A-Z]{3}")


class Settler(NamedTuple):
    """Something whose existence settles a brand's currency and time zone; `reason` says so in a sentence."""

    name: str
    reason: Wording
    holds: Callable[[int], bool]


SETTLERS: Registry[Settler] = Registry("what settles a brand's basis", lambda one: one.name)


def settled(brand_id: int) -> Wording | None:
    """Why they can be changed no more; None while they can."""
    return next((one.reason for one in SETTLERS if one.holds(brand_id)), None)


def currency_of(text: str) -> str:
    """A code of ISO 4217, in capitals. Raises Invalid."""
    code = text.strip().upper()
    if not _CURRENCY.fullmatch(code):
        raise Invalid(
            _("“%(currency)s” is not a currency code.") % {"currency": code[:40]},
            remedy=_("Use ISO 4217, such as CNY."),
            field="currency",
        )
    return code


def timezone_of(text: str) -> str:
    """The name of a time zone. Raises Invalid."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            _("“%(zone)s” is not a time zone.") % {"zone": text[:40]},
            remedy=_("Use an IANA name, such as Asia/Shanghai."),
            field="timezone",
        ) from None
    return text


def zones() -> list[str]:
    """The time zones to choose among, by name."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))


def change(brand_id: int, version: int, currency: str, timezone: str, *, actor: Actor) -> int:
    """Count the brand's amounts in this currency and its days in this zone; the settings' new version. Raises
    Invalid, NotFound, and Conflict where they are settled or somebody saved since `version` was read."""
    wanted = {"currency": currency_of(currency), "timezone": timezone_of(timezone)}
    with writing(brand_id):
        brand = Brand.objects.select_for_update().filter(pk=brand_id).first()
        if brand is None:
            raise NotFound(_("There is no such brand."), remedy=_("See `guanxi brand list`."))
        changed = [name for name, value in wanted.items() if getattr(brand, name) != value]
        if not changed:
            return brand.version
        if reason := settled(brand_id):
            raise Conflict(reason, remedy=_("Make another brand for another currency or time zone."))
        if brand.version != version:
            raise Conflict(_("Somebody saved these settings meanwhile."), remedy=_("Load the page again."))
        Brand.objects.filter(pk=brand_id).update(**wanted, version=version + 1)
        audit.record(brand_id, actor, "brand.changed", "brand", brand_id, detail={"fields": changed})
    return version + 1
