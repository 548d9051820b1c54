"""The copy that a person may ask for (PIPL 45): everything held about them, for programs and for eyes.

One zip: a JSON file for each source, and a page in Chinese or English that any browser shows without a
network and without running anything. It is made by the worker, sealed, and expires like every export.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import IO, Any, Final, NamedTuple, cast

import orjson
from django.template.loader import render_to_string
from django.utils import translation

from guanxi.customers.rights import requests
from guanxi.customers.rights.contracts import OPEN, Kind, State, copy_name
from guanxi.customers.rights.erasing import person_of
from guanxi.customers.rights.hooks import SOURCES, Person, Source
from guanxi.customers.rights.models import RightsRequest
from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.platform import audit, jobs, storage
from guanxi.platform.models import Brand
from guanxi.platform.storage import Purpose
from guanxi.platform.writing import writing

COPY: Final = "rights.copy"
SHOWN: Final = 2_000  # rows of a source on the page; the JSON has all
LANGUAGES: Final = ("zh-hans", "en")


class Section(NamedTuple):
    """A source on the page: `rows` are cells in the order of `columns`; `more` tells of rows left out."""

    label: str
    purpose: str
    basis: str
    retention: str
    columns: list[str]
    rows: list[list[str]]
    more: bool


def copy_soon(
    brand_id: int,
    customer_id: int,
    *,
    actor: object,
    language: str = "zh-hans",
    request_id: int | None = None,
) -> RightsRequest:
    """Have the worker make the copy; the request that it answers. Raises NotFound or Conflict."""
    with writing(brand_id):
        person = person_of(brand_id, customer_id)
        request = requests.taken(person, Kind.ACCESS, request_id, actor=actor, reason="")
        chosen = language if language in LANGUAGES else LANGUAGES[0]
        arguments = {"request": request.pk, "language": chosen, "actor": str(actor)}
        job = jobs.enqueue(COPY, brand_id=brand_id, arguments=arguments, unique_key=f"request:{request.pk}")
        RightsRequest.objects.filter(pk=request.pk).update(job_id=job)
    return request


def run_copy(context: jobs.JobContext) -> Mapping[str, Any] | None:
    """The job. Run again it finds what is left to do; whoever was erased meanwhile gets no copy."""
    brand_id, given = context.brand_id or 0, context.arguments
    request = RightsRequest.objects.filter(pk=int(given["request"]), state__in=OPEN).first()
    if request is None:
        return None
    person = person_of(brand_id, request.customer_id)
    name = f"{copy_name(request.customer_id)}{request.pk}.zip"
    speaking = translation.override(str(given["language"]))
    with speaking, storage.create(brand_id, Purpose.EXPORT, name) as writer:
        counts = write(person, writer)
    try:
        with writing(brand_id):
            person_of(brand_id, request.customer_id)
            requests.end(request, State.DONE, given["actor"], result={"rows": counts}, file_id=writer.file_id)
    except BaseException:
        storage.delete([writer.file_id])
        raise
    return {"file": writer.file_id, "rows": sum(counts.values())}


class _Onward:
    """What a zip is written to that cannot go back."""

    def __init__(self, target: Any) -> None:
        self.write = target.write

    def flush(self) -> None:
        """Nothing waits here."""


def write(person: Person, target: Any) -> dict[str, int]:
    """Write the zip into whatever takes bytes; rows by source."""
    counts: dict[str, int] = {}
    sections = []
    with zipfile.ZipFile(cast(IO[bytes], _Onward(target)), "w", zipfile.ZIP_DEFLATED) as packed:
        for source in SOURCES:
            with packed.open(f"{source.name}.json", "w") as stream:
                first = list(islice(rows := iter(source.read(person)), SHOWN))
                counts[source.name] = _json(stream, first, rows)
            sections.append(_section(source, first, counts[source.name]))
        page = render_to_string("customers/rights_copy.html", _context(person, sections))
        packed.writestr("index.html", page)
    return counts


def _json(stream: IO[bytes], first: list[Mapping[str, Any]], rest: Iterator[Mapping[str, Any]]) -> int:
    """A JSON list, row by row; how many."""
    count = 0
    stream.write(b"[")
    for rows in (first, rest):
        for row in rows:
            stream.write(b",\n" if count else b"\n")
            stream.write(orjson.dumps(row, default=str))
            count += 1
    stream.write(b"\n]\n")
    return count


def _section(source: Source, rows: list[Mapping[str, Any]], count: int) -> Section:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return Section(
        str(source.label),
        str(source.purpose),
        str(source.basis),
        str(source.retention),
        columns,
        [[_cell(row.get(name)) for name in columns] for row in rows],
        count > len(rows),
    )


def _cell(value: object) -> str:
    if value is None or value == {}:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value, default=str).decode()


def _context(person: Person, sections: list[Section]) -> dict[str, object]:
    return {
        "brand": Brand.objects.get(pk=person.brand_id).name,
        "customer_id": person.customer_id,
        "made": to_datetime(now_ms()),
        "sections": sections,
        "language": translation.get_language(),
    }


def opened(brand_id: int, request_id: int, *, actor: object) -> tuple[str, IO[bytes]]:
    """The name and the content of a copy that was made; who takes it is in the audit log. Raises NotFound."""
    request = requests.find(brand_id, request_id)
    stream = storage.open_file(request.file_id or 0, brand_id)
    with writing():
        audit.record(brand_id, str(actor), "rights.copy_taken", "customer", request.customer_id)
    return f"{copy_name(request.customer_id)}{request.pk}.zip", stream


def register() -> None:
    """Called once, at start-up."""
    jobs.kinds.register(jobs.JobKind(COPY, run_copy))
