"""How a customer is recognised on a page: a name and a phone, masked unless somebody may and asked to see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guanxi.customers.models import Subject
from guanxi.kernel.text import masked_address, masked_email, masked_name, masked_phone
from guanxi.platform import vault
from guanxi.platform.vault import Field, Seen

MASKS = {"name": masked_name, "phone": masked_phone, "email": masked_email, "address": masked_address}
Opened = Mapping[int, Mapping[Field, Seen]]


@dataclass(frozen=True, slots=True)
class Face:
    """What a customer is called by. `schemes` are the kinds of their identities, most telling first."""

    customer_id: int
    name: str
    phone: str
    phones: int
    schemes: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.name or _("Customer %(id)s") % {"id": self.customer_id}

    @property
    def initial(self) -> str:
        return self.name[:1] or "#"


def shown(field: str, text: str, *, masked: bool = True) -> str:
    """A personal value as the page may show it; phones of the mainland without their +86."""
    if masked:
        return MASKS[field](text)
    return text.removeprefix("+86") if field == "phone" else text


def newest(opened: Opened, subject_ids: Collection[int], field: Field) -> str:
    """The value observed last among some subjects, or nothing."""
    seen = [opened[s][field] for s in subject_ids if s in opened and field in opened[s]]
    return max(seen, key=lambda value: (value.at_ms, value.text)).text if seen else ""


def faces(brand_id: int, customer_ids: Collection[int], *, masked: bool = True) -> dict[int, Face]:
    """A face for each customer of a page, in a fixed number of queries."""
    subjects: dict[int, list[int]] = defaultdict(list)
    schemes: dict[int, set[str]] = defaultdict(set)
    rows = Subject.of_brand(brand_id).filter(customer_id__in=list(customer_ids))
    for subject_id, customer_id, scheme in rows.values_list("id", "customer_id", "scheme"):
        subjects[customer_id].append(subject_id)
        schemes[customer_id].add(scheme)
    opened = vault.open_many(s for group in subjects.values() for s in group)
    return {
        c: _face(c, subjects.get(c, []), schemes.get(c, set()), opened, masked=masked) for c in customer_ids
    }


def face_of(customer_id: int, schemes: Mapping[int, str], opened: Opened, *, masked: bool = True) -> Face:
    """The face of one customer whose subjects (with their schemes) and fields were read already."""
    return _face(customer_id, list(schemes), set(schemes.values()), opened, masked=masked)


def _face(customer_id: int, ids: list[int], schemes: set[str], opened: Opened, *, masked: bool) -> Face:
    kinds = tuple(sorted(schemes, key=_telling)) if len(schemes) > 1 else tuple(schemes)
    mine = [one for one in ids if one in opened]
    if not mine:
        return Face(customer_id, "", "", 0, kinds)
    name, phone = newest(opened, mine, "name"), newest(opened, mine, "phone")
    phones = {opened[s]["phone"].text for s in mine if "phone" in opened[s]}
    return Face(
        customer_id,
        shown("name", name, masked=masked) if name else "",
        shown("phone", phone, masked=masked) if phone else "",
        len(phones),
        kinds,
    )


def _telling(scheme: str) -> tuple[bool, str]:
    return scheme in {"phone", "email"}, scheme
