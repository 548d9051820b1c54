"""Finding subjects by name or masked phone, neither in the clear: by grams, then decryption decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection

from guanxi.platform.vault.blind import searchable, tail_gram, wanted_grams
from guanxi.platform.vault.boxes import open_many

MAX_JOINED_GRAMS = 5
SMALLEST_PAGE, LARGEST_PAGE = 50, 500  # candidates opened at a time

_SEPARATORS = re.compile(r"[\s\-().（）]+")
_MASKED = re.compile(r"(\+?[0-9]{0,9})[*＊•xX]+([0-9]{4,9})|([0-9]{4,10})")


class PhoneMask(NamedTuple):
    """What is known of a phone: how it begins ("" if unknown) and how it ends (four digits or more)."""

    head: str
    tail: str


def phone_mask(text: str) -> PhoneMask | None:
    """`138****8000`, `****8000`, `8000`, `38000`; None where the last four digits are not all there."""
    found = _MASKED.fullmatch(_SEPARATORS.sub("", text))
    return PhoneMask(found[1] or "", found[2] or found[3]) if found else None


def search_phone(brand_id: int, mask: PhoneMask) -> Iterator[list[int]]:
    """Pages of a brand's subjects whose phone fits the whole mask, newest first; opened as they are read."""
    gram = tail_gram(brand_id, mask.tail)
    for page in _candidates([gram], LARGEST_PAGE) if gram is not None else ():
        opened = open_many(page)
        phones = {s: opened[s]["phone"].text for s in page if s in opened and "phone" in opened[s]}
        yield [s for s, phone in phones.items() if _fits(phone, mask)]


def _fits(phone: str, mask: PhoneMask) -> bool:
    """Mainland numbers are written with or without their country code."""
    forms = (phone, phone.removeprefix("+"), phone.removeprefix("+86"))
    return any(
        form.startswith(mask.head) and form.endswith(mask.tail) and len(form) > len(mask.head + mask.tail)
        for form in forms
    )


def search_name(brand_id: int, text: str, limit: int = 50) -> list[int]:
    """Subjects of a brand whose name contains `text` (one character: begins with it), newest first."""
    sought = searchable(text)
    if not sought or limit < 1:
        return []
    found: list[int] = []
    size = min(max(2 * limit, SMALLEST_PAGE), LARGEST_PAGE)
    for page in _candidates(wanted_grams(brand_id, text)[:MAX_JOINED_GRAMS], size):
        names = {
            s: searchable(fields["name"].text) for s, fields in open_many(page).items() if "name" in fields
        }
        found += [s for s in page if _matches(names.get(s, ""), sought)]
        if len(found) >= limit:
            return found[:limit]
    return found


def _matches(name: str, sought: str) -> bool:
    return name.startswith(sought) if len(sought) == 1 else sought in name


def _candidates(grams: list[int], size: int) -> Iterator[list[int]]:
    """Pages of subjects that have all the grams, from the greatest id down."""
    joins = " ".join(
        f"JOIN platform_vaultgram g{i} ON g{i}.subject_id = g0.subject_id AND g{i}.gram = %s"
        for i in range(1, len(grams))
    )
    before = 1 << 62
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT g0.subject_id FROM platform_vaultgram g0 {joins} "
                "WHERE g0.gram = %s AND g0.subject_id < %s ORDER BY g0.subject_id DESC LIMIT %s",
                [*grams[1:], grams[0], before, size],
            )
            page = [row[0] for row in cursor.fetchall()]
        if not page:
            return
        yield page
        before = page[-1]
