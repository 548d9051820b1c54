"""A round's messages, checked in the brand's turn: who may get what now, rendered, and what becomes of the
others. The decision itself is in `checks`; here are its facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import orjson

from guanxi.customers.consent.contracts import Verdict
from guanxi.customers.consent.queries import verdicts
from guanxi.customers.lookup import Summary, families_of, roots_of, summaries
from guanxi.kernel.clock import HOUR_MS, now_ms
from guanxi.messaging import blocking, booking, capping, checks, templating, unsubscribing, wordings
from guanxi.messaging.booking import Step
from guanxi.messaging.channels import Channel, Parcel
from guanxi.messaging.checks import Decision, Facts
from guanxi.messaging.contracts import Cap, Priority, Rendered, State
from guanxi.messaging.models import Message, Version
from guanxi.messaging.settings import public_url
from guanxi.messaging.variables import Place, Refused
from guanxi.platform.brand_settings import SendingHours, sending_hours
from guanxi.platform.writing import writing

NO_URL_WAIT_MS: Final = HOUR_MS


class Whom(NamedTuple):
    """Whom a message is for, today. `key` is the blind index of the address."""

    customer: int
    name: str
    language: str
    address: str
    key: str


@dataclass
class Known:
    """What is known of a round's customers and of the brand."""

    at_ms: int
    channel: Channel
    whom: Mapping[int, Whom]  # by subject
    verdicts: Mapping[tuple[str, int], Verdict]  # by purpose and subject
    blocks: Mapping[str, Mapping[str, int]]
    opens_ms: int
    caps: Sequence[Cap]
    sent: dict[int, list[tuple[str, int]]]  # by customer
    place: Place
    brand_name: str


def check(brand_id: int, channel: Channel, lease: str, numbers: Sequence[int]) -> list[Parcel]:
    """Those of a round's messages that are to be handed over now: they are `sending` from here on. The others
    have their end, or wait."""
    parcels: list[Parcel] = []
    steps: dict[int, Step] = {}
    with writing(brand_id):
        mine = Message.objects.filter(pk__in=list(numbers), lease=lease, state=State.QUEUED)
        rows = list(mine.order_by("priority", "pk"))
        if not rows:
            return []
        known = _known(brand_id, channel, rows, _ground(brand_id, rows))
        versions = Version.objects.select_related("template").in_bulk({row.version_id for row in rows})
        for row in rows:
            decision = checks.decide(_facts(row, known))
            if decision.state is State.SENDING:
                decision = _addressable(row, channel, decision, known)
            if decision.state is State.SENDING:
                parcel, decision = _parcel(row, versions.get(row.version_id), known)
                if parcel is not None:
                    parcels.append(parcel)
                    _count(row, known)
            steps[row.pk] = _step(row, decision, known.at_ms)
        _hold(steps, lease)
        done = booking.change(State.QUEUED, _ended(steps), lease=lease, at_ms=known.at_ms)
        booking.tell(brand_id, done, known.at_ms, State.QUEUED)
    return [parcel for parcel in parcels if parcel.message_id in done]


def foresee(
    brand_id: int, channels: Sequence[Channel], subject_id: int, wanted: Sequence[tuple[str, Priority]]
) -> dict[str, list[Decision]]:
    """channel → what would become of a message to somebody, were it taken now, for each (purpose, priority).
    Nothing is written."""
    asked = [
        Message(brand_id=brand_id, subject_id=subject_id, purpose=purpose, priority=priority)
        for purpose, priority in wanted
    ]
    ground = _ground(brand_id, asked)
    found = {}
    for channel in channels:
        known = _known(brand_id, channel, asked, ground)
        found[channel.name] = [
            _addressable(row, channel, checks.decide(_facts(row, known)), known) for row in asked
        ]
    return found


class Ground(NamedTuple):
    """What is known whatever the channel. `roots` are the customers of subjects."""

    roots: Mapping[int, int]
    people: Mapping[int, Summary]
    caps: Sequence[Cap]
    sent: Mapping[int, list[tuple[str, int]]]
    hours: SendingHours
    place: Place
    brand_name: str


