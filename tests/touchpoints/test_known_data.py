"""Public data through the whole import, to the penny."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db.models import Count, Sum

from guanxi.platform.models import Brand
from guanxi.touchpoints.importing import services
from guanxi.touchpoints.importing.contracts import Options
from guanxi.touchpoints.models import Touchpoint

pytestmark = pytest.mark.django_db(transaction=True)

Data = Callable[[str], Path]
CDNOW = Options(mapping={"customer": "2", "date": "3", "quantity": "4", "amount": "5"})


@pytest.fixture
def brand() -> Brand:
    return Brand.objects.create(slug="public", name="Public", is_default=True)


def sums(kind: str) -> tuple[int, int]:
    rows = Touchpoint.objects.filter(kind=kind).aggregate(count=Count("id"), fen=Sum("amount_fen"))
    return rows["count"], rows["fen"] or 0


def test_cdnow_sample(brand: Brand, shared_data: Data) -> None:
    """6,919 rows of 2,357 customers and 244,091.94, with 21 rows that are identical to another."""
    path = shared_data("cdnow/CDNOW_sample.txt")
    first = services.start_import(brand.pk, path, importer="orders", options=CDNOW)
    assert (first.rows, first.recorded, first.rejected, first.customers_created) == (6919, 6919, 0, 2357)
    assert sums("order.paid") == (6919, 24_409_194)
    again = services.start_import(brand.pk, path, importer="orders", options=CDNOW)
    assert (again.recorded, again.duplicates) == (0, 6919)


@pytest.mark.heavy
def test_online_retail(brand: Brand, shared_data: Data) -> None:
    """525,461 lines; the sums are those that tests/importing proves line by line."""
    path = shared_data("online_retail_ii/online_retail_ii_2009_2010.parquet")
    outcome = services.start_import(brand.pk, path)
    assert (outcome.rows, outcome.rejected) == (525_461, 0)
    assert outcome.customers_created == 4_383
    assert (sums("order.paid")[0], sums("order.refunded")[0], sums("order.placed")[0]) == (
        20_954,
        4_594,
        3_268,
    )
    assert services.start_import(brand.pk, path).recorded == 0
