"""Freezing a customer, and freeing one again."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guanxi.customers import hooks
from guanxi.customers.hooks import What
from guanxi.customers.rights import requests
from guanxi.customers.rights.contracts import Kind, State
from guanxi.customers.rights.erasing import SYNC_JOB, person_of
from guanxi.customers.rights.hooks import FREEZERS
from guanxi.customers.rights.models import FrozenSubject
from guanxi.customers.rights.storing import frozen_among
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform import audit, jobs
from guanxi.platform.writing import writing


def freeze(
    brand_id: int, customer_id: int, *, actor: object, reason: str, request_id: int | None = None
) -> None:
    """Store the customer's data and do nothing else with it. Raises NotFound, Invalid without a reason,
    Conflict where it is frozen, merged or erased already."""
    _set(brand_id, customer_id, Kind.FREEZE, actor=actor, reason=reason, request_id=request_id)


def unfreeze(
    brand_id: int, customer_id: int, *, actor: object, reason: str, request_id: int | None = None
) -> None:
    """The reverse. Raises as `freeze`."""
    _set(brand_id, customer_id, Kind.UNFREEZE, actor=actor, reason=reason, request_id=request_id)


def _set(
    brand_id: int, customer_id: int, kind: Kind, *, actor: object, reason: str, request_id: int | None
) -> None:
    if not reason.strip():
        raise Invalid(_("Say why, for the record."), field="reason")
    frozen = kind is Kind.FREEZE
    with writing(brand_id):
        person = person_of(brand_id, customer_id)
        if bool(frozen_among([customer_id])) == frozen:
            raise Conflict(
                _("This customer is frozen already.") if frozen else _("This customer is not frozen.")
            )
        request = requests.taken(person, kind, request_id, actor=actor, reason=reason)
        if frozen:
            FrozenSubject.objects.bulk_create(
                FrozenSubject(subject_id=subject, brand_id=brand_id) for subject in person.subject_ids
            )
        else:
            FrozenSubject.objects.filter(subject_id__in=list(person.subject_ids)).delete()
        for freezer in FREEZERS:
            freezer.apply(person, frozen)
        requests.end(request, State.DONE, actor, result={"identities": len(person.subject_ids)})
        action = "customer.frozen" if frozen else "customer.unfrozen"
        audit.record(brand_id, str(actor), action, "customer", customer_id, detail={"reason": reason[:200]})
        hooks.changed(brand_id, What.IDENTITY, {customer_id})
        if SYNC_JOB in jobs.kinds:
            jobs.enqueue(SYNC_JOB, brand_id=brand_id, unique_key=f"brand:{brand_id}")
