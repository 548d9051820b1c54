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


def fields_of(body: Any, known: frozenset[str], *, needed: tuple[str, ...]) -> dict[str, Any]:
    """A body that is an object with no other fields than these, `needed` among them. Raises Problem."""
    if type(body) is not dict:
        raise Problem(422, "body_bad", "The body must be a JSON object.")
    if unknown := sorted(set(body) - known):
        raise Problem(422, "field_unknown", f"There is no field '{unknown[0][:40]}'.", field=unknown[0][:40])
    for name in needed:
        if body.get(name) is None:
            raise Problem(422, "field_missing", f"{name} is missing.", field=name)
    return body


def text_of(body: dict[str, Any], name: str) -> str | None:
    """Raises Problem where it is there and no text."""
    value = body.get(name)
    if value is not None and type(value) is not str:
        raise Problem(422, "field_bad", f"{name} must be text.", field=name)
    return value


def whole_of(body: dict[str, Any], name: str) -> int | None:
    """Raises Problem where it is there and no whole number of 32 bits."""
    value = body.get(name)
    if value is not None and (type(value) is not int or not -(1 << 31) <= value < 1 << 31):
        raise Problem(422, "field_bad", f"{name} must be a whole number.", field=name)
    return value


def flag_of(body: dict[str, Any], name: str) -> bool:
    """False where it is missing. Raises Problem where it is there and neither true nor false."""
    value = body.get(name)
    if value is not None and type(value) is not bool:
        raise Problem(422, "field_bad", f"{name} must be true or false.", field=name)
    return value is True


def object_of(body: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Raises Problem where it is there and no object."""
    value = body.get(name)
    if value is not None and type(value) is not dict:
        raise Problem(422, "field_bad", f"{name} must be an object.", field=name)
    return value


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
