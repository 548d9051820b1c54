"""The verbs of touchpoints. `record` is the only way into the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import repeat
from typing import NamedTuple

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.customers import services as customers
from guanxi.customers.gathering import Batch
from guanxi.customers.rights.contracts import ERASED
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Invalid, Limit, NotFound
from guanxi.kernel.wording import say
from guanxi.platform import audit
from guanxi.platform.writing import writing
from guanxi.touchpoints import log
from guanxi.touchpoints.contracts import Fact, Mode, Recorded, Rejection
from guanxi.touchpoints.currency import Rate, RateTable
from guanxi.touchpoints.hooks import AFTER_RECORD, RecordedBatch, RecordedFact
from guanxi.touchpoints.models import ExchangeRate, Source
from guanxi.touchpoints.parcels import Columns, Parcel, columns_of
from guanxi.touchpoints.rules import Entry, Terms, prepare

LARGEST_BATCH = 50_000
CARRY_TAGS = frozenset(("member.joined", "profile.updated"))


class Written(NamedTuple):
    """What became of the entries of one call of `write`. `smaller` counts refunds that state a smaller
    sum than is booked for their order; `erased` are the positions of what is refused because the person was
    erased."""

    recorded: int
    duplicates: int
    customers_created: int
    customers_merged: int
    positions: Sequence[int] = ()
    smaller: int = 0
    erased: Sequence[int] = ()


def erased_reason() -> str:
    """Why facts of somebody who was erased are refused."""
    return say(
        "This person was erased: facts of before are refused, and member lists until they order or consent "
        "again."
    )


def record(
    brand_id: int,
    source: str,
    facts: Sequence[Fact],
    *,
    mode: Mode = Mode.LIVE,
    import_id: int | None = None,
) -> Recorded:
    """Put facts into the log: each once, by `(source, source_ref)`, with its customer resolved.

    One transaction (a savepoint inside another): all that can be recorded is, the rest comes back as
    rejections by position. Callers cut long inputs into batches, a few thousand facts each, since nobody
    else writes meanwhile. Raises NotFound for an unknown brand, Limit above 50,000 facts.
    """
    if len(facts) > LARGEST_BATCH:
        raise Limit(
            _("A batch holds at most %(most)s facts.") % {"most": LARGEST_BATCH},
            remedy=_("Send several batches."),
            most=LARGEST_BATCH,
        )
    entries, rejections = prepare(facts, terms_of(brand_id))
    with writing(brand_id, by_keys=True):
        written = write(brand_id, source_id_of(brand_id, source), entries, mode=mode, import_id=import_id)
    rejections += [Rejection(position, ERASED, erased_reason()) for position in written.erased]
    return Recorded(
        len(facts),
        written.recorded,
        written.duplicates,
        sorted(rejections, key=lambda rejection: rejection.position),
        written.customers_created,
        written.customers_merged,
        written.positions,
    )


def terms_of(brand_id: int) -> Terms:
    """What facts of the brand are checked against, as of now. A clock that jumped back is not believed:
    the newest fact of the log proves that it is later."""
    basis = log.basis_of(brand_id)
    if basis is None:
        raise NotFound(_("There is no brand with id %(id)s.") % {"id": brand_id})
    rates: list[Rate] = []
    if basis.has_rates:
        rows = ExchangeRate.objects.filter(brand_id=brand_id)
        rates = [Rate(row.currency, row.from_day.isoformat(), row.rate) for row in rows]
    now = max(now_ms(), basis.latest_recorded_ms)
    return Terms.at(now, RateTable.of(basis.currency, rates), basis.timezone)


def source_id_of(brand_id: int, name: str) -> int:
    """The id of the brand's source of that name, made where it is new."""
    name = name.strip()
    if not 1 <= len(name) <= 80:
        raise Invalid(_("A source has a name of 1 to 80 characters."), field="source")
    known = log.source_id(brand_id, name)
    return known or Source.objects.get_or_create(brand_id=brand_id, name=name)[0].pk