def _ground(brand_id: int, rows: Sequence[Message]) -> Ground:
    roots = roots_of(brand_id, sorted({row.subject_id for row in rows}))
    people = {one.id: one for one in summaries(brand_id, set(roots.values()))}
    marketing = [row.subject_id for row in rows if row.priority == Priority.MARKETING]
    caps = capping.caps(brand_id) if marketing else []
    families = families_of(brand_id, marketing) if caps else {}
    place, name = templating.place_of(brand_id)
    sent = capping.sent_to(families, roots)
    return Ground(roots, people, caps, sent, sending_hours(brand_id), place, name)


def _known(brand_id: int, channel: Channel, rows: Sequence[Message], ground: Ground) -> Known:
    at_ms = now_ms()
    whom = _whom(brand_id, channel, ground)
    marketing = [row for row in rows if row.priority == Priority.MARKETING]
    keys = {one.key for one in whom.values() if one.key}
    return Known(
        at_ms,
        channel,
        whom,
        _verdicts(brand_id, channel, marketing),
        blocking.blocks_of(brand_id, channel.name, keys) if keys else {},
        ground.hours.next_ms(at_ms) if channel.capabilities.rings else at_ms,
        [cap for cap in ground.caps if cap.channel in {"", channel.name}],
        defaultdict(list, ground.sent),
        ground.place,
        ground.brand_name,
    )


def _whom(brand_id: int, channel: Channel, ground: Ground) -> dict[int, Whom]:
    scheme = channel.capabilities.address
    people: dict[int, Whom] = {}
    for subject, root in ground.roots.items():
        if (summary := ground.people.get(root)) is None:
            continue
        address = _address(summary, scheme) if scheme else ""
        key = blocking.key_of(brand_id, channel.name, address) if address else ""
        people[subject] = Whom(root, summary.name or "", summary.language, address, key)
    return people


def _address(summary: Summary, scheme: str) -> str:
    """The newest of its kind; "" where there is none."""
    known = [one for one in summary.identities if one.scheme == scheme and one.value]
    newest = max(known, key=lambda one: (one.first_ms, one.value), default=None)
    return (newest.value or "") if newest else ""


def newest_address(brand_id: int, customer_id: int, scheme: str) -> str:
    """Where a customer is written to; "" where there is no such address."""
    found = next(iter(summaries(brand_id, [customer_id])), None)
    return _address(found, scheme) if found else ""


def _verdicts(
    brand_id: int, channel: Channel, marketing: Sequence[Message]
) -> dict[tuple[str, int], Verdict]:
    asked: dict[str, set[int]] = defaultdict(set)
    for row in marketing:
        asked[row.purpose].add(row.subject_id)
    return {
        (purpose, subject): verdict
        for purpose, subjects in asked.items()
        for subject, verdict in verdicts(brand_id, subjects, purpose, channel.capabilities.consent).items()
    }


def _facts(row: Message, known: Known) -> Facts:
    whom = known.whom.get(row.subject_id)
    marketing = row.priority == Priority.MARKETING
    moments = known.sent.get(whom.customer, []) if whom and marketing else []
    verdict = known.verdicts.get((row.purpose, row.subject_id)) if marketing else None
    return Facts(
        known.at_ms,
        row.expires_ms,
        whom.customer if whom else None,
        marketing,
        verdict,
        whom.address if whom and known.channel.capabilities.address else None,
        _blocks(known.blocks.get(whom.key, {}), verdict) if whom else frozenset(),
        known.at_ms if row.priority == Priority.URGENT else known.opens_ms,
        known.caps if marketing else (),
        checks.counted(moments, known.at_ms, known.caps) if marketing else {},
    )


