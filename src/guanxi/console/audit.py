"""The audit log: who did what, when, to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from guanxi.platform import audit, audit_log, audit_words
from guanxi.platform.access import BrandRequest, demand, permission_required
from guanxi.platform.audit_log import Entry, Filter, Place
from guanxi.platform.contracts import Role
from guanxi.platform.roles import Permission
from guanxi.ui.figures import exact
from guanxi.ui.parts import Pager, csv_text
from guanxi.ui.saved_views import listed

PAGE_ROWS: Final = 50
WORDS: Final = ("who", "action", "kind", "id", "from", "to")
_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class Query:
    """What the address asks for; anything it does not understand is as if it were absent."""

    words: Mapping[str, str]
    after: Place | None = None

    @classmethod
    def from_address(cls, parameters: Mapping[str, str]) -> Query:
        words = {name: parameters.get(name, "").strip()[:_LONGEST] for name in WORDS}
        for name in ("from", "to"):
            words[name] = words[name] if audit_log.day_of(words[name]) else ""
        return cls({name: word for name, word in words.items() if word}, _place(parameters.get("after", "")))

    def query(self, **changes: str) -> str:
        words = {**self.words, **changes}
        return f"?{urlencode(words)}" if words else ""

    def filter(self, zone: str) -> Filter:
        word = self.words.get
        wanted = Filter(word("who", ""), word("action", ""), word("kind", ""), word("id", ""))
        return audit_log.of_days(wanted, word("from", ""), word("to", ""), zone)


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a row: `details` are (name, value) in the reader's language."""

    entry: Entry
    who: str
    action: str
    object: str
    url: str
    details: list[tuple[str, str]]


def _as_listed(words: Mapping[str, str]) -> str:
    return reverse("audit") + Query.from_address(words).query()


@permission_required(Permission.AUDIT_VIEW)
@require_GET
@listed("audit", gettext_lazy("Audit log"), Permission.AUDIT_VIEW, _as_listed)
def audit_log_page(request: BrandRequest) -> HttpResponse:
    query = Query.from_address(request.GET.dict())
    rows, after = audit_log.page(
        request.brand.pk, query.filter(request.brand.timezone), after=query.after, limit=PAGE_ROWS
    )
    here = reverse("audit")
    actors = audit_log.actors_of(request.brand.pk)
    context = {
        "rows": _shown(rows, dict(actors)),
        "query": query.words,
        "since": query.words.get("from", ""),
        "filtered": bool(query.words),
        "actors": [*actors, ("cli", _("Command line")), ("system", _("Guanxi itself"))],
        "actions": audit_words.actions().items(),
        "kinds": audit_words.kinds().items(),
        "pager": Pager(
            len(rows),
            first_url=here + query.query() if query.after else "",
            next_url=here + query.query(after=f"{after.at_ms}.{after.id}") if after else "",
        ),
        "csv_url": reverse("audit-csv") + query.query() if request.actor.may(Permission.EXPORTS_RUN) else "",
    }
    return render(request, "console/audit.html", context)


@permission_required(Permission.AUDIT_VIEW)
@require_GET
def export(request: BrandRequest) -> HttpResponseBase:
    """The filtered log as CSV, streamed page by page; taking it out is an entry too."""
    demand(request, Permission.EXPORTS_RUN)
    query = Query.from_address(request.GET.dict())
    filtered = {name: word for name, word in query.words.items() if name != "id"}
    audit.record(request.brand.pk, request.actor, "audit.exported", "audit", detail={"filter": filtered})
    header = [
        _("When"),
        _("Done by"),
        _("What"),
        _("Object"),
        _("Object number"),
        _("Details"),
        "action",
        "actor",
    ]
    response = StreamingHttpResponse(
        csv_text(header, _exported(request, query)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def _exported(request: BrandRequest, query: Query) -> Iterator[list[object]]:
    zone = request.brand.timezone
    names = dict(audit_log.actors_of(request.brand.pk))
    for entry in audit_log.every(request.brand.pk, query.filter(zone)):
        yield [
            exact(entry.at_ms, zone),
            _actor(entry.actor, names),
            audit_words.action_label(entry.action),
            audit_words.kind_label(entry.object_kind),
            entry.object_id,
            "; ".join(f"{name}: {value}" for name, value in told(entry.detail)),
            entry.action,
            entry.actor,
        ]


def _shown(rows: list[Entry], known: Mapping[str, str]) -> list[Shown]:
    names = {**audit_log.who({row.actor for row in rows} - known.keys()), **known}
    return [
        Shown(
            row,
            _actor(row.actor, names),
            audit_words.action_label(row.action),
            audit_words.kind_label(row.object_kind),
            _address(row),
            told(row.detail),
        )
        for row in rows
    ]


def told(detail: Mapping[str, object]) -> list[tuple[str, str]]:
    """An entry's details in the reader's language: names of fields, yes and no, roles; the rest as it is."""
    return [(audit_words.field_label(name), _value(name, value)) for name, value in detail.items()]


def _value(name: str, value: object) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in {"role", "before"} and value in Role.values:
        return str(Role(value).label)
    if isinstance(value, list):
        return _(", ").join(_value("", item) for item in value) or "—"
    if isinstance(value, dict):
        return _("; ").join(f"{audit_words.field_label(k)} {_value(k, v)}" for k, v in value.items()) or "—"
    return str(value)


def _actor(actor: str, names: Mapping[str, str]) -> str:
    said = {"cli": _("Command line"), "system": _("Guanxi itself")}
    return said.get(actor) or names.get(actor, actor)


def _address(row: Entry) -> str:
    name = audit_words.kind_address(row.object_kind)
    try:
        key: int | str = int(row.object_id) if row.object_id.isdecimal() else row.object_id
        return reverse(name, args=[key]) if name and row.object_id else ""
    except NoReverseMatch:
        return ""


def _place(after: str) -> Place | None:
    at_ms, _dot, number = after.partition(".")
    if at_ms.isdecimal() and number.isdecimal() and len(at_ms) <= 15 and len(number) <= 18:
        return Place(int(at_ms), int(number))
    return None
