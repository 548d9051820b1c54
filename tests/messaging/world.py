"""A brand with templates and a few customers who may be written to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from guanxi.customers.consent.contracts import Statement
from guanxi.customers.consent.ledger import record
from guanxi.customers.contracts import Identity, Person, Sighting
from guanxi.customers.services import resolve
from guanxi.kernel.clock import DAY_MS, HOUR_MS, to_ms
from guanxi.messaging import services
from guanxi.messaging.contracts import Became, Draft, Kind, Message, Priority, Variable, Wordings
from guanxi.messaging.models import Message as Row
from guanxi.platform.models import Brand

NOON_MS = to_ms(datetime(2026, 5, 1, 12))  # in Shanghai
NIGHT_MS = NOON_MS + 11 * HOUR_MS
POINTS = Variable("points", Kind.POINTS, 120)
LINK = "{{unsubscribe_url}}"


def brand(slug: str = "lanhua") -> int:
    return Brand.objects.get_or_create(slug=slug, defaults={"name": "兰花"})[0].pk


def customer(brand_id: int, name: str, *more: Identity) -> int:
    """Somebody with an account, an e-mail address and a name; the subject of the account."""
    identities = (Identity("tmall", name), Identity("email", f"{name}@example.com"), *more)
    with transaction.atomic():
        sighting = Sighting(identities, Person(name=name.title()), NOON_MS - 90 * DAY_MS)
        return resolve(brand_id, [sighting]).subject_ids[0]


def consented(
    brand_id: int, subject: int, channel: str = "email", said: str = "given", day: int = -60
) -> None:
    said_at(brand_id, subject, said, NOON_MS + day * DAY_MS, channel)


def said_at(brand_id: int, subject: int, said: str, at_ms: int, channel: str = "email") -> None:
    key = f"{subject}:{channel}:{said}:{at_ms}"
    statement = Statement(subject, "marketing", said, key, "page", channel, at_ms)
    assert record(brand_id, [statement], source="page", actor="customer").recorded == 1


def templates(brand_id: int) -> None:
    said = {
        "zh-hans": Wordings("{{customer_name}}，您有{{points}}。", "积分"),
        "en": Wordings("{{customer_name}}, you have {{points}}.", "Points"),
    }
    offer = {
        "zh-hans": Wordings(f"新品！退订：{LINK}", "新品", f"<p>新品！<a href='{LINK}'>退订</a></p>"),
        "en": Wordings(f"New! Refuse: {LINK}", "New", f"<p>New! <a href='{LINK}'>Refuse</a></p>"),
    }
    plain = {language: one._replace(html="") for language, one in offer.items()}
    for channel in ("inbox", "email"):
        drafts = [
            Draft(channel, "points", "service", Priority.SERVICE, said, [POINTS]),
            Draft(channel, "code", "service", Priority.URGENT, said, [POINTS]),
            Draft(channel, "offer", "marketing", Priority.MARKETING, offer if channel == "email" else plain),
        ]
        for draft in drafts:
            services.save_template(brand_id, draft, version=0, actor="cli")


def points(key: str, subject: int, channel: str = "email", **more: object) -> Message:
    values: Mapping[str, object] = {"points": 120}
    return Message(key, subject, channel, "points", values, **more)  # type: ignore[arg-type]


def offer(key: str, subject: int, channel: str = "email", **more: object) -> Message:
    return Message(key, subject, channel, "offer", **more)  # type: ignore[arg-type]


def queued(brand_id: int, *messages: Message) -> list[int]:
    outcomes = services.queue(brand_id, messages)
    assert [one.state for one in outcomes] == [Became.QUEUED] * len(messages), outcomes
    return [one.message_id for one in outcomes]


def state(number: int) -> tuple[str, str]:
    row = Row.objects.get(pk=number)
    return row.state, row.code
