"""The audit log: who did what, when, without a single personal detail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import orjson

from guanxi.kernel.clock import now_ms
from guanxi.platform.actors import Actor
from guanxi.platform.bulk import insert_rows

# Names of fields that hold personal data wherever they appear: a caller that passes one has a bug.
_PERSONAL_FIELD: Final = re.compile(
    r"(^|_)(phone|phones|mobile|tel|telephone|email|emails|e_mail|mail|address|addresses|birthday|id_?card|"
    r"passport|password|secret|token|real_name|full_name|customer_name|person_name|openid|unionid)($|_)"
    r"|手机|电话|邮箱|姓名|地址|生日|身份证",
    re.IGNORECASE,
)
# Texts that look personal inside a value (a file called 13800138000.csv) are blanked, not refused: an audit
# entry must never stop the work it describes.
_PERSONAL_TEXT: Final = (
    (re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+"), "[email]"),
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"), "[id card]"),
    (re.compile(r"(?<!\d)(\+?0{0,2}86[\s\-]?)?1[3-9]\d[\s\-]?\d{4}[\s\-]?\d{4}(?!\d)"), "[phone]"),
)
# An eleven-digit integer is a phone unless its field says that it is money, a time, a size or an id.
_NUMERIC_FIELD: Final = re.compile(r"(_fen|_ms|_bytes|_id|_ids|_points|_count|rows)$")
_COLUMNS: Final = {
    "brand_id": "bigint",
    "actor": "text",
    "action": "text",
    "object_kind": "text",
    "object_id": "text",
    "detail": "jsonb",
    "at_ms": "bigint",
}
_DETAIL_LIMIT: Final = 2_000
_DEPTH_LIMIT: Final = 6


def record(
    brand_id: int | None,
    actor: Actor | str,
    action: str,
    object_kind: str = "",
    object_id: int | str = "",
    *,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write one entry, in the caller's transaction, so that it stands or falls with what it describes.

    `action` is `thing.verb` ("user.created"). `detail` is JSON: names of what changed and counts.
    Raises ValueError where a field of `detail` is named for personal data; values that look like a phone,
    an email or an identity card are blanked.
    """
    cleaned = orjson.dumps(_clean_mapping(detail or {}, 0), option=orjson.OPT_NON_STR_KEYS).decode()
    where = blanked(str(object_id))[:80]
    row = (brand_id, str(actor)[:160], action, object_kind, where, cleaned, now_ms())
    insert_rows("platform_auditentry", _COLUMNS, [row])  # with every write, so past the ORM


def blanked(text: str) -> str:
    """`text` with whatever looks like a phone, an email or an identity card replaced by its kind."""
    for pattern, replacement in _PERSONAL_TEXT:
        text = pattern.sub(replacement, text)
    return text


def _clean_mapping(detail: Mapping[str, object], depth: int) -> dict[str, object]:
    for field in detail:
        if _PERSONAL_FIELD.search(str(field)):
            raise ValueError(f"the audit log keeps no personal data; leave '{field}' out of its detail")
    return {str(field): _clean(str(field), value, depth) for field, value in detail.items()}


def _clean(field: str, value: object, depth: int) -> object:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if _NUMERIC_FIELD.search(field) or blanked(str(value)) == str(value) else "[phone]"
    if depth >= _DEPTH_LIMIT:
        return "…"
    if isinstance(value, Mapping):
        return _clean_mapping(value, depth + 1)
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(field, item, depth + 1) for item in value]
    return blanked(str(value))[:_DETAIL_LIMIT]
