"""Finding subjects by name without any name in the clear: grams intersect, then decryption decides."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from guanxi.platform.vault.blind import searchable, wanted_grams
from guanxi.platform.vault.boxes import open_many

MAX_JOINED_GRAMS = 5
SMALLEST_PAGE, LARGEST_PAGE = 50, 500  # candidates opened at a time


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
