from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from guanxi.touchpoints.contracts import Fact, Identity, Mode, Person
from guanxi.touchpoints.services import record
from guanxi.warehouse import services
from guanxi.warehouse.lake import Lake
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_phone_name_email_or_address_is_in_any_file_of_the_lake() -> None:
    brand = rows.brand()
    secrets = ("13800138000", "李雷", "lilei@example.com", "文三路")
    fact = Fact(
        "order.paid",
        "1",
        rows.BASE_MS,
        (Identity("phone", "+8613800138000"), Identity("email", "lilei@example.com")),
        Person(name="李雷", address="浙江省杭州市西湖区文三路 1 号", birthday="1990-05-01"),
        amount_fen=100,
    )
    assert record(brand.pk, "test", [fact], mode=Mode.BACKFILL).recorded == 1
    services.sync(brand)
    lake = Lake(brand.slug)
    files = [path for path in lake.folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".parquet" for path in files)
    for path in files:
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content += str(pq.ParquetFile(path).read().to_pylist()).encode()
        for secret in secrets:
            assert secret.encode() not in content, path
