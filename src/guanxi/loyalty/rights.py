"""What the ledger holds of a person, and what is left of it when the person is erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.customers.rights.hooks import ERASERS, SOURCES, Eraser, Person, Source
from guanxi.kernel.clock import to_datetime
from guanxi.loyalty.ledger.contracts import NEVER_MS
from guanxi.loyalty.ledger.models import Account, Adjustment, Lot


def register() -> None:
    SOURCES.register(
        Source(
            "ledger",
            _("Points, credit and what else the person has or owes"),
            ("loyalty_account",),
            accounts,
            _("To keep what the person was promised."),
            _("The contract with the person (PIPL 13 (2))."),
            _("As long as the books are kept; under nobody's name once the person is erased."),
        )
    )
    SOURCES.register(
        Source(
            "adjustments",
            _("Why points and credit were given or taken by hand"),
            ("loyalty_adjustment",),
            adjustments,
            _("To answer for what was given without a rule."),
            _("The contract with the person (PIPL 13 (2))."),
            _("Until the person is erased."),
        )
    )
    ERASERS.register(Eraser("ledger", kept))


def accounts(person: Person) -> Iterator[Mapping[str, Any]]:
    """Each account with its lots that have something left."""
    ours = Account.objects.filter(subject_id__in=list(person.subject_ids)).select_related("asset")
    for account in ours.order_by("pk"):
        lots = Lot.objects.filter(account=account, remaining__gt=0).order_by("expires_ms", "pk")
        yield {
            "asset": account.asset.code,
            "place": account.place,
            "units": account.posted,
            "set_aside": account.held,
            "announced": account.coming,
            "lots": [
                {
                    "units": lot.remaining,
                    "expires": None
                    if lot.expires_ms == NEVER_MS
                    else to_datetime(lot.expires_ms).isoformat(),
                }
                for lot in lots
            ],
        }


def adjustments(person: Person) -> Iterator[Mapping[str, Any]]:
    ours = Adjustment.objects.filter(subject_id__in=list(person.subject_ids)).select_related("posting")
    for one in ours.order_by("pk"):
        at = to_datetime(one.posting.recorded_ms).isoformat()
        yield {"posting": one.posting_id, "at": at, "reason": one.note}


def kept(person: Person) -> Mapping[str, int]:
    """The words of adjustments go. Entries hold numbers alone, of a subject that leads to nobody any more,
    and a ledger without them would not add up."""
    words = Adjustment.objects.filter(subject_id__in=list(person.subject_ids)).exclude(note="")
    return {"loyalty_adjustment": words.update(note="")}
