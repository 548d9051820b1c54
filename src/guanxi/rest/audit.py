"""The audit log: /api/v1/audit."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from guanxi.platform import audit_log
from guanxi.platform.apikeys import Scope
from guanxi.platform.audit_log import Entry, Filter
from guanxi.platform.models import Brand
from guanxi.rest import cursors
from guanxi.rest import people_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json, moment

Word = Annotated[str, Query(max_length=160)]
Day = Annotated[str, Query(max_length=10, description="As 2026-11-21, in the brand's zone.")]
router = Router(tags=["audit"])


@router.get(
    "",
    auth=Key(Scope.AUDIT_READ),
    summary="List the audit log",
    description=examples.AUDIT_DOC,
    operation_id="list_audit",
    openapi_extra=examples.AUDIT,
)
def list_audit(  # noqa: PLR0917 - by name, from the query
    request: HttpRequest,
    actor: Word = "",
    action: Word = "",
    object_kind: Word = "",
    object_id: Word = "",
    from_day: Day = "",
    to_day: Day = "",
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> HttpResponse:
    key = as_key_request(request).auth
    for name, text in (("from_day", from_day), ("to_day", to_day)):
        if text and audit_log.day_of(text) is None:
            raise Problem(422, "parameter_bad", f"{name} is a day, such as 2026-11-21.", field=name)
    zone = Brand.objects.values_list("timezone", flat=True).get(pk=key.brand_id)
    actor, action, object_kind, object_id = (
        text.replace("\0", "") for text in (actor, action, object_kind, object_id)
    )
    wanted = audit_log.of_days(Filter(actor, action, object_kind, object_id), from_day, to_day, zone)
    question = f"audit {wanted}"
    after_id = cursors.opened(key.brand_id, question, cursor) if cursor else 0
    after = audit_log.place_of(key.brand_id, after_id) if after_id else None
    rows, following = audit_log.page(key.brand_id, wanted, after=after, limit=limit)
    sealed = cursors.sealed(key.brand_id, question, following.id) if following else None
    return as_json({"entries": [_entry(row) for row in rows], "next": sealed})


def _entry(row: Entry) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": moment(row.at_ms),
        "actor": row.actor,
        "action": row.action,
        "object_kind": row.object_kind,
        "object_id": row.object_id,
        "detail": row.detail,
    }
