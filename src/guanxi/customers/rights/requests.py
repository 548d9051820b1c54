"""Requests of people: received, verified, done or refused, each with a day on which it is due."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guanxi.customers.models import Customer
from guanxi.customers.rights.contracts import OPEN, Kind, State, due_ms
from guanxi.customers.rights.hooks import Person
from guanxi.customers.rights.models import RightsRequest
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.platform import audit
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

REASON_CHARS = 300


def open_request(
    brand_id: int, customer_id: int, kind: Kind, *, actor: object, reason: str = ""
) -> RightsRequest:
    """Note what a customer asks for. The same that is open already is answered instead of a second one.

    Raises NotFound; Conflict where the customer was merged into another.
    """
    with writing(brand_id):
        found = Customer.objects.filter(brand_id=brand_id, pk=customer_id).first()
        if found is None:
            raise NotFound(_("There is no such customer."), customer_id=customer_id)
        if found.merged_into_id is not None:
            raise Conflict(
                _("Customer %(customer)s has meanwhile been merged into another one. Look again.")
                % {"customer": customer_id},
                merged_into=found.merged_into_id,
            )
        same = RightsRequest.objects.filter(
            brand_id=brand_id, customer_id=customer_id, kind=kind, state__in=OPEN
        )
        return same.first() or _made(brand_id, customer_id, kind, actor, reason)


def _made(brand_id: int, customer_id: int, kind: Kind, actor: object, reason: str) -> RightsRequest:
    zone = ZoneInfo(Brand.objects.values_list("timezone", flat=True).get(pk=brand_id))
    received_ms = now_ms()
    made = RightsRequest.objects.create(
        brand_id=brand_id,
        customer_id=customer_id,
        kind=kind,
        reason=audit.blanked(reason.strip())[:REASON_CHARS],
        received_ms=received_ms,
        due_ms=due_ms(received_ms, zone),
        opened_by=str(actor)[:160],
    )
    _audited(made, "rights.received", actor)
    return made


def find(brand_id: int, request_id: int) -> RightsRequest:
    """Raises NotFound."""
    found = RightsRequest.objects.filter(brand_id=brand_id, pk=request_id).first()
    if found is None:
        raise NotFound(_("There is no such request."))
    return found


def verify(brand_id: int, request_id: int, *, actor: object) -> None:
    """Somebody made sure that it is the person who asks. Raises NotFound; Conflict unless just received."""
    with writing(brand_id):
        request = find(brand_id, request_id)
        _moved(request, (State.RECEIVED,), state=State.VERIFIED, handled_by=str(actor)[:160])
        _audited(request, "rights.verified", actor)


def refuse(brand_id: int, request_id: int, *, actor: object, reason: str) -> None:
    """Raises Invalid without a reason, NotFound, Conflict where it has ended."""
    if not reason.strip():
        raise Invalid(_("A refusal needs a reason: the person has a right to it."), field="reason")
    with writing(brand_id):
        request = find(brand_id, request_id)
        request.reason = audit.blanked(reason.strip())[:REASON_CHARS]
        end(request, State.REFUSED, actor, reason=request.reason)


def taken(person: Person, kind: Kind, request_id: int | None, *, actor: object, reason: str) -> RightsRequest:
    """The request that is being done: the one named, else the open one of that kind, else a new one. The
    caller holds the turn. Raises NotFound, or Conflict where it has ended or is another's."""
    brand_id, customer_id = person.brand_id, person.customer_id
    if request_id is None:
        open_ones = RightsRequest.objects.filter(
            brand_id=brand_id, customer_id=customer_id, kind=kind, state__in=OPEN
        )
        return open_ones.order_by("pk").first() or _made(brand_id, customer_id, kind, actor, reason)
    request = find(brand_id, request_id)
    if request.customer_id != customer_id or request.kind != kind or request.state not in OPEN:
        raise Conflict(_("This request has been dealt with already. Look again."))
    return request


def end(
    request: RightsRequest,
    state: State,
    actor: object,
    *,
    result: Mapping[str, Any] | None = None,
    **also: Any,
) -> None:
    """Done or refused. The caller holds the turn. Raises Conflict where somebody ended it first."""
    _moved(
        request,
        OPEN,
        state=state,
        ended_ms=now_ms(),
        handled_by=str(actor)[:160],
        result=dict(result or {}),
        **also,
    )
    _audited(request, f"rights.{state.value}", actor)


def _moved(request: RightsRequest, before: tuple[State, ...], **change: Any) -> None:
    won = RightsRequest.objects.filter(pk=request.pk, state__in=before).update(**change)
    if not won:
        raise Conflict(_("This request has been dealt with already. Look again."))


def _audited(request: RightsRequest, action: str, actor: object) -> None:
    detail = {"kind": str(request.kind), "customer_id": request.customer_id}
    audit.record(request.brand.pk, str(actor), action, "rights request", request.pk, detail=detail)
