"""Lists of followers that programs hand over: read as a file's rows are, kept as an import's are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from guanxi.community.followers import keeping
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Invalid, Limit
from guanxi.kernel.wording import say
from guanxi.platform import audit
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing
from guanxi.touchpoints.importing.contracts import Made, Options, Row
from guanxi.touchpoints.importing.dates import Dates
from guanxi.touchpoints.importing.formats.followers import (
    COUNTS,
    LONGEST_PLATFORM,
    FollowerPlan,
    FollowerRow,
)
from guanxi.touchpoints.importing.formats.spend import platform_of
from guanxi.touchpoints.importing.mapping import FOLLOWER_FIELDS

MOST: Final = 5_000
LONGEST_SHOP: Final = 40  # it is a part of the identity's scheme
FIELDS: Final = tuple(FOLLOWER_FIELDS.names)
NO_IMPORT: Final = 0
_FIELD_OF: Final = {
    "no_account": "account",
    "bad_id": "account",
    "no_platform": "platform",
    **{f"bad_{name}": name for name in COUNTS},
}


class Refused(NamedTuple):
    """A row that was not kept: its place in the batch, a code for programs, a message for people, and the
    field at fault where one alone is."""

    position: int
    code: str
    message: str
    field: str


class Recorded(NamedTuple):
    """What became of a batch. `duplicates` said nothing new, or less than is known."""

    recorded: int
    duplicates: int
    refused: Sequence[Refused]


def record(
    brand_id: int,
    rows: Sequence[Mapping[str, str]],
    *,
    platform: str = "",
    as_of: str = "",
    shop: str = "",
    actor: object,
) -> Recorded:
    """Keep the followers of a list, all in one transaction. A row has texts by the names of `FIELDS`; what it
    does not name is unknown. `platform` and `as_of` are those of rows that name none; without any, the list
    is of now. The same list again changes nothing.

    Raises Invalid for a day that cannot be read or lies ahead, or words too long; Limit.
    """
    if len(rows) > MOST:
        raise Limit(
            say("A list holds at most %(most)s followers.", most=MOST), remedy=say("Send several lists.")
        )
    zone = Brand.objects.values_list("timezone", flat=True).get(pk=brand_id)
    for name, text, most in (("platform", platform, LONGEST_PLATFORM), ("shop", shop, LONGEST_SHOP)):
        if len(text) > most or not text.isprintable():
            raise Invalid(say("%(name)s has %(most)s characters at most.", name=name, most=most), field=name)
    _check_day(as_of, zone)
    made = _read([{"as_of": as_of, **row} for row in rows], Options(shop=shop or "shop", zone=zone), platform)
    refused = [Refused(one.line, one.code, one.message, _FIELD_OF.get(one.code, "")) for one in made.rejects]
    if not made.own:
        return Recorded(0, 0, refused)
    with writing(brand_id, by_keys=True):
        taken = keeping.take(brand_id, made.own, NO_IMPORT)
        if taken.recorded:
            detail = {"rows": len(rows), "rejected": len(refused), **taken._asdict()}
            audit.record(brand_id, str(actor), "followers.recorded", detail=detail)
    return Recorded(*taken, refused)


def _read(told: Sequence[Mapping[str, str]], options: Options, platform: str) -> Made:
    """The rows as a file's are read; the line of each is its place in the batch."""
    rows = [Row(at, [row.get(name, "") for name in FIELDS]) for at, row in enumerate(told)]
    found = {name: at for at, name in enumerate(FIELDS)}
    made = FollowerPlan(found, platform_of(platform), options).make(rows, None)
    refused = {one.line for one in made.rejects}
    kept = [row for at, row in enumerate(told) if at not in refused]
    # A file's empty cell is a description that is known to be empty; here it must be said to be.
    own = [
        one if "bio" in row else FollowerRow._make(one)._replace(bio=None)
        for one, row in zip(made.own, kept, strict=True)
    ]
    return made._replace(own=own)


def _check_day(as_of: str, zone: str) -> None:
    moment = Dates(ZoneInfo(zone)).moment(as_of)
    if as_of and not isinstance(moment, int):
        raise Invalid(
            say("'%(text)s' is no date.", text=as_of[:40]),
            remedy=say("Write the list's day as 2026-11-21."),
            field="as_of",
        )
    if isinstance(moment, int) and moment > now_ms() + DAY_MS:
        raise Invalid(say("A date lies in the future."), field="as_of")
