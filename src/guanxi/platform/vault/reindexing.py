"""Search grams made anew from what is sealed, for data sealed before a kind of gram existed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from guanxi.platform.keys import keyring
from guanxi.platform.models import VaultBox
from guanxi.platform.vault.boxes import grams_of, insert_grams, read_boxes
from guanxi.platform.writing import writing

BATCH = 5_000
BrandsOf = Callable[[Collection[int]], Mapping[int, int]]


def reindex(brands_of: BrandsOf, progress: Callable[[int, int], object] | None = None) -> int:
    """Add every missing gram; how many were. `brands_of` tells subjects' brands, which are part of their
    grams. Batches are transactions of their own, so it can be interrupted and run again.

    Raises KeyMissing, KeyWrong, Tampered.
    """
    total, done, added, after = VaultBox.objects.count(), 0, 0, -(1 << 62)
    ring = keyring()
    while True:
        rows = VaultBox.objects.filter(subject_id__gt=after).order_by("subject_id")
        subjects = list(rows.values_list("subject_id", flat=True)[:BATCH])
        if not subjects:
            return added
        brands = brands_of(subjects)
        with writing():
            opened = read_boxes(subjects, ring, lock=True)
            added += insert_grams(
                [(g, s) for s, box in opened.items() if s in brands for g in grams_of(brands[s], box.fields)]
            )
        after, done = subjects[-1], done + len(subjects)
        if progress:
            progress(done, total)
