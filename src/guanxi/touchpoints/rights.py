"""What the log holds of a person, and what is left of it after an erasure.

Facts of money (orders, and whatever has an amount) stay as they are, under a subject without a name: the
accounts need them, and 电商法 31 has them kept for three years at least. Of all other facts kind, channel and
moment stay, so that counts of the past hold; what they said goes, and their reference, which may be an
account's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson
from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.customers.rights.hooks import ERASERS, SOURCES, Eraser, Person, Source
from guanxi.kernel.clock import to_datetime
from guanxi.platform.bulk import among
from guanxi.touchpoints.models import Touchpoint

TABLE: Final = "touchpoints_touchpoint"
PAGE: Final = 1_000
_OF_MONEY: Final = "(amount_fen IS NOT NULL OR kind LIKE 'order.%%')"
_CUT: Final = (
    f"UPDATE {TABLE} SET source_ref = 'erased:' || CAST(id AS varchar(40)), payload = ''"
    f" WHERE NOT {_OF_MONEY} AND"
)
_KEPT: Final = f"SELECT count(*) FROM {TABLE} WHERE {_OF_MONEY} AND"


def register() -> None:
    SOURCES.register(
        Source(
            "touchpoints",
            _("Facts: orders, visits, messages"),
            (TABLE,),
            facts,
            _("To serve the customer, keep the accounts and learn what helps."),
            _("A contract with the person (PIPL 13 (2)); consent where there is none."),
            _(
                "Facts of money as long as the accounts (电商法 31); others until the person is erased, or "
                "their period is over."
            ),
        )
    )
    ERASERS.register(Eraser("touchpoints", erase))


def facts(person: Person) -> Iterator[Mapping[str, Any]]:
    """All facts of the person, oldest first within each identity."""
    for subject in person.subject_ids:
        after = (-1, 0)
        while page := list(_page(subject, after)):
            for fact in page:
                yield {
                    "identity": subject,
                    "kind": fact.kind,
                    "channel": fact.channel,
                    "at": to_datetime(fact.occurred_ms).isoformat(),
                    "reference": fact.source_ref,
                    "amount_fen": fact.amount_fen,
                    "quantity": fact.quantity,
                    "content": orjson.loads(fact.payload) if fact.payload else {},
                }
            after = (page[-1].occurred_ms, page[-1].pk)


def _page(subject: int, after: tuple[int, int]) -> Iterator[Touchpoint]:
    found = Touchpoint.objects.filter(subject_id=subject, occurred_ms__gte=after[0])
    found = found.exclude(occurred_ms=after[0], pk__lte=after[1])
    yield from found.order_by("occurred_ms", "pk")[:PAGE]


def erase(person: Person) -> Mapping[str, int]:
    """Cut what is not of money; answers how many facts of money stay (as FACTS of erasing)."""
    condition, parameter = among("subject_id", person.subject_ids)
    with connection.cursor() as cursor:
        cursor.execute(f"{_CUT} {condition}", [parameter])
        cut = int(cursor.rowcount)
        cursor.execute(f"{_KEPT} {condition}", [parameter])
        return {TABLE: int(cursor.fetchone()[0]), "facts cut": cut}
