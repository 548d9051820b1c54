"""Lists of followers: /api/v1/followers."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from guanxi.community import services
from guanxi.community.followers.batches import FIELDS, MOST
from guanxi.platform.apikeys import Scope
from guanxi.platform.language import spoken
from guanxi.rest import follower_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, read_json, text_of
from guanxi.rest.facts import Rejected
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json

LONGEST: Final = 2_000
_BODY: Final = frozenset(("platform", "as_of", "shop", "followers"))
_FLAGS: Final = frozenset(("avatar", "verified"))
router = Router(tags=["touchpoints"])


@router.post(
    "",
    auth=Key(Scope.TOUCHPOINTS_WRITE),
    summary="Record who follows the brand on a platform",
    description=examples.RECORD_DOC,
    operation_id="record_followers",
    openapi_extra=examples.RECORD,
)
def record_followers(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _BODY, needed=("followers",))
    given = body["followers"]
    if type(given) is not list:
        raise Problem(422, "field_bad", "followers must be a list.", field="followers")
    if len(given) > MOST:
        raise Problem(
            413,
            "too_many_items",
            f"A list has at most {MOST} followers; this one has {len(given)}.",
            remedy="Send several lists. Nothing of this one was recorded.",
        )
    read, rejected = _read(given)
    done = services.record(
        key.brand_id,
        list(read.values()),
        platform=text_of(body, "platform") or "",
        as_of=_cell("as_of", body.get("as_of")),
        shop=text_of(body, "shop") or "",
        actor=key.actor,
    )
    places = list(read)
    rejected += [
        _rejection(places[one.position], one.code, spoken(one.message), one.field) for one in done.refused
    ]
    return as_json(
        {
            "rows": len(given),
            "recorded": done.recorded,
            "duplicates": done.duplicates,
            "rejected": sorted(rejected, key=lambda one: one["index"]),
        }
    )


def _read(given: list[Any]) -> tuple[dict[int, dict[str, str]], list[dict[str, Any]]]:
    """The rows that have the shape of one, by their places, and the rest as rejections."""
    read: dict[int, dict[str, str]] = {}
    rejected = []
    for index, row in enumerate(given):
        try:
            read[index] = _row(row)
        except Rejected as bad:
            rejected.append(_rejection(index, bad.code, bad.message, bad.field))
        except Problem as bad:
            rejected.append(_rejection(index, bad.code, bad.detail, str(bad.more["field"])))
    return read, rejected


def _row(row: Any) -> dict[str, str]:
    if type(row) is not dict:
        raise Rejected("item_bad", "a follower must be a JSON object")
    if unknown := sorted(set(row).difference(FIELDS)):
        raise Rejected("field_unknown", f"there is no field '{unknown[0][:40]}'", unknown[0][:40])
    return {name: _cell(name, value) for name, value in row.items() if value is not None}


def _cell(name: str, value: Any) -> str:
    """A value as the cell of a file has it. Raises Problem for what no cell holds."""
    if value is None:
        return ""
    if type(value) is bool and name in _FLAGS:
        return "yes" if value else "no"
    if type(value) is int:
        return str(value)
    if type(value) is not str or len(value) > LONGEST or "\0" in value:
        what = "text or a whole number" if name not in _FLAGS else "text, true or false"
        raise Problem(422, "field_bad", f"{name} must be {what}.", field=name)
    return value


def _rejection(index: int, code: str, message: str, field: str) -> dict[str, Any]:
    told = {"index": index, "code": code, "message": message}
    return {**told, "field": field} if field else told
