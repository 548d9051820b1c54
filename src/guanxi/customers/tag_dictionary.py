"""The dictionary of tags: what they are called, what they mean, and who keeps them."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from guanxi.customers.models import Tag
from guanxi.kernel.errors import Invalid, Limit, NotFound
from guanxi.platform import audit
from guanxi.platform.writing import writing

MOST_TAGS: Final = 2_000  # in a dictionary that people still read
NAME_CHARS: Final = 60
_DETAIL_CHARS: Final = {"label": 60, "description": 300, "owner": 80}
_SEPARATORS: Final = re.compile(r"[\x00-\x1f\x7f,，;；、|]")


class Origin(StrEnum):
    """Who keeps a tag: people, a rule that sets it exactly, or the files that bring it."""

    HAND = "hand"
    RULE = "rule"
    IMPORT = "import"


class Entry(NamedTuple):
    """A tag of the dictionary. `profiles` counts the subjects that carry it."""

    id: int
    name: str
    label: str
    description: str
    owner: str
    origin: str
    archived: bool
    profiles: int


def define_tag(
    brand_id: int,
    name: str,
    *,
    label: str | None = None,
    description: str | None = None,
    owner: str | None = None,
    origin: Origin | None = None,
    archived: bool | None = None,
    actor: object,
) -> Tag:
    """The tag of that name, made or changed; None leaves a detail as it is.

    Raises Invalid for a name that is empty, too long, or looks like a phone or an email; Limit.
    """
    name = clean_name(name)
    given = {"label": label, "description": description, "owner": owner}
    details: dict[str, object] = {
        field: _text(field, text) for field, text in given.items() if text is not None
    }
    if origin is not None:
        details["origin"] = Origin(origin).value
    if archived is not None:
        details["archived"] = archived
    with writing(brand_id):
        tag = Tag.objects.filter(brand_id=brand_id, name=name).first()
        if tag is None:
            room_for(brand_id, 1)
            tag = Tag(brand_id=brand_id, name=name)
        elif not {field for field, value in details.items() if getattr(tag, field) != value}:
            return tag
        for field, value in details.items():
            setattr(tag, field, value)
        tag.save()
        audit.record(brand_id, str(actor), "tag.defined", "tag", tag.pk, detail={"fields": sorted(details)})
    return tag


def dictionary(brand_id: int) -> list[Entry]:
    """All tags by name, the archived ones too, in two queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            # Each tag's by itself: the index by tag alone is read, not a million rows.
            "SELECT t.id, (SELECT count(*) FROM customers_tagging g WHERE g.tag_id = t.id)"
            " FROM customers_tag t WHERE t.brand_id = %s",
            [brand_id],
        )
        counted = dict(cursor.fetchall())
    return [
        Entry(
            tag.pk,
            tag.name,
            tag.label or tag.name,
            tag.description,
            tag.owner,
            tag.origin,
            tag.archived,
            counted.get(tag.pk, 0),
        )
        for tag in Tag.objects.filter(brand_id=brand_id).order_by("archived", "name")
    ]


def find_tag(brand_id: int, name: str) -> Tag:
    """Raises NotFound."""
    known = Tag.objects.filter(brand_id=brand_id, name=name.strip())
    tag = known.first() if "\x00" not in name else None  # PostgreSQL takes no NUL, nor has a tag one
    if tag is None:
        raise NotFound(
            _("There is no tag '%(name)s'.") % {"name": name[:NAME_CHARS]},
            remedy=_("See the dictionary of tags."),
        )
    return tag


def origin_of(text: str) -> Origin:
    """Raises Invalid."""
    try:
        return Origin(text)
    except ValueError:
        known = ", ".join(Origin)
        raise Invalid(_("A tag is kept by one of: %(known)s.") % {"known": known}, field="origin") from None


def clean_name(name: str) -> str:
    """The name as it is kept. Raises Invalid."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_CHARS or _SEPARATORS.search(name):
        raise Invalid(
            _("A tag has a name of 1 to %(most)s characters, without commas and bars.")
            % {"most": NAME_CHARS},
            field="name",
        )
    if audit.blanked(name) != name or "***" in name:
        raise Invalid(_("A tag never names a person: this looks like a phone or an email."), field="name")
    return name


def _text(field: str, text: str) -> str:
    most = _DETAIL_CHARS[field]
    text = text.strip()
    if len(text) > most:
        raise Invalid(
            _("'%(field)s' holds at most %(most)s characters.") % {"field": field, "most": most}, field=field
        )
    return audit.blanked(text)


def room_for(brand_id: int, count: int) -> None:
    if Tag.objects.filter(brand_id=brand_id).count() + count > MOST_TAGS:
        raise Limit(
            _("A brand has at most %(most)s tags.") % {"most": MOST_TAGS},
            remedy=_("Use a preference field for what has many values."),
            most=MOST_TAGS,
        )


def dictionary_names(brand_id: int) -> list[tuple[str, str]]:
    """(name, label) of the tags in use, by name."""
    return [(name, label) for name, label, _origin in names_and_origins(brand_id)]


def names_and_origins(brand_id: int) -> list[tuple[str, str, str]]:
    """(name, label, who keeps it) of the tags in use, by name."""
    rows = Tag.objects.filter(brand_id=brand_id, archived=False).order_by("name")
    return [
        (name, label or name, kept_by) for name, label, kept_by in rows.values_list("name", "label", "origin")
    ]
