"""The API, version 1: assembled, documented, its errors all problem+json."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from guanxi.kernel.errors import GuanxiError
from guanxi.rest import (
    attributes,
    audit,
    booking,
    bulk,
    consents,
    coupon_till,
    coupons,
    customers,
    draws,
    exports,
    fields,
    followers,
    ledger,
    ledger_posting,
    loops,
    me,
    merging,
    messages,
    people,
    rate_card,
    reports,
    retention,
    rewards,
    rights,
    rules,
    segments,
    states,
    templates,
    tiers,
    till,
    touchpoints,
    webhooks,
)
from guanxi.rest.problems import CONTENT_TYPE, Problem, of_error, response_of

logger = logging.getLogger("guanxi.rest")

api: Final = NinjaAPI(
    title="Guanxi",
    version="1",
    urls_namespace="api-v1",
    description="Record what customers do, and ask who they are. Keys: `guanxi apikey add`. Guide: "
    "docs/guide/api.md.",
    docs_url=None,  # ninja's page loads scripts from elsewhere; ours is rest.docs
)
api.add_router("/touchpoints", touchpoints.router)
api.add_router("/customers", customers.router)
api.add_router("", merging.router)
api.add_router("/followers", followers.router)
api.add_router("/draws", draws.router)
api.add_router("", attributes.router)
api.add_router("", ledger.router)
api.add_router("", ledger_posting.router)
api.add_router("", booking.router)
api.add_router("", till.router)
api.add_router("/loops", loops.router)
api.add_router("/bulk", bulk.router)
api.add_router("", messages.router)
api.add_router("", templates.router)
api.add_router("", consents.router)
api.add_router("", rights.router)
api.add_router("", retention.router)
api.add_router("/segments/fields", fields.router)
api.add_router("/segments", segments.router)
api.add_router("/exports", exports.router)
api.add_router("/reports", reports.router)
api.add_router("/rules", rules.router)
api.add_router("", tiers.router)
api.add_router("", rewards.router)
api.add_router("/states", states.router)
api.add_router("/rate-card", rate_card.router)
api.add_router("", me.router)
api.add_router("", people.router)
api.add_router("/audit", audit.router)
api.add_router("", webhooks.router)
api.add_router("/coupons", coupons.router)
api.add_router("/coupons", coupon_till.router)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return response_of(problem)


@api.exception_handler(GuanxiError)
def _named(request: HttpRequest, error: GuanxiError) -> HttpResponse:
    return response_of(of_error(error))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first: dict[str, Any] = error.errors[0] if error.errors else {}
    field = ".".join(str(part) for part in first.get("loc", ())[1:])
    return response_of(
        Problem(422, "parameter_bad", f"{field}: {first.get('msg', 'not valid')}.", field=field)
    )


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return response_of(_of_status(404))


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return response_of(_of_status(error.status_code))


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    # The type alone: messages of database errors may quote what was sent.
    logger.error(
        "%s %s failed: %s", request.method, request.path, type(error).__name__, exc_info=settings.DEBUG
    )
    return response_of(_of_status(500))


def problems_only(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Middleware: what fails below /api/ outside an operation (no such address, wrong method) is a problem
    document too, never a page."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if (
            response.status_code < 400
            or not request.path.startswith(settings.GUANXI_API_PATH)
            or response.headers.get("Content-Type") == CONTENT_TYPE
        ):
            return response
        problem = _of_status(response.status_code)
        if allow := response.headers.get("Allow"):
            problem.headers["Allow"] = allow
        return response_of(problem)

    return middleware


def _of_status(status: int) -> Problem:
    code, detail, remedy = _WORDS.get(status, _WORDS[500] if status >= 500 else _WORDS[400])
    return Problem(status, code, detail, remedy=remedy)


_WORDS: Final = {
    400: ("request_bad", "The request was not understood.", "See /api/v1/docs."),
    404: ("not_found", "There is nothing at this address.", "See /api/v1/docs."),
    405: ("method_not_allowed", "This address does not take that method.", "See the header Allow."),
    500: ("internal", "Something went wrong here. Nothing was recorded.", "Send it again in a moment."),
}
