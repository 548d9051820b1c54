"""PostgreSQL is asked for rows by their keys, however small it takes a table to be."""

from __future__ import annotations

import pytest
from django.db import connection

from guanxi.platform.bulk import take_stock
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

pytestmark = pytest.mark.django_db(transaction=True)


def plan(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + statement)
        return " ".join(row[0] for row in cursor.fetchall())


def test_within_the_turn_alone() -> None:
    if connection.vendor != "postgresql":
        return  # which plans without estimates
    brand = Brand.objects.create(slug="by-keys", name="By keys")
    asked = (
        "SELECT t.id FROM unnest(ARRAY['a', 'b']) w(value) CROSS JOIN touchpoints_touchpoint t"
        " WHERE t.source_id = 1 AND t.source_ref = w.value"
    )
    with writing(brand.pk, by_keys=True):
        assert "every_fact_once" in plan(asked)
        assert "Seq Scan on touchpoints_touchpoint" not in plan(asked)
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("on",)


def test_tables_are_counted_once() -> None:
    if connection.vendor != "postgresql":
        return  # which plans without estimates
    Brand.objects.create(slug="counted", name="Counted")
    take_stock()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND reltuples < 0"
            " AND relnamespace = CAST(current_schema() AS regnamespace)"
        )
        assert cursor.fetchone() == (0,)


def test_other_databases_have_nothing_to_count() -> None:
    take_stock()