def write(
    brand_id: int, source_id: int, entries: Sequence[Entry], *, mode: Mode, import_id: int | None
) -> Written:
    """Record checked entries. The caller holds the brand's turn (`writing`): between looking for known
    references and inserting, nobody else records, so the counts are exact."""
    entries, erased = _heeded(brand_id, entries)
    fresh, smaller = _fresh(source_id, entries)
    if not fresh:
        return Written(0, len(entries), 0, 0, smaller=smaller, erased=erased)
    resolution = customers.resolve(brand_id, [entry.sighting for entry in fresh])
    columns = columns_of(fresh)
    _insert(brand_id, source_id, columns, resolution.subject_ids, mode=mode, import_id=import_id)
    return Written(
        len(fresh),
        len(entries) - len(fresh),
        resolution.customers_created,
        resolution.customers_merged,
        columns.positions,
        smaller,
        erased,
    )


def _heeded(brand_id: int, entries: Sequence[Entry]) -> tuple[Sequence[Entry], list[int]]:
    """The entries without those of people who were erased, and the positions of these."""
    if not customers.anybody_erased(brand_id):
        return entries, []
    heeded = customers.heeded(brand_id, [entry.sighting for entry in entries])
    pairs = list(zip(entries, heeded, strict=True))
    kept = [entry._replace(sighting=sighting) for entry, sighting in pairs if sighting is not None]
    return kept, [entry.position for entry, sighting in pairs if sighting is None]


def write_parcel(
    brand_id: int, source_id: int, parcel: Parcel, *, mode: Mode, import_id: int | None
) -> Written:
    """The same for facts that come as a parcel: in less time where all of them are new."""
    if parcel.batch is None or not _are_new(source_id, parcel.columns) or _concerns_erased(parcel.batch):
        return write(brand_id, source_id, parcel.entries(), mode=mode, import_id=import_id)
    resolution = customers.resolve_batch(parcel.batch)
    _insert(brand_id, source_id, parcel.columns, resolution.subject_ids, mode=mode, import_id=import_id)
    return Written(len(parcel.columns.refs), 0, resolution.customers_created, resolution.customers_merged)


def _concerns_erased(batch: Batch) -> bool:
    """Whether an identity of the batch is that of somebody who was erased."""
    contacts = {(scheme, key) for scheme, key, _holder in batch.keys}
    return customers.anybody_erased(batch.brand_id) and bool(customers.erased_ms(batch.brand_id, contacts))


def _insert(
    brand_id: int,
    source_id: int,
    facts: Columns,
    subject_ids: Sequence[int | None],
    *,
    mode: Mode,
    import_id: int | None,
) -> None:
    ids = log.next_ids(len(facts.refs))
    shared = map(repeat, (brand_id, source_id, now_ms(), import_id, mode is Mode.LIVE))
    brands, sources, recorded, imports, live = shared
    log.insert(
        list(
            zip(
                ids,
                brands,
                sources,
                facts.refs,
                facts.kinds,
                facts.channels,
                subject_ids,
                facts.at_ms,
                recorded,
                facts.amounts,
                facts.quantities,
                facts.payloads,
                imports,
                live,
                strict=False,  # what all facts share is repeated for ever
            )
        )
    )
    _take_tags(brand_id, facts, subject_ids, import_id)
    if len(AFTER_RECORD):
        told = zip(
            ids,
            facts.refs,
            facts.kinds,
            facts.channels,
            subject_ids,
            facts.at_ms,
            facts.amounts,
            facts.quantities,
            facts.payloads,
            strict=True,
        )
        batch = RecordedBatch(brand_id, source_id, mode, import_id, list(map(RecordedFact._make, told)))
        for hook in AFTER_RECORD:
            hook.apply(batch)