def _blocks(since: Mapping[str, int], verdict: Verdict | None) -> frozenset[str]:
    """What stands against an address: a refusal by its owner no longer where they have consented since."""
    agreed_ms = verdict.word.at_ms if verdict and verdict.allowed and verdict.word else 0
    return frozenset(
        reason for reason, at_ms in since.items() if reason not in checks.OPTED_OUT or at_ms >= agreed_ms
    )


def _addressable(row: Message, channel: Channel, decision: Decision, known: Known) -> Decision:
    """An advertisement that must carry an address to refuse by waits until there is one."""
    wants_link = channel.capabilities.form.refusable_by_link and row.priority == Priority.MARKETING
    if wants_link and not public_url():
        return Decision(State.QUEUED, "no_public_url", known.at_ms + NO_URL_WAIT_MS)
    return decision


def _parcel(row: Message, version: Version | None, known: Known) -> tuple[Parcel | None, Decision]:
    whom = known.whom[row.subject_id]
    url = unsubscribing.url(row.brand_id, row.subject_id, row.purpose, known.channel.capabilities.consent)
    try:
        rendered = render(
            row,
            version,
            name=whom.name,
            language=whom.language,
            place=known.place,
            brand=known.brand_name,
            url=url,
        )
    except Refused as refused:
        return None, Decision(State.FAILED, refused.code)
    except (KeyError, ValueError, TypeError):
        return None, Decision(State.FAILED, "render_failed")
    marketing = row.priority == Priority.MARKETING
    parcel = Parcel(
        row.pk,
        row.brand_id,
        row.subject_id,
        row.key,
        whom.address,
        rendered,
        known.brand_name,
        url if marketing else "",
    )
    return parcel, checks.GO


def render(
    row: Message,
    version: Version | None,
    *,
    name: str,
    language: str,
    place: Place,
    brand: str,
    url: str,
) -> Rendered:
    """What the customer gets to read. Raises Refused, KeyError or ValueError where it cannot be said."""
    if version is None:
        raise KeyError(row.version_id)
    pattern = templating.pattern_of(version)
    tongue = wordings.language_of(pattern, row.language, spoken(language))
    values = orjson.loads(row.variables) if row.variables else {}
    built_in = {
        "customer_name": " ".join(name.split()) or templating.nameless(tongue),
        "brand_name": brand,
        "unsubscribe_url": url,
    }
    return wordings.render(pattern, tongue, values, place, built_in)


def spoken(language: str) -> str:
    """The language of texts for a language that a customer speaks: "zh-HK" reads "zh-hans"."""
    base = language.replace("_", "-").partition("-")[0].lower()
    return {"zh": "zh-hans", "yue": "zh-hans"}.get(base, base)


def _count(row: Message, known: Known) -> None:
    if row.priority == Priority.MARKETING:
        known.sent[known.whom[row.subject_id].customer].append((known.channel.name, known.at_ms))


def _step(row: Message, decision: Decision, at_ms: int) -> Step:
    match decision.state:
        case State.SENDING:
            counted = at_ms if row.priority == Priority.MARKETING else 0
            return Step(State.SENDING, columns=(("attempts", row.attempts + 1), ("counted_ms", counted)))
        case State.QUEUED:
            return Step(State.QUEUED, decision.code, columns=(("due_ms", decision.due_ms),))
    return Step(decision.state, decision.code, columns=(("lease", ""), ("lease_until_ms", 0)))


def _ended(steps: Mapping[int, Step]) -> dict[int, Step]:
    return {number: step for number, step in steps.items() if step.state is not State.QUEUED}


def _hold(steps: Mapping[int, Step], lease: str) -> None:
    """Those that wait: no change of state, so no history; the code says why."""
    waiting: dict[tuple[str, int], list[int]] = defaultdict(list)
    for number, step in steps.items():
        if step.state is State.QUEUED:
            waiting[step.code, dict(step.columns)["due_ms"]].append(number)
    for (code, due_ms), numbers in waiting.items():
        mine = Message.objects.filter(pk__in=numbers, lease=lease, state=State.QUEUED)
        mine.update(code=code, due_ms=due_ms, lease="", lease_until_ms=0)
