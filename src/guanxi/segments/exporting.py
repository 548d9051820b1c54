"""A segment as CSV for advertising platforms: customers with hashed phones, never the phones themselves.

Platforms match the digest of the national number, eleven digits of a mainland mobile, as lower-case
hexadecimal: Tencent and Douyin take MD5 or SHA-256. A phone has few digits, so whoever holds the file could
try them all: the digest is personal data still, and exporting it needs the permission to and is in the audit
log.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from django.utils.translation import gettext as _

from guanxi.customers import lookup
from guanxi.kernel.conditions import BrandRow
from guanxi.kernel.errors import Forbidden, Invalid
from guanxi.platform import audit, jobs, storage
from guanxi.platform.actors import Actor
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.platform.storage import Purpose
from guanxi.segments.queries import members
from guanxi.segments.services import find

EXPORT: Final = "segments.export"
PAGE: Final = 1_000
MAINLAND: Final = "+86"
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"  # spreadsheets take a file without it for another encoding
HASHES: Final[Mapping[str, Callable[[bytes], Any]]] = {
    "sha256": hashlib.sha256,
    "md5": lambda content: hashlib.md5(content, usedforsecurity=False),
}


class Sink(Protocol):
    """Whatever takes bytes: a file, a sealed file."""

    def write(self, content: bytes, /) -> Any: ...


def hashed(phone: str, algorithm: str) -> str:
    """The digest of the national number of an E.164 phone; numbers from abroad keep their country code,
    without the plus."""
    national = phone.removeprefix(MAINLAND) if phone.startswith(MAINLAND) else phone.removeprefix("+")
    return str(HASHES[algorithm](national.encode()).hexdigest())


def demand(actor: Actor, hashes: Sequence[str]) -> None:
    """Raises Forbidden where the actor may not export this; Invalid for an unknown digest."""
    if unknown := [name for name in hashes if name not in HASHES]:
        raise Invalid(
            _("There is no digest '%(name)s'.") % {"name": unknown[0][:40]},
            remedy=_("Choose among: %(names)s.") % {"names": ", ".join(HASHES)},
            field="hash",
        )
    needed = Permission.EXPORTS_PERSONAL if hashes else Permission.EXPORTS_RUN
    if not actor.may(needed):
        raise Forbidden(
            _("You may not export this."),
            remedy=_("Ask the owner for the permission %(name)s.") % {"name": needed},
        )


class Piece(NamedTuple):
    """Part of the file, and how many customers' rows are in it."""

    content: bytes
    rows: int


def pieces(brand: BrandRow, segment_id: int, *, hashes: Sequence[str], actor: Actor) -> Iterator[Piece]:
    """The members as CSV, a page at a time, in memory that does not grow with them.

    A row is a customer, or with `hashes` one of a customer's phones: who has none is left out. The audit
    entry is written before anything is given out, so that no export goes without. Raises NotFound, Forbidden,
    Invalid: at once, not on the way.
    """
    hashes = list(dict.fromkeys(hashes))
    demand(actor, hashes)
    segment = find(brand.pk, segment_id)
    detail = {
        "name": segment.name,
        "version": segment.version,
        "digests": hashes,
        "members": segment.size,
    }
    audit.record(brand.pk, actor, "segment.exported", "segment", segment_id, detail=detail)
    return _pieces(brand, segment_id, hashes)


def _pieces(brand: BrandRow, segment_id: int, hashes: Sequence[str]) -> Iterator[Piece]:
    heading = _lines([["customer", *(f"phone_{name}" for name in hashes)]])
    yield Piece(BYTE_ORDER_MARK + heading, 0)
    for page in _pages(brand, segment_id):
        rows = [[str(customer)] for customer in page]
        if hashes:
            phones = lookup.phones_of(brand.pk, page)
            rows = [
                [str(customer), *(hashed(phone, name) for name in hashes)]
                for customer in page
                for phone in phones.get(customer, ())
            ]
        yield Piece(_lines(rows), len(rows))


def write(
    brand: BrandRow,
    segment_id: int,
    sink: Sink,
    *,
    hashes: Sequence[str],
    actor: Actor,
    tell: Callable[[int], object] | None = None,
) -> int:
    """Write `pieces` into a file; how many rows. Raises as they do."""
    written = 0
    for piece in pieces(brand, segment_id, hashes=hashes, actor=actor):
        sink.write(piece.content)
        written += piece.rows
        if tell is not None:
            tell(written)
    return written


def _pages(brand: BrandRow, segment_id: int) -> Iterator[list[int]]:
    after: int | None = 0
    while after is not None:
        page, after = members(brand, segment_id, after=after, limit=PAGE)
        yield page


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    """Numbers, hexadecimal and our own headings: nothing here that a spreadsheet could take for a formula."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


# ---------------------------------------------------------------- by the worker


def export_soon(brand: BrandRow, segment_id: int, *, hashes: Sequence[str], actor: Actor) -> int:
    """Have the worker write the file, sealed and expiring; the job's id, whose result names the file.

    Raises NotFound, Forbidden, Invalid, at once.
    """
    demand(actor, hashes)
    find(brand.pk, segment_id)
    arguments = {"segment": segment_id, "hashes": list(hashes), "actor": str(actor)}
    return jobs.enqueue(EXPORT, brand_id=brand.pk, arguments=arguments)


def run_export(context: jobs.JobContext) -> Mapping[str, Any]:
    """The job. Whoever wanted it was asked for the permission then."""
    brand = Brand.objects.get(pk=context.brand_id or 0)
    given = context.arguments
    allowed = frozenset({Permission.EXPORTS_PERSONAL, Permission.EXPORTS_RUN})
    actor = Actor(str(given["actor"]), allowed)
    name = f"segment-{given['segment']}.csv"
    with storage.create(brand.pk, Purpose.EXPORT, name) as writer:
        rows = write(
            brand,
            int(given["segment"]),
            writer,
            hashes=given["hashes"],
            actor=actor,
            tell=context.progress,
        )
    return {"file": writer.file_id, "rows": rows}