def _take_tags(
    brand_id: int, facts: Columns, subject_ids: Sequence[int | None], import_id: int | None
) -> None:
    """Put the tags that records of members carried on the subjects they named."""
    if CARRY_TAGS.isdisjoint(facts.kinds):
        return
    tagged = [
        (subject_id, orjson.loads(payload)["tags"])
        for kind, payload, subject_id in zip(facts.kinds, facts.payloads, subject_ids, strict=True)
        if kind in CARRY_TAGS and subject_id is not None and '"tags":[' in payload
    ]
    if tagged:
        customers.take_recorded_tags(brand_id, tagged, actor=f"import:{import_id}" if import_id else "system")


def _are_new(source_id: int, facts: Columns) -> bool:
    """Whether each fact is new and can be booked as it stands, which for a refund known by its sum so far
    means that it is the first of its order."""
    if len(set(facts.refs)) < len(facts.refs) or not facts.refs:
        return False
    if log.known_references(source_id, facts.refs):
        return False
    if facts.cumulatives.count(None) == len(facts.cumulatives):
        return True
    stated = [
        (_stem_of(reference), amount, total)
        for reference, amount, total in zip(facts.refs, facts.amounts, facts.cumulatives, strict=True)
        if total is not None
    ]
    stems = {stem for stem, _, _ in stated}
    if len(stems) < len(stated) or any(amount != total for _, amount, total in stated):
        return False
    return not log.refunded_so_far(source_id, sorted(stems))


def _fresh(source_id: int, entries: Sequence[Entry]) -> tuple[list[Entry], int]:
    """Entries that are new (the first of each reference, not recorded yet), and how many refunds state a
    smaller sum than is booked."""
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.source_ref, entry)
    if not first:
        return [], 0
    known = log.known_references(source_id, list(first))
    fresh = [entry for reference, entry in first.items() if reference not in known]
    stated = [entry for entry in first.values() if entry.cumulative_fen is not None]
    if not stated:
        return fresh, 0
    so_far = log.refunded_so_far(source_id, sorted({_stem(entry) for entry in stated}))
    fresh = _differences(fresh, so_far)
    return fresh, sum((entry.cumulative_fen or 0) < so_far.get(_stem(entry), 0) for entry in stated)


def _differences(entries: list[Entry], so_far: dict[str, int]) -> list[Entry]:
    """Refunds known by their sum so far become what was added since (and `so_far` becomes that sum); one that
    adds nothing is a duplicate.

    A file exported in June says 30 refunded, July's says 50: 30 and then 20 are recorded. In whatever order
    and however often the files are imported, the sum recorded is the largest that any of them said.
    """
    result = []
    for entry in entries:
        if entry.cumulative_fen is None:
            result.append(entry)
            continue
        stem = _stem(entry)
        added = entry.cumulative_fen - so_far.get(stem, 0)
        if added > 0:
            so_far[stem] = entry.cumulative_fen
            result.append(entry._replace(amount_fen=added))
    return result


def _stem(entry: Entry) -> str:
    return _stem_of(entry.source_ref)


def _stem_of(reference: str) -> str:
    """What the references of one order's refunds have in common: all but the sum."""
    return reference.rstrip("0123456789")


def set_rate(brand_id: int, currency: str, from_day: str, rate: str, *, actor: str = "system") -> None:
    """From local day `from_day` (ISO) on, one unit of `currency` is `rate` units of the brand's own.

    Facts recorded before keep the rate they were converted with. Raises Invalid.
    """
    code = currency.strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise Invalid(_("A currency is three letters, such as USD."), field="currency")
    try:
        day, value = date.fromisoformat(from_day), Decimal(rate)
    except (ValueError, InvalidOperation):
        raise Invalid(
            _("A rate needs a day and a number."), remedy=_("Write for example: USD 2024-01-01 7.1")
        ) from None
    if not (value.is_finite() and Decimal("0.00000001") <= value < Decimal(10**9)):
        raise Invalid(_("A rate is above 0 and below a thousand million."), field="rate")
    with transaction.atomic():
        ExchangeRate.objects.update_or_create(
            brand_id=brand_id, currency=code, from_day=day, defaults={"rate": value}
        )
        detail = {"from_day": from_day, "rate": rate}
        audit.record(brand_id, actor, "rate.set", "currency", code, detail=detail)
