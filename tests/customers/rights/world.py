"""A brand with a file of orders and a list of members, as the real importers read them."""

from __future__ import annotations

from pathlib import Path

from django.db import connection

from guanxi.customers import lookup
from guanxi.customers.contracts import Identity
from guanxi.platform.home import home
from guanxi.platform.models import Brand
from guanxi.touchpoints.importing import services
from guanxi.touchpoints.importing.running import Outcome
from tests.touchpoints.orders import order, write_orders

PHONE, NAME, ACCOUNT, STREET = "13900001234", "欧阳娜娜", "tb欧阳小花", "文三路77号"
MEMBERS = (
    "会员号,姓名,手机号,性别,生日,标签,注册时间\r\n"
    + f"M001,{NAME},{PHONE},女,1990-05-01,VIP;油皮,2023-01-02 10:00:00\r\n"
)


def brand() -> Brand:
    return Brand.objects.create(slug="lanhua", name="兰花", is_default=True)


def hers(number: int, **changes: str) -> str:
    """A line of an order file: an order of hers."""
    who = {"buyer": ACCOUNT, "name": NAME, "phone": f"'{PHONE}", "address": f"浙江省杭州市西湖区{STREET}"}
    return order(number, **who | changes)


def import_orders(brand_id: int, path: Path, *lines: str) -> Outcome:
    return services.start_import(brand_id, write_orders(path, lines))


def import_members(brand_id: int, path: Path, text: str = MEMBERS) -> Outcome:
    path.write_text(text, encoding="utf-8-sig")
    return services.start_import(brand_id, path)


def settle_in(brand_id: int, folder: Path) -> int:
    """Both files, with another buyer between; the number of her who is to be erased."""
    import_orders(brand_id, folder / "orders.csv", hers(1), order(2), hers(3))
    import_members(brand_id, folder / "members.csv")
    return her(brand_id)


def her(brand_id: int) -> int:
    (found,) = lookup.find(brand_id, Identity("phone", f"+86{PHONE}"))
    return found


def named_in_database(*secrets: str) -> list[tuple[str, str]]:
    """(table, secret) wherever any column of any table holds one of the texts."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            text = "\n".join(
                str(bytes(cell).decode("utf-8", "replace") if isinstance(cell, bytes | memoryview) else cell)
                for row in cursor.fetchall()
                for cell in row
            )
            plain = text.encode().decode("unicode_escape", "ignore") if "\\u" in text else ""
            found += [(table, secret) for secret in secrets if secret in text or secret in plain]
    return found


def named_in_lake(*secrets: str) -> list[tuple[str, str]]:
    """(file, secret) wherever a file of the lake holds one of the texts, read as a table."""
    import pyarrow.parquet as pq

    found = []
    for path in (home() / "lake").rglob("*.parquet"):
        text = str(pq.read_table(path).to_pylist())
        found += [(path.name, secret) for secret in secrets if secret in text]
    return found
