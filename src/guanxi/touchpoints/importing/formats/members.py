"""Member and customer files: `member.joined` when somebody became one, `profile.updated` for the rest.

A row with a date of joining is a `member.joined` (once per member, at that date). What the row tells about
the person beyond that is a `profile.updated` whose reference is a digest of the row: the same row counts
once, a changed one is a new fact at the time of the import.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.touchpoints.contracts import Fact, Identity
from guanxi.touchpoints.importing import values
from guanxi.touchpoints.importing.contracts import (
    MOST_NAMED,
    Made,
    Options,
    Row,
    RowReject,
    Table,
    row_content,
)
from guanxi.touchpoints.importing.dates import Dates
from guanxi.touchpoints.importing.dates import birthday as birthday_of
from guanxi.touchpoints.importing.formats.columns import (
    Aliases,
    Cells,
    Found,
    locate,
    normal,
    normals,
    refuse_mapping,
    require,
)
from guanxi.touchpoints.importing.formats.parsing import Problems, checked, digest, good
from guanxi.touchpoints.importing.formats.people import People
from guanxi.touchpoints.importing.mapping import MEMBER_FIELDS, SURE, resolve, suggest
from guanxi.touchpoints.importing.values import Bad, Memo

_IDENTITIES = {"member", "customer", "account", "phone", "email", "unionid", "openid"}
_TAGS = re.compile(r"[,;、，；|/\n]+")
_AT_JOINING = ("store", "shop", "origin")
_TEXTS = ("store", "shop", "tier", "origin")


@dataclass(frozen=True)
class MemberFormat:
    """A platform's customer file (contracts.Importer)."""

    name: str
    label_zh: str
    label_en: str
    source: str
    channel: str
    aliases: Aliases
    needed: tuple[tuple[str, ...], ...]
    marks: frozenset[str]
    schemes: tuple[tuple[str, str], ...]

    @property
    def headers(self) -> frozenset[str]:
        return normals(self.aliases)

    def detects(self, names: Sequence[str]) -> float:
        found = locate(names, self.aliases)
        present = {normal(name) for name in names}
        hits = sum(1 for mark in self.marks if normal(mark) in present)
        if hits < 2 or not all(any(name in found for name in group) for group in self.needed):
            return 0.0
        return min(1.0, 0.4 + 0.15 * hits)

    def plan(self, table: Table, options: Options) -> MemberPlan:
        refuse_mapping(self.name, options.mapping)
        found = locate(table.names, self.aliases)
        require(table, found, self.needed, self.aliases)
        return MemberPlan(self.source, options.channel or self.channel, found, self.schemes, options)


@dataclass(frozen=True)
class GenericMembers:
    """Any member file, by a mapping or by what its headers suggest (contracts.Importer)."""

    name: str = "members"
    label_zh: str = "会员"
    label_en: str = "Members"
    headers: frozenset[str] = MEMBER_FIELDS.headers

    def detects(self, names: Sequence[str]) -> float:
        """At most 0.38; something that identifies, and something only member files have."""
        fields = {
            suggestion.field for suggestion in suggest(names, MEMBER_FIELDS) if suggestion.confidence >= SURE
        }
        typical = fields & {"birthday", "joined", "level", "points", "gender", "tags", "member", "name"}
        if not fields & _IDENTITIES or not typical:
            return 0.0
        return 0.2 + 0.03 * min(6, len(typical))

    def plan(self, table: Table, options: Options) -> MemberPlan:
        found = resolve(table, options.mapping, MEMBER_FIELDS)
        if not found.keys() & _IDENTITIES:
            raise Invalid(
                say(
                    "'%(name)s' as members needs a member number, a customer id, a phone or an email; "
                    "found: %(found)s.",
                    name=table.name,
                    found=", ".join(found) or say("nothing"),
                ),
                remedy=say(
                    "Say --map field=column. The columns are: %(columns)s.",
                    columns=", ".join(table.names[:MOST_NAMED]),
                ),
                columns=table.names[:MOST_NAMED],
            )
        columns = {{"level": "tier", "channel": "origin"}.get(name, name): at for name, at in found.items()}
        shop = options.shop
        schemes = (
            ("member", "member"),
            ("customer", options.scheme or f"shop:{shop}"),
            ("unionid", "unionid"),
            ("openid", f"openid:{shop}"),
        )
        return MemberPlan(f"shop:{shop}", options.channel, columns, schemes, options)


