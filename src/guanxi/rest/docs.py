"""The API's documentation as a plain page of our own: it needs no script, so the strict policy holds."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from guanxi.platform.access import public
from guanxi.rest.api import api


@public
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "rest/docs.html", {"operations": _operations(), "api": api})


@cache
def _operations() -> list[dict[str, Any]]:
    paths: dict[str, Any] = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    return [
        _operation(path, method, operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]


def _operation(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    answers = operation["responses"][200]["content"]
    shown = [answer["example"] for answer in answers.values() if "example" in answer]
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "prose": _prose(operation["description"]),
        "parameters": [
            {"name": one["name"], "description": _prose(one.get("description", ""))}
            for one in operation.get("parameters", [])
        ],
        "examples": [_pretty(example["value"]) for example in content.get("examples", {}).values()],
        "answer": _pretty(shown[0] if shown else "\n".join(answers)),  # a file is told by its types
        "problems": {
            status: response["description"]
            for status, response in operation["responses"].items()
            if status != 200
        },
    }


def _prose(text: str) -> SafeString:
    """The document's text with `code` as code."""
    parts = text.split("`")
    return format_html_join(
        "", "{}{}", ((part, "") if at % 2 == 0 else ("", _code(part)) for at, part in enumerate(parts))
    )


def _code(text: str) -> SafeString:
    return format_html("<code>{}</code>", text)


def _pretty(value: Any) -> str:
    """JSON as people read it; an example of another type (CSV) as it is."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2)
