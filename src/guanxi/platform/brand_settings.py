"""What a brand may change of itself: name, colour, language, hours of messages, contact for privacy.

Currency and time zone are of their own (`brand_basis`): every amount and every day depends on them.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.kernel.clock import to_datetime
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

NAME_CHARS: Final = 120
CONTACT_CHARS: Final = 200
LEAST_CONTRAST: Final = 4.5  # of white text on the colour: WCAG 2.2, success criterion 1.4.3
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")


class BrandSettings(NamedTuple):
    """`colour` is "#0e766c", or nothing for Guanxi's own. Messages go out from `send_from_hour` until before
    `send_until_hour`, local time; the default 8 to 21 is the window of the gateways of short messages."""

    name: str
    colour: str
    language: str
    send_from_hour: int
    send_until_hour: int
    privacy_contact: str


class SendingHours(NamedTuple):
    """When a brand's messages may go out: local hours, from `from_hour` until before `until_hour`."""

    from_hour: int
    until_hour: int
    timezone: str

    def includes(self, at_ms: int) -> bool:
        return self.from_hour <= to_datetime(at_ms, ZoneInfo(self.timezone)).hour < self.until_hour

    def next_ms(self, at_ms: int) -> int:
        """The first moment from `at_ms` on at which a message may go out, in UTC milliseconds."""
        if self.includes(at_ms):
            return at_ms
        local = to_datetime(at_ms, ZoneInfo(self.timezone))
        later = timedelta(days=1 if local.hour >= self.until_hour else 0)
        opening = (local + later).replace(hour=self.from_hour, minute=0, second=0, microsecond=0)
        return int(opening.timestamp() * 1000)


def sending_hours(brand_id: int) -> SendingHours:
    """For whoever sends. Raises NotFound."""
    brand = Brand.objects.filter(pk=brand_id).first()
    if brand is None:
        raise NotFound(_("There is no such brand."), remedy=_("See `guanxi brand list`."))
    return SendingHours(brand.send_from_hour, brand.send_until_hour, brand.timezone)


def settings_of(brand: Brand) -> BrandSettings:
    return BrandSettings(*(getattr(brand, field) for field in BrandSettings._fields))


def change(brand_id: int, version: int, wanted: BrandSettings, *, actor: Actor) -> int:
    """Keep these settings; the new version. Raises Invalid, NotFound, and Conflict where somebody saved since
    `version` was read, with `version` and `settings` as they are now."""
    wanted = _checked(wanted)
    with writing():
        brand = Brand.objects.select_for_update().filter(pk=brand_id).first()
        if brand is None:
            raise NotFound(_("There is no such brand."), remedy=_("See `guanxi brand list`."))
        now = settings_of(brand)
        if brand.version != version:
            raise Conflict(
                _("Somebody saved these settings meanwhile."),
                remedy=_("Look at what differs, then save again."),
                version=brand.version,
                settings=now,
            )
        changed = [field for field in BrandSettings._fields if getattr(now, field) != getattr(wanted, field)]
        if not changed:
            return version
        Brand.objects.filter(pk=brand_id).update(**wanted._asdict(), version=version + 1)
        audit.record(brand_id, actor, "brand.changed", "brand", brand_id, detail={"fields": changed})
    return version + 1


def contrast_with_white(colour: str) -> float:
    """The ratio of luminance, 1 to 21 (WCAG 2.2, relative luminance of sRGB)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _checked(wanted: BrandSettings) -> BrandSettings:
    name, contact = _one_line(wanted.name), _one_line(wanted.privacy_contact)
    colour = wanted.colour.strip().lower()
    if not 1 <= len(name) <= NAME_CHARS:
        raise Invalid(
            _("A brand's name has 1 to 120 characters."), remedy=_("Give another name."), field="name"
        )
    if len(contact) > CONTACT_CHARS:
        raise Invalid(
            _("The contact has at most %(most)d characters.") % {"most": CONTACT_CHARS},
            remedy=_("Shorten it."),
            field="privacy_contact",
        )
    if colour and not _COLOUR.fullmatch(colour):
        raise Invalid(
            _("This is no colour."), remedy=_("Write it as #0e766c, or leave it empty."), field="colour"
        )
    if colour and contrast_with_white(colour) < LEAST_CONTRAST:
        raise Invalid(
            _("White text on this colour cannot be read well."),
            remedy=_("Take a darker one."),
            field="colour",
        )
    if wanted.language not in dict(settings.LANGUAGES):
        raise Invalid(
            _("This language is not spoken."), remedy=_("Choose one of the list."), field="language"
        )
    if not 0 <= wanted.send_from_hour < wanted.send_until_hour <= 24:
        raise Invalid(
            _("Messages begin before they end, within a day."),
            remedy=_("Take hours from 0 to 24."),
            field="send_until_hour",
        )
    return wanted._replace(name=name, colour=colour, privacy_contact=contact)


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
