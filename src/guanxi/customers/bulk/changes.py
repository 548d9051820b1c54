"""What actions did to taggings, kept so that an undo gives back exactly that.

Callers hold the brand's turn. A tagging is known by its id, which is never given twice: one that an action
made and somebody took off since is gone, whoever put on another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from django.db import connection

from guanxi.customers.bulk.models import BulkChange
from guanxi.customers.models import Tagging
from guanxi.platform.bulk import among, update_rows

_KEEP: Final = """
    INSERT INTO customers_bulkchange
        (brand_id, action_id, put, tagging_id, tag_id, subject_id, source, actor, at_ms, over_id)
    SELECT brand_id, %s, %s, id, tag_id, subject_id, source, actor, at_ms, 0
    FROM customers_tagging WHERE tag_id = %s AND
"""
# Who has the tag now had it put on since an action took it off.
_NEWEST: Final = """
    SELECT max(t.id) FROM customers_tagging t JOIN customers_subject s ON s.id = t.subject_id
    WHERE t.tag_id = customers_bulkchange.tag_id AND s.customer_id = (
        SELECT o.customer_id FROM customers_subject o WHERE o.id = customers_bulkchange.subject_id)
"""
_OVER: Final = f"""
    UPDATE customers_bulkchange SET over_id = coalesce(({_NEWEST}), 0)
    WHERE brand_id = %s AND over_id = 0 AND put = %s
    AND subject_id IN (SELECT s.id FROM customers_subject s WHERE
"""


def keep_put(action_id: int, tag_id: int, subject_ids: Collection[int]) -> None:
    """The taggings that an action has just made, one for each of these subjects."""
    _keep(action_id, tag_id, "subject_id", subject_ids, put=True)


def keep_taken(action_id: int, tag_id: int, tagging_ids: Collection[int]) -> None:
    """The taggings that an action is about to delete."""
    _keep(action_id, tag_id, "id", tagging_ids, put=False)


def _keep(action_id: int, tag_id: int, column: str, ids: Collection[int], *, put: bool) -> None:
    condition, parameter = among(column, ids)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP + condition, [action_id, put, tag_id, parameter])


def overtake(brand_id: int, customer_ids: Collection[int]) -> None:
    """Tags were put on these customers: what actions took off them before is not theirs to give back."""
    if not customer_ids or not BulkChange.objects.filter(brand_id=brand_id, put=False, over_id=0).exists():
        return
    condition, parameter = among("s.customer_id", customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(f"{_OVER}{condition})", [brand_id, False, parameter])


def uncover(tag_id: int, tagging_ids: Sequence[int]) -> None:
    """An undo takes these taggings off: it is as if nobody had put them on."""
    BulkChange.objects.filter(tag_id=tag_id, over_id__in=tagging_ids).update(over_id=0)


def renamed(tag_id: int, put_back: Mapping[int, int]) -> None:
    """An undo put taggings back, subject → the id it had: to other actions the new one is the same."""
    rows = Tagging.objects.filter(tag_id=tag_id, subject_id__in=list(put_back))
    new = {put_back[subject]: number for number, subject in rows.values_list("pk", "subject_id")}
    known = BulkChange.objects.filter(tag_id=tag_id)
    for column, mentions in (
        ("tagging_id", known.filter(put=True, tagging_id__in=list(new))),
        ("over_id", known.filter(over_id__in=list(new))),
    ):
        found = [(new[old], pk) for pk, old in mentions.values_list("pk", column)]
        update_rows("customers_bulkchange", {column: "bigint", "id": "bigint"}, found)
