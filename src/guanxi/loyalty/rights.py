"""What the ledger holds of a person, and what is left of it when the person is erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.customers.lookup import keys_of
from guanxi.customers.rights.hooks import ERASERS, SOURCES, Eraser, Person, Source
from guanxi.kernel.clock import to_datetime
from guanxi.loyalty.ledger.contracts import NEVER_MS
from guanxi.loyalty.ledger.models import Account, Adjustment, Lot
from guanxi.loyalty.member import sessions
from guanxi.loyalty.member.models import MemberPhone, MemberSession, SignInCode
from guanxi.loyalty.rules.models import Missed, RuleUse


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
    SOURCES.register(
        Source(
            "rules",
            _("How often the person used what is limited, and what a rule could not give"),
            ("loyalty_ruleuse", "loyalty_missed"),
            used,
            _("To give no more than was promised, and what was."),
            _("The contract with the person (PIPL 13 (2))."),
            _("Until the person is erased."),
        )
    )
    SOURCES.register(
        Source(
            "member_sessions",
            _("Phones on which the person is signed in to the membership"),
            ("loyalty_membersession",),
            signed_in,
            _("So that the person need not sign in again each time."),
            _("The contract with the person (PIPL 13 (2))."),
            _("Ninety days after it was last used."),
        )
    )
    SOURCES.register(
        Source(
            "member_phones",
            _("The profile that the person's phone signs in to"),
            ("loyalty_memberphone",),
            phones,
            _("So that the phone opens the person's card."),
            _("The contract with the person (PIPL 13 (2))."),
            _("Until the person is erased."),
        )
    )
    ERASERS.register(Eraser("member_sessions", signed_out))
    ERASERS.register(Eraser("member_phones", unbound))
    ERASERS.register(Eraser("ledger", kept))
    ERASERS.register(Eraser("rules", forgotten))


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


def used(person: Person) -> Iterator[Mapping[str, Any]]:
    ours = list(person.subject_ids)
    for use in RuleUse.objects.filter(subject_id__in=ours).order_by("pk"):
        yield {"rule": use.rule_id, "period": use.period, "times": use.times, "units": use.units}
    for missed in Missed.objects.filter(subject_id__in=ours).order_by("pk"):
        at = to_datetime(missed.at_ms).isoformat()
        yield {"rule": missed.rule_id, "units": missed.units, "at": at, "refused": missed.code}


def signed_in(person: Person) -> Iterator[Mapping[str, Any]]:
    for one in MemberSession.objects.filter(subject_id__in=list(person.subject_ids)).order_by("pk"):
        yield {
            "opened": to_datetime(one.opened_ms).isoformat(),
            "last_used": to_datetime(one.seen_ms).isoformat(),
        }


def signed_out(person: Person) -> Mapping[str, int]:
    return {"loyalty_membersession": sessions.end_all(person.subject_ids)}


def phones(person: Person) -> Iterator[Mapping[str, Any]]:
    """When; the phone itself is among the identities."""
    for one in MemberPhone.objects.filter(subject_id__in=list(person.subject_ids)).order_by("pk"):
        yield {
            "since": to_datetime(one.since_ms).isoformat(),
            "last_used": to_datetime(one.seen_ms).isoformat(),
        }


def unbound(person: Person) -> Mapping[str, int]:
    """Phones lead nowhere any more; what was counted of codes sent to them goes, too."""
    ours = MemberPhone.objects.filter(subject_id__in=list(person.subject_ids))
    keys = set(ours.values_list("phone_key", flat=True))
    keys |= {key for scheme, key in keys_of(person.brand_id, person.subject_ids) if scheme == "phone"}
    codes = SignInCode.objects.filter(brand_id=person.brand_id, phone_key__in=keys)
    return {"loyalty_memberphone": ours.delete()[0], "loyalty_signincode": codes.delete()[0]}


def forgotten(person: Person) -> Mapping[str, int]:
    """Uses and misses go with the person."""
    ours = list(person.subject_ids)
    return {
        "loyalty_ruleuse": RuleUse.objects.filter(subject_id__in=ours).delete()[0],
        "loyalty_missed": Missed.objects.filter(subject_id__in=ours).delete()[0],
    }
