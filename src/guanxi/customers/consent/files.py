"""Files of consent: who said what to which purpose, when; each row once, however often the file comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from guanxi.customers.consent.contracts import By, Proof, Rejection, Said, Statement
from guanxi.customers.consent.ledger import LARGEST_BATCH, record
from guanxi.customers.consent.purposes import CHANNELS, PURPOSES
from guanxi.customers.tag_files import CUSTOMER, IDENTITIES, named, owner
from guanxi.kernel.clock import to_ms
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.platform.vault import blind_index

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "purpose": ("purpose", "目的", "用途", "授权目的"),
    "channel": ("channel", "渠道"),
    "said": ("said", "state", "同意", "状态", "授权状态"),
    "at": ("at", "date", "time", "occurred_at", "日期", "时间", "授权时间"),
    "proof": ("proof", "reference", "凭证", "来源"),
    "text_version": ("text_version", "version", "文本版本"),
    "by": ("by", "说的人"),
    "separate": ("separate", "单独同意"),
}
_NEEDED: Final = ("purpose", "said", "at")
_SAID: Final[Mapping[str, Said]] = {
    **dict.fromkeys(("given", "yes", "1", "true", "同意", "已同意", "是", "授权"), Said.GIVEN),
    **dict.fromkeys(("refused", "no", "0", "false", "拒绝", "不同意", "否"), Said.REFUSED),
    **dict.fromkeys(("withdrawn", "unsubscribed", "撤回", "退订", "已退订", "取消授权"), Said.WITHDRAWN),
}
_YES: Final = frozenset(("yes", "1", "true", "是"))
_BY: Final[Mapping[str, By]] = {"guardian": By.GUARDIAN, "监护人": By.GUARDIAN, "": By.SELF}


class ConsentImported(NamedTuple):
    """`rejected` name rows from 1, the first below the header."""

    rows: int
    recorded: int
    repeated: int
    rejected: Sequence[Rejection]


def import_consents(
    brand_id: int, rows: Sequence[Mapping[str, str]], *, source: str, actor: object
) -> ConsentImported:
    """Record a table's statements as second-hand history: nothing that follows from it is sent.

    A row names its customer by number or identity, the purpose, the channel, what was said and when; a row
    without a date is rejected, since a consent that nobody can date proves nothing. Raises Invalid where
    columns are missing, before anything is done.
    """
    by_name = {name.strip().lower(): name for name in (rows[0] if rows else {})}
    found = {
        field: next((by_name[one] for one in names if one in by_name), "") for field, names in COLUMNS.items()
    }
    number = next((by_name[name] for name in CUSTOMER if name in by_name), None)
    schemes = {by_name[name]: scheme for name, scheme in IDENTITIES.items() if name in by_name}
    if not all(found[field] for field in _NEEDED) or (number is None and not schemes):
        raise Invalid(
            _("A file of consent has the columns purpose, said, at, and customer, phone or an identity."),
            remedy=_("The columns are: %(columns)s.") % {"columns": ", ".join(by_name)[:300]},
        )
    people = named(brand_id, [owner(row, number, schemes) for row in rows])
    good: list[tuple[int, Statement]] = []
    rejected: list[Rejection] = []
    for place, (row, customers) in enumerate(zip(rows, people, strict=True), 1):
        read = _statement(brand_id, row, found, customers)
        if isinstance(read, Statement):
            good.append((place, read))
        else:
            rejected.append(Rejection(place, *read))
    recorded = repeated = 0
    for start in range(0, len(good), LARGEST_BATCH):
        part = good[start : start + LARGEST_BATCH]
        done = record(brand_id, [one for _place, one in part], source=source, actor=actor, live=False)
        recorded, repeated = recorded + done.recorded, repeated + done.repeated
        rejected += [one._replace(position=part[one.position][0]) for one in done.rejected]
    return ConsentImported(len(rows), recorded, repeated, sorted(rejected))


def _statement(
    brand_id: int, row: Mapping[str, str], columns: Mapping[str, str], customers: Sequence[int]
) -> Statement | tuple[str, str]:
    """The row's statement, or (code, why there is none)."""
    cell = {field: row.get(name, "").strip() if name else "" for field, name in columns.items()}
    if len(customers) != 1:
        return _nobody(customers)
    said = _SAID.get(cell["said"].lower())
    if said is None:
        return "said_bad", say("'%(said)s' is neither given, refused nor withdrawn.", said=cell["said"][:40])
    at_ms = _moment(cell["at"])
    if at_ms is None:
        return "time_bad", say(
            "'%(at)s' is no date: write 2026-11-21 or 2026-11-21 20:15.", at=cell["at"][:40]
        )
    version = cell["text_version"]
    by = _BY.get(cell["by"].lower(), By.SELF)
    # Blind, since a row may hold a phone.
    key = blind_index(brand_id, "consent-row", "\n".join(row[name].strip() for name in sorted(row)))
    return Statement(
        customers[0],
        _called(cell["purpose"], {one.label_zh: one.name for one in PURPOSES}),
        said,
        f"file:{key}",
        Proof.FILE,
        _called(cell["channel"], {one.label_zh: one.name for one in CHANNELS}),
        at_ms,
        cell["proof"],
        int(version) if version.isascii() and version.isdecimal() and len(version) < 7 else 0,
        by=by,
        separate=cell["separate"].lower() in _YES,
    )


def _nobody(customers: Sequence[int]) -> tuple[str, str]:
    if customers:
        return "customer_ambiguous", say("Several customers have this identity.")
    return "customer_unknown", say("There is no such customer.")


def _called(text: str, labels: Mapping[str, str]) -> str:
    return labels.get(text, text.lower())


def _moment(text: str) -> int | None:
    """Shanghai's time where no offset is written; a day alone is its beginning."""
    try:
        return to_ms(datetime.fromisoformat(text.replace("/", "-")))
    except (ValueError, OverflowError):
        return None
