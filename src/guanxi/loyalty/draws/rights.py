"""What draws hold of a person, and what is left of it when the person is erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.customers.rights.hooks import ERASERS, SOURCES, Eraser, Person, Source
from guanxi.kernel.clock import to_datetime
from guanxi.loyalty.draws.models import DrawEntry, DrawWin


def register() -> None:
    SOURCES.register(
        Source(
            "draws",
            _("Entries of lucky draws, and what was won"),
            ("loyalty_drawentry", "loyalty_drawwin"),
            entries,
            _("To hold the draw as it was published, and to prove it."),
            _("The contract with the person (PIPL 13 (2)); the evidence is a duty of the law (PIPL 13 (3))."),
            _("At least two years; once the person is erased under a pseudonym that leads to nobody."),
        )
    )
    ERASERS.register(Eraser("draws", untied))


def entries(person: Person) -> Iterator[Mapping[str, Any]]:
    ours = list(person.subject_ids)
    wins = {
        (win.draw_id, win.number): win for win in DrawWin.objects.filter(subject_id__in=ours).order_by("pk")
    }
    rows = DrawEntry.objects.filter(subject_id__in=ours).select_related("draw").order_by("pk")
    for one in rows:
        win = wins.get((one.draw_id, one.number))
        yield {
            "draw": one.draw.code,
            "number": one.number,
            "at": to_datetime(one.at_ms).isoformat(),
            "own_number": one.nonce,
            "excluded": one.excluded,
            "prize": one.draw.terms["prizes"][win.place]["name"] if win else "",
            "state": win.state if win else "",
            "store": win.store if win else "",
        }


def untied(person: Person) -> Mapping[str, int]:
    """Entries and wins stay, of nobody: without them the draw could not be worked out again."""
    ours = list(person.subject_ids)
    return {
        "loyalty_drawentry": DrawEntry.objects.filter(subject_id__in=ours).update(subject_id=0),
        "loyalty_drawwin": DrawWin.objects.filter(subject_id__in=ours).update(subject_id=0),
    }