class MemberPlan:
    """A customer file with its columns found (contracts.Plan)."""

    group_by: tuple[int, ...] = ()
    numbered = False

    def __init__(
        self, source: str, channel: str, found: Found, schemes: tuple[tuple[str, str], ...], options: Options
    ) -> None:
        self.source = source
        self._channel = channel
        self._found = found
        self._people = People(found, schemes)
        self._dates = Dates(ZoneInfo(options.zone))
        self._now_ms = options.now_ms or now_ms()
        self._key = options.ref_key
        self._labels: Memo[str] = Memo(values.clean)
        self._counts = Memo(values.count)
        self._money = Memo(values.fen)
        self._birthdays = Memo(birthday_of)
        self._texts = [name for name in _TEXTS if name in found]

    def make(self, rows: Sequence[Row], occurrences: Sequence[int] | None) -> Made:
        facts: list[Fact] = []
        rejects: list[RowReject] = []
        origins: list[Row] = []
        if not rows:
            return Made(facts, rejects, origins)
        problems: Problems = {}
        cells = Cells(rows, self._found)
        checked(self._birthdays, cells["birthday"], "bad_birthday", problems)
        joined = good(self._dates.column(cells["joined"]), "bad_date", problems)
        last = good(self._dates.column(cells["last_order"]), "bad_date", problems)
        numbers = self._numbers(cells, problems)
        known, persons = self._people.read(cells, len(rows), problems)
        for at, row in enumerate(rows):
            identities, person = known[at], persons[at]
            if not identities:
                problems.setdefault(
                    at, ("nobody", say("Nothing in the row identifies anybody (masked values do not)."))
                )
            if at in problems:
                rejects.append(RowReject(row.line, *problems[at], row.original))
                continue
            payload = self._payload(cells, at, numbers, last[at])
            is_member = "is_member" not in self._found or values.yes(cells["is_member"][at])
            joined_ms = joined[at] if is_member else None
            if joined_ms is not None:
                ref = f"{self._own_ref(identities)}:joined"
                about: dict[str, object] = {name: payload[name] for name in _AT_JOINING if name in payload}
                facts.append(
                    Fact("member.joined", ref, joined_ms, identities, person, self._channel, payload=about)
                )
            if joined_ms is None or payload or person:
                ref = f"profile:{digest(row_content(row), self._key)}"
                facts.append(
                    Fact(
                        "profile.updated",
                        ref,
                        self._now_ms,
                        identities,
                        person,
                        self._channel,
                        payload=payload,
                    )
                )
            origins.extend([row] * (len(facts) - len(origins)))
        return Made(facts, rejects, origins)

    def _numbers(self, cells: Cells, problems: Problems) -> Mapping[str, Sequence[int | None]]:
        memos = {"points": self._counts, "orders": self._counts, "spent": self._money}
        return {
            name: checked(memo, cells[name], f"bad_{name}", problems)
            for name, memo in memos.items()
            if name in self._found
        }

    def _payload(
        self, cells: Cells, at: int, numbers: Mapping[str, Sequence[int | None]], last_ms: int | None
    ) -> dict[str, object]:
        payload: dict[str, object] = {}
        for name in self._texts:
            text = self._labels[cells[name][at]]
            if text and not isinstance(text, Bad):
                payload[name] = text
        if tags := [tag.strip() for tag in _TAGS.split(values.clean(cells["tags"][at])) if tag.strip()]:
            payload["tags"] = tags
        if "is_member" in self._found:
            payload["is_member"] = values.yes(cells["is_member"][at])
        for name, column in numbers.items():
            if (number := column[at]) is not None:
                payload["spent_fen" if name == "spent" else name] = number
        if last_ms is not None:
            payload["last_order_ms"] = last_ms
        return payload

    def _own_ref(self, identities: tuple[Identity, ...]) -> str:
        """Names the member in references: an account as it is, a phone or email only as a keyed digest."""
        first = identities[0]
        if first.scheme in {"phone", "email"}:
            return digest(f"{first.scheme}:{first.value}".encode(), self._key)
        return f"{first.scheme}:{first.value}"
