"""The record of processing (PIPL 55, 56; 处理活动记录): what is held, why, by what right, for whom, how long.

It is made from what rooms have registered, so it is never behind the program; the brand adds what the program
cannot know, such as who delivers its parcels."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from guanxi.customers.rights.hooks import SOURCES
from guanxi.customers.rights.models import ProcessingNote
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.platform import audit
from guanxi.platform.language import spoken
from guanxi.platform.retention.periods import periods
from guanxi.platform.writing import writing

LONGEST: Final = 1_000


class Entry(NamedTuple):
    """One kind of data, in the active language. `periods` are those of retention that are about it, as label
    and days, None for kept."""

    name: str
    label: str
    tables: list[str]
    purpose: str
    basis: str
    recipients: str
    retention: str
    periods: list[tuple[str, float | None]]
    note: str


def entries(brand_id: int) -> list[Entry]:
    """The whole record."""
    notes = dict(ProcessingNote.objects.filter(brand_id=brand_id).values_list("name", "note"))
    held = periods(brand_id)
    return [
        Entry(
            source.name,
            str(source.label),
            list(source.tables),
            str(source.purpose),
            str(source.basis),
            str(source.recipients) or _("Nobody outside the brand."),
            str(source.retention),
            [(spoken(one.kind.label), one.days) for one in held if source.name in one.kind.sources],
            notes.get(source.name, ""),
        )
        for source in SOURCES
    ]


def note(brand_id: int, name: str, text: str, *, actor: object) -> None:
    """Write the brand's own words on one entry; "" takes them back. Raises NotFound, Invalid."""
    if name not in SOURCES:
        raise NotFound(_("There is no such entry in the record."))
    text = text.strip()
    if len(text) > LONGEST:
        raise Invalid(_("A note has %(most)s characters at most.") % {"most": LONGEST}, field="note")
    with writing(brand_id):
        ProcessingNote.objects.update_or_create(brand_id=brand_id, name=name, defaults={"note": text})
        audit.record(brand_id, str(actor), "processing.noted", "source", name)
