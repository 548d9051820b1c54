"""Bodies of requests: limited, decoded, never guessed."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from guanxi.rest.problems import Problem

MOST_BYTES: Final = 10 * 1024 * 1024
JSON: Final = "application/json"
NDJSON: Final = ("application/x-ndjson", "application/ndjson", "application/jsonl")


class Broken(NamedTuple):
    """A line that is not JSON; the other lines of its batch still count."""

    message: str


def read_json(request: HttpRequest) -> Any:
    """The one JSON value of the body. Raises Problem: 415, 413, 400."""
    _demand_type(request, (JSON,))
    return _loads(_raw(request))


def read_batch(request: HttpRequest) -> Any:
    """A JSON body as it is, or the lines of an NDJSON body as a list (blank lines left out)."""
    content_type = _demand_type(request, (JSON, *NDJSON))
    raw = _raw(request)
    if content_type == JSON:
        return _loads(raw)
    return [_line(line) for line in raw.split(b"\n") if line.strip()]


def _demand_type(request: HttpRequest, accepted: tuple[str, ...]) -> str:
    content_type = (request.content_type or "").lower()
    if content_type not in accepted:
        raise Problem(
            415,
            "content_type_unsupported",
            f"The body is {content_type or 'of no stated type'}, which is not read here.",
            remedy=f"Send the header Content-Type: {' or '.join(accepted[:2])}.",
        )
    if (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise Problem(415, "charset_unsupported", "JSON is UTF-8.", remedy="Encode the body as UTF-8.")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, "encoding_unsupported", "Compressed bodies are not read.", remedy="Send it plain.")
    return content_type


def _raw(request: HttpRequest) -> bytes:
    try:
        raw = request.body
    except RequestDataTooBig:
        raw = b" " * (MOST_BYTES + 1)
    except UnreadablePostError:
        raise Problem(400, "body_incomplete", "The body broke off.", remedy="Send it again.") from None
    if len(raw) > MOST_BYTES:
        raise Problem(
            413,
            "body_too_large",
            f"The body is larger than {MOST_BYTES // 1024 // 1024} MiB.",
            remedy="Send several smaller batches.",
        )
    if not raw.strip():
        raise Problem(400, "body_empty", "The body is empty.", remedy="Send JSON.")
    return raw


def _loads(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Problem(
            400,
            "json_broken",
            f"The body is not JSON: {_where(error)}.",
            remedy="Check it with a JSON validator; NaN and Infinity are not JSON.",
        ) from None


def _line(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Broken(f"the line is not JSON: {_where(error)}")


def _where(error: orjson.JSONDecodeError) -> str:
    return str(error).split("\n", maxsplit=1)[0][:120]
