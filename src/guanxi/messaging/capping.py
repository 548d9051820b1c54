"""How many advertising messages a customer gets: what a brand chose, and what was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from django.db import connection

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.kernel.wording import say
from guanxi.messaging import models
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.checks import since_ms
from guanxi.messaging.contracts import CAP_DAYS, Cap, Priority
from guanxi.platform import audit
from guanxi.platform.bulk import among
from guanxi.platform.writing import writing

MOST: Final = 1_000


def caps(brand_id: int) -> list[Cap]:
    """Those of one channel first, then those of all; short spans first."""
    rows = models.Cap.objects.filter(brand_id=brand_id)
    found = [Cap(*row) for row in rows.values_list("channel", "days", "most")]
    return sorted(found, key=lambda cap: (not cap.channel, cap.channel, cap.days))


def set_caps(brand_id: int, wanted: Sequence[Cap], *, before: Sequence[Cap], actor: object) -> list[Cap]:
    """These are the brand's caps from now on, in place of `before`, those that were read. Raises Invalid, and
    Conflict where somebody changed them since."""
    for cap in wanted:
        _check(cap)
    if len({(cap.channel, cap.days) for cap in wanted}) < len(wanted):
        raise Invalid(say("There is one cap for each channel and span."), field="caps")
    with writing(brand_id):
        if set(caps(brand_id)) != set(before):
            raise Conflict(
                say("Somebody changed the caps meanwhile."),
                remedy=say("Look at what differs, then save again."),
            )
        models.Cap.objects.filter(brand_id=brand_id).delete()
        models.Cap.objects.bulk_create(models.Cap(brand_id=brand_id, **cap._asdict()) for cap in wanted)
        detail = {"caps": [f"{cap.channel or 'all'}: {cap.most} in {cap.days}" for cap in wanted]}
        audit.record(brand_id, str(actor), "message.caps_changed", "brand", brand_id, detail=detail)
        return caps(brand_id)


def _check(cap: Cap) -> None:
    if cap.channel and cap.channel not in CHANNELS:
        raise Invalid(
            say("A channel is one of: %(names)s.", names=", ".join(CHANNELS.names())), field="channel"
        )
    if cap.days not in CAP_DAYS:
        raise Invalid(say("A cap is for 1, 7 or 30 days."), field="days")
    if not 0 <= cap.most <= MOST:
        raise Invalid(say("A cap is a number from 0 to %(most)s.", most=MOST), field="most")


def sent_to(
    families: Mapping[int, Collection[int]], roots: Mapping[int, int]
) -> dict[int, list[tuple[str, int]]]:
    """customer → (channel, moment) of each advertising message of the last 30 days that was handed over.
    `families` are the subjects of each subject's customer, `roots` the customers of subjects."""
    root_of = {member: roots[one] for one, members in families.items() if one in roots for member in members}
    if not root_of:
        return {}
    where, parameter = among("subject_id", root_of)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT subject_id, channel, counted_ms FROM messaging_message WHERE {where}"
            " AND counted_ms > %s AND priority = %s",
            [parameter, since_ms(now_ms(), max(CAP_DAYS)), int(Priority.MARKETING)],
        )
        found: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for subject, channel, at_ms in cursor.fetchall():
            found[root_of[subject]].append((channel, at_ms))
    return found
