"""The one verb that writes to the ledger of consent: each statement once, in the order it comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _

from guanxi.customers import hooks
from guanxi.customers.consent.contracts import Recorded, Rejection, Statement
from guanxi.customers.consent.models import Consent, ConsentText
from guanxi.customers.consent.reading import Read, Refused, read
from guanxi.customers.hooks import Happening, What
from guanxi.customers.lookup import roots_of
from guanxi.customers.models import Subject
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Limit
from guanxi.kernel.wording import say
from guanxi.platform import audit
from guanxi.platform.bulk import insert_rows
from guanxi.platform.writing import writing

LARGEST_BATCH: Final = 5_000
_COLUMNS: Final = {
    "brand_id": "bigint",
    "subject_id": "bigint",
    "purpose": "text",
    "channel": "text",
    "said": "text",
    "basis": "text",
    "text_version": "integer",
    "text_language": "text",
    "proof": "text",
    "proof_ref": "text",
    "spoken_by": "text",
    "separate": "boolean",
    "speaks_for": "text",
    "source": "text",
    "actor": "text",
    "occurred_ms": "bigint",
    "recorded_ms": "bigint",
    "key": "text",
    "digest": "text",
}


def record(
    brand_id: int, statements: Sequence[Statement], *, source: str, actor: object, live: bool = True
) -> Recorded:
    """Write down what customers said. A statement stays with the profile that its `customer_id` names, also
    where that customer was merged into another since.

    What was recorded before under the same key is not recorded again; a key that is used for other words is
    rejected (key_conflict), as is what cannot be a statement; the rest is recorded. Raises Limit.
    """
    if len(statements) > LARGEST_BATCH:
        raise Limit(_("At most %(most)s statements at once.") % {"most": LARGEST_BATCH}, most=LARGEST_BATCH)
    rejected: list[Rejection] = []
    with writing(brand_id):
        now = now_ms()
        good = _readable(brand_id, statements, now, rejected)
        fresh, repeated = _fresh(brand_id, good, rejected)
        families = _families(brand_id, {one.customer_id for _place, one in fresh})
        known = [(place, one) for place, one in fresh if one.customer_id in families]
        rejected += [
            Rejection(place, "customer_unknown", say("There is no such customer."))
            for place, one in fresh
            if one.customer_id not in families
        ]
        rows = [
            _row(brand_id, one, families[one.customer_id], source=source, actor=actor, now=now)
            for _place, one in known
        ]
        insert_rows("customers_consent", _COLUMNS, rows)
        _say(brand_id, [one for _place, one in known], source, actor, live=live)
    return Recorded(len(rows), repeated, sorted(rejected))


def _readable(
    brand_id: int, statements: Sequence[Statement], now: int, rejected: list[Rejection]
) -> list[tuple[int, Read]]:
    rows = ConsentText.objects.filter(brand_id=brand_id).values_list("purpose", "version")
    texts = set(rows) if any(one.text_version for one in statements) else set()
    found = []
    for place, one in enumerate(statements):
        try:
            found.append((place, read(one, texts, now)))
        except Refused as refused:
            rejected.append(Rejection(place, refused.code, refused.message))
    return found


def _fresh(
    brand_id: int, good: Sequence[tuple[int, Read]], rejected: list[Rejection]
) -> tuple[list[tuple[int, Read]], int]:
    """Those whose key is new, and how many are repetitions."""
    keys = list({one.key for _place, one in good})
    rows = Consent.objects.filter(brand_id=brand_id, key__in=keys).values_list("key", "digest")
    known: dict[str, str] = dict(rows)
    fresh, repeated = [], 0
    for place, one in good:
        if one.key not in known:
            known[one.key] = one.digest
            fresh.append((place, one))
        elif known[one.key] == one.digest:
            repeated += 1
        else:
            message = say("The key '%(key)s' was used for another statement.", key=one.key)
            rejected.append(Rejection(place, "key_conflict", message))
    return fresh, repeated


def _families(brand_id: int, customer_ids: set[int]) -> Mapping[int, str]:
    """customer id as given → the profiles that are this customer today, as they are stored."""
    roots = roots_of(brand_id, {one for one in customer_ids if 0 < one < 1 << 63})
    members: dict[int, list[int]] = {}
    rows = Subject.of_brand(brand_id).filter(customer_id__in=set(roots.values())).order_by("pk")
    for subject, root in rows.values_list("pk", "customer_id"):
        members.setdefault(root, []).append(subject)
    return {given: f",{','.join(map(str, members[root]))}," for given, root in roots.items()}


def _row(
    brand_id: int, one: Read, speaks_for: str, *, source: str, actor: object, now: int
) -> tuple[object, ...]:
    return (
        brand_id,
        one.customer_id,
        one.purpose.name,
        one.channel,
        one.said.value,
        one.purpose.basis.value,
        one.text_version,
        one.text_language,
        one.proof.value,
        one.proof_ref,
        one.by.value,
        one.separate,
        speaks_for,
        source[:80],
        str(actor)[:160],
        one.at_ms,
        now,
        one.key,
        one.digest,
    )


def _say(brand_id: int, fresh: Sequence[Read], source: str, actor: object, *, live: bool) -> None:
    """The audit log and the log of touchpoints, in the same transaction."""
    if not fresh:
        return
    customers = {one.customer_id for one in fresh}
    detail = {
        "statement_count": len(fresh),
        "source": source[:80],
        "said": dict(Counter(one.said.value for one in fresh)),
        "purposes": sorted({one.purpose.name for one in fresh}),
    }
    where = next(iter(customers)) if len(customers) == 1 else ""
    audit.record(brand_id, str(actor), "consent.recorded", "customer", where, detail=detail)
    hooks.tell(
        brand_id,
        [
            Happening(
                f"consent.{one.said}",
                one.customer_id,
                one.at_ms,
                {"purpose": one.purpose.name, "channel": one.channel, "source": source[:80], "by": one.by},
            )
            for one in fresh
        ],
        live=live,
    )
    hooks.changed(brand_id, What.CONSENT, customers)
