"""The state of a person, for the copy that they may ask for, and its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.customers.rights.hooks import ERASERS, FREEZERS, SOURCES, Eraser, Freezer, Person, Source
from guanxi.economics.states import keeping
from guanxi.kernel.clock import to_datetime


def register() -> None:
    SOURCES.register(
        Source(
            "states",
            _("The state the person is in as a customer"),
            ("economics_customerstate",),
            states,
            _("To see who is new, loyal or leaving."),
            _("Consent, with the right to switch personalisation off (PIPL 24)."),
            _("The present state alone; the history is in the facts."),
        )
    )
    ERASERS.register(Eraser("states", forget))
    FREEZERS.register(Freezer("states", freeze))


def states(person: Person) -> Iterator[Mapping[str, Any]]:
    for kept in keeping.kept(person.brand_id, [person.customer_id]).values():
        yield {"state": kept.state.value, "since": to_datetime(kept.since_ms).isoformat()}


def forget(person: Person) -> Mapping[str, int]:
    ids = {person.customer_id, *person.subject_ids}
    held = len(keeping.kept(person.brand_id, ids))
    keeping.forget(person.brand_id, ids)
    return {"economics_customerstate": held}


def freeze(person: Person, frozen: bool) -> None:
    """Nothing is computed of a frozen person; the next refresh says the state of one who is free again."""
    if frozen:
        forget(person)
