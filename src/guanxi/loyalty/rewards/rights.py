"""What rewards hold of a person, and what is left of it when the person is erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.customers.rights.hooks import ERASERS, SOURCES, Eraser, Person, Source
from guanxi.kernel.clock import to_datetime
from guanxi.loyalty.rewards.models import FamilyGift, FamilyLink, Redemption
from guanxi.loyalty.rewards.redeeming import address_purpose
from guanxi.platform import vault


def register() -> None:
    SOURCES.register(
        Source(
            "redemptions",
            _("Rewards that the person redeemed, and where they were sent"),
            ("loyalty_redemption", "loyalty_redemptionstep", "loyalty_rewardpayment"),
            redeemed,
            _("To hand over what was redeemed, and to answer for it."),
            _("The contract with the person (PIPL 13 (2))."),
            _("As long as the books are kept; an address until the parcel has come."),
        )
    )
    SOURCES.register(
        Source(
            "family",
            _("Members that the person is linked with, and points they gave each other"),
            ("loyalty_familylink", "loyalty_familygift"),
            family,
            _("To let members give each other points."),
            _("The contract with the person (PIPL 13 (2))."),
            _("Until one of them ends it; gifts as long as the books are kept."),
        )
    )
    ERASERS.register(Eraser("rewards", forgotten))


def redeemed(person: Person) -> Iterator[Mapping[str, Any]]:
    ours = Redemption.objects.filter(subject_id__in=list(person.subject_ids)).select_related("reward")
    for row in ours.order_by("pk"):
        address = vault.unseal_text(row.address, address_purpose(row.pk)) if row.address else ""
        yield {
            "reward": row.reward.code,
            "state": row.state,
            "at": to_datetime(row.made_ms).isoformat(),
            "asset": row.asset,
            "units": row.units,
            "fen": row.fen,
            "address": address,
            "tracking": row.tracking,
        }


def family(person: Person) -> Iterator[Mapping[str, Any]]:
    ours = list(person.subject_ids)
    for link in FamilyLink.objects.filter(Q(host_id__in=ours) | Q(guest_id__in=ours)).order_by("pk"):
        linked = None if link.linked_ms is None else to_datetime(link.linked_ms).isoformat()
        yield {"what": "link", "at": linked, "asset": "", "units": 0}
    for gift in FamilyGift.objects.filter(Q(giver_id__in=ours) | Q(taker_id__in=ours)).order_by("pk"):
        what = "given" if gift.giver_id in ours else "received"
        at = to_datetime(gift.at_ms).isoformat()
        yield {"what": what, "at": at, "asset": gift.asset, "units": gift.units}


def forgotten(person: Person) -> Mapping[str, int]:
    """Addresses and links go. What was redeemed stays for the stock's and the ledger's sake, under a subject
    that leads to nobody."""
    ours = list(person.subject_ids)
    rows = Redemption.objects.filter(subject_id__in=ours).exclude(address="", tracking="")
    return {
        "loyalty_redemption": rows.update(address="", tracking=""),
        "loyalty_familylink": FamilyLink.objects.filter(Q(host_id__in=ours) | Q(guest_id__in=ours)).delete()[
            0
        ],
    }
