"""Requests as programs see them, and doing what one asks in a single step, for whoever checked already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from guanxi.customers.rights import copying, requests
from guanxi.customers.rights.contracts import OPEN, Kind
from guanxi.customers.rights.correcting import correct
from guanxi.customers.rights.erasing import erase
from guanxi.customers.rights.freezing import freeze, unfreeze
from guanxi.customers.rights.models import RightsRequest
from guanxi.kernel.clock import to_datetime
from guanxi.kernel.errors import Invalid

MOST: Final = 200


def listed(brand_id: int, *, ended: bool = False) -> list[dict[str, Any]]:
    """Open requests, those due first, or the newest that ended; `MOST` at most."""
    found = RightsRequest.objects.filter(brand_id=brand_id)
    found = found.exclude(state__in=OPEN) if ended else found.filter(state__in=OPEN)
    return [plain(row) for row in found.order_by("-ended_ms" if ended else "due_ms", "pk")[:MOST]]


def plain(row: RightsRequest) -> dict[str, Any]:
    """One request."""
    return {
        "id": row.pk,
        "customer": row.customer_id,
        "kind": str(row.kind),
        "state": str(row.state),
        "received": to_datetime(row.received_ms).isoformat(),
        "due": to_datetime(row.due_ms).isoformat(),
        "ended": to_datetime(row.ended_ms).isoformat() if row.ended_ms else None,
        "result": row.result,
    }


def done(
    brand_id: int,
    customer_id: int,
    kind: str,
    *,
    actor: object,
    reason: str,
    values: Mapping[str, str] | None = None,
    language: str = "zh-hans",
) -> dict[str, Any]:
    """Do at once what a customer asks; a copy comes from the worker. Raises NotFound, Invalid, Conflict."""
    if kind not in {one.value for one in Kind}:
        raise Invalid(
            _("There is no such right."),
            remedy=_("Choose among: %(names)s.") % {"names": ", ".join(one.value for one in Kind)},
            field="kind",
        )
    match Kind(kind):
        case Kind.ERASURE:
            erase(brand_id, customer_id, actor=actor, reason=reason)
        case Kind.FREEZE:
            freeze(brand_id, customer_id, actor=actor, reason=reason)
        case Kind.UNFREEZE:
            unfreeze(brand_id, customer_id, actor=actor, reason=reason)
        case Kind.CORRECTION:
            corrected = correct(brand_id, customer_id, values or {}, actor=actor, reason=reason)
            return plain(requests.find(brand_id, corrected.request_id))
        case Kind.ACCESS:
            made = copying.copy_soon(brand_id, customer_id, actor=actor, language=language)
            return plain(requests.find(brand_id, made.pk))
    newest = RightsRequest.objects.filter(brand_id=brand_id, customer_id=customer_id, kind=kind)
    return plain(newest.order_by("-ended_ms", "-pk")[0])
