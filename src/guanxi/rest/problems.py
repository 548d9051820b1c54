"""Errors as application/problem+json (RFC 9457): a code to react to, what happened, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse

from guanxi.kernel.errors import GuanxiError
from guanxi.platform.language import spoken

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """Ends a request. `code` is stable; `detail` says what happened and `remedy` what to do next."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        remedy: str = "",
        headers: Mapping[str, str] | None = None,
        **more: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.remedy = remedy
        self.headers = dict(headers or {})
        self.more = more


def response_of(problem: Problem) -> HttpResponse:
    body: dict[str, Any] = {
        "type": f"urn:guanxi:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
    }
    if problem.remedy:
        body["remedy"] = problem.remedy
    body.update(problem.more)
    return HttpResponse(
        orjson.dumps(body), status=problem.status, content_type=CONTENT_TYPE, headers=problem.headers
    )


def of_error(error: GuanxiError) -> Problem:
    """A named error of any room; with `field` where one is to blame, `used_by` where others stand in the
    way. Other data of errors is for the rooms themselves."""
    problem = Problem(error.http_status, error.code, spoken(error.message), remedy=spoken(error.remedy))
    if field := error.data.get("path") or error.data.get("field"):
        problem.more["field"] = str(field)
    if users := error.data.get("used_by"):
        problem.more["used_by"] = users
    return problem
