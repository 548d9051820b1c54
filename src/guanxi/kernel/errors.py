"""Named errors: each carries its data, knows its HTTP status and exit code, and says what to do next."""

from __future__ import annotations

from typing import ClassVar


class GuanxiError(Exception):
    """Base of every error a user may see.

    `message` says what happened, `remedy` what to do next; `data` is what a program needs to react.
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 400
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, remedy: str = "", **data: object) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.data = data

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class NotFound(GuanxiError):
    code = "not_found"
    http_status = 404
    exit_code = 4


class Forbidden(GuanxiError):
    code = "forbidden"
    http_status = 403
    exit_code = 5


class Invalid(GuanxiError):
    """The input cannot be used as it is."""

    code = "invalid"
    http_status = 422
    exit_code = 2


class Conflict(GuanxiError):
    """Somebody else changed it first; look again and repeat."""

    code = "conflict"
    http_status = 409
    exit_code = 6


class Limit(GuanxiError):
    """A stated limit was reached."""

    code = "limit"
    http_status = 429
    exit_code = 7


class Unavailable(GuanxiError):
    """Something Guanxi depends on is missing, locked or full."""

    code = "unavailable"
    http_status = 503
    exit_code = 8
