"""Who is one person: /api/v1/customers/{id}/merge and /unmerge, /api/v1/reviews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from guanxi.customers import lookup, reviewing, services
from guanxi.customers.contracts import ReviewState, Verdict
from guanxi.customers.reviewing import Case
from guanxi.platform.apikeys import Scope
from guanxi.rest import cursors
from guanxi.rest import merging_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, flag_of, read_json, text_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json, masked, moment
from guanxi.touchpoints import queries

MOST_SUBJECTS: Final = 1_000
LONGEST_REASON: Final = 200
_MERGED: Final = frozenset(("other", "reason", "dry_run"))
_UNMERGED: Final = frozenset(("subjects", "reason", "dry_run"))
CustomerId = Annotated[int, Path(description="The customer's id.")]
ReviewId = Annotated[int, Path(description="The review's id.", ge=1, lt=1 << 63)]
router = Router(tags=["customers"])


@router.post(
    "/customers/{int:customer_id}/merge",
    auth=Key(Scope.CUSTOMERS_MERGE),
    summary="Make two customers one",
    description=examples.MERGE_DOC,
    operation_id="merge_customers",
    openapi_extra=examples.MERGE,
)
def merge_customers(request: HttpRequest, customer_id: CustomerId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _MERGED, needed=("other",))
    dry, reason = flag_of(body, "dry_run"), _reason(body)
    wanted = sorted((customer_id, _id(body["other"], "other")))
    for number in wanted:
        _demand(key.brand_id, number)
    drawn = services.drawn_in(key.brand_id, wanted)
    sides = [_side(key.brand_id, lookup.subject_ids_of(key.brand_id, one)) for one in wanted]
    stays, goes = wanted
    if not dry:
        changed = services.merge(key.brand_id, wanted, actor=key.actor, reason=reason)
        stays, (goes,) = changed.customer_id, changed.others
    told = {"done": not dry, "customer": stays, "merged": goes, "drawn_in": list(drawn), "sides": sides}
    return as_json(told)


@router.post(
    "/customers/{int:customer_id}/unmerge",
    auth=Key(Scope.CUSTOMERS_MERGE),
    summary="Take identities out of a customer",
    description=examples.UNMERGE_DOC,
    operation_id="unmerge_customer",
    openapi_extra=examples.UNMERGE,
)
def unmerge_customer(request: HttpRequest, customer_id: CustomerId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _UNMERGED, needed=())
    dry, reason, given = flag_of(body, "dry_run"), _reason(body), body.get("subjects") or []
    if type(given) is not list or len(given) > MOST_SUBJECTS:
        raise Problem(422, "field_bad", f"subjects is a list of at most {MOST_SUBJECTS}.", field="subjects")
    leaving = {_id(one, "subjects") for one in given}
    if _demand(key.brand_id, customer_id) != customer_id:
        raise Problem(409, "conflict", "This customer was merged into another one.", remedy="Look again.")
    ours = lookup.subject_ids_of(key.brand_id, customer_id)
    if not leaving <= set(ours):
        raise Problem(
            409, "conflict", "Not all of these are the customer's.", remedy="Look again, with dry_run."
        )
    stays, leaves = (
        _side(key.brand_id, [one for one in ours if (one in leaving) is goes]) for goes in (False, True)
    )
    others: Sequence[int] = ()
    if not dry:
        others = services.unmerge(key.brand_id, customer_id, leaving, actor=key.actor, reason=reason).others
    told = {
        "done": not dry,
        "customer": customer_id,
        "others": list(others),
        "stays": stays,
        "leaves": leaves,
    }
    return as_json(told)


@router.get(
    "/reviews",
    auth=Key(Scope.CUSTOMERS_MERGE),
    summary="List who may be one person",
    description=examples.LIST_DOC,
    operation_id="list_reviews",
    openapi_extra=examples.LIST,
)
def list_reviews(
    request: HttpRequest,
    state: Literal["open", "merged", "kept_apart", "outdated"] = "open",
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    question = f"reviews {state}"
    after_id = cursors.opened(brand_id, question, cursor) if cursor else 0
    found = reviewing.cases(brand_id, ReviewState(state), after_id=after_id, limit=limit + 1)
    page = found[:limit]
    following = cursors.sealed(brand_id, question, page[-1].id) if len(found) > limit else None
    return as_json({"reviews": [_case(one) for one in page], "next": following})


@router.get(
    "/reviews/{int:review_id}",
    auth=Key(Scope.CUSTOMERS_MERGE),
    summary="Show who may be one person",
    description=examples.SHOW_DOC,
    operation_id="show_review",
    openapi_extra=examples.SHOW,
)
def show_review(request: HttpRequest, review_id: ReviewId) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    found = reviewing.case(brand_id, review_id)
    owners = dict.fromkeys(one for one in found.customers if one is not None)
    sides = [_side(brand_id, lookup.subject_ids_of(brand_id, one)) for one in owners]
    return as_json({**_case(found), "sides": sides})


@router.post(
    "/reviews/{int:review_id}",
    auth=Key(Scope.CUSTOMERS_MERGE),
    summary="Answer a review",
    description=examples.DECIDE_DOC,
    operation_id="decide_review",
    openapi_extra=examples.DECIDE,
)
def decide_review(request: HttpRequest, review_id: ReviewId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("verdict", "reason")), needed=("verdict",))
    verdict = text_of(body, "verdict")
    if verdict not in set(Verdict):
        raise Problem(422, "field_bad", "verdict is same or different.", field="verdict")
    services.decide_review(key.brand_id, review_id, Verdict(verdict), actor=key.actor, reason=_reason(body))
    return as_json(_case(reviewing.case(key.brand_id, review_id)))


def _demand(brand_id: int, customer_id: int) -> int:
    """The customer it is today. Raises Problem where the brand has none of that id, or it is frozen."""
    root = lookup.root_of(brand_id, customer_id)
    if root is None:
        raise Problem(404, "not_found", "There is no such customer.", remedy="Look it up by an identity.")
    return root


def _side(brand_id: int, subject_ids: Sequence[int]) -> dict[str, Any]:
    """What subjects hold and add up to; phones and emails are masked."""
    totals = queries.totals_of(brand_id, subject_ids)
    subjects = [
        {
            "id": one.id,
            "scheme": one.scheme,
            "value": masked(one.scheme, one.value) if one.value else one.value,
            "first_seen": moment(one.first_ms),
        }
        for one in reviewing.held(brand_id, subject_ids)
    ]
    return {"subjects": subjects, "orders": totals.orders, "revenue_fen": totals.revenue_fen}


def _case(one: Case) -> dict[str, Any]:
    return {
        "id": one.id,
        "code": one.code,
        "state": one.state.value,
        "customers": list(one.customers),
        "subjects": list(one.subjects),
        "created_at": moment(one.created_ms),
        "decided_by": one.decided_by or None,
        "decided_at": moment(one.decided_ms) if one.decided_ms else None,
    }


def _id(value: Any, name: str) -> int:
    if type(value) is not int or not 0 < value < 1 << 63:
        raise Problem(422, "field_bad", f"{name} must be whole numbers above 0.", field=name)
    return value


def _reason(body: dict[str, Any]) -> str:
    text = (text_of(body, "reason") or "").replace("\0", "").strip()
    if len(text) > LONGEST_REASON:
        raise Problem(422, "field_bad", f"reason has at most {LONGEST_REASON} characters.", field="reason")
    return text
