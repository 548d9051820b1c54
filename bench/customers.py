"""The list of customers at a million of them, beside the bare SQL that each page cannot do without.

`python -m bench.customers --customers 1000000` prints one JSON object: milliseconds of processor time for
the first page, a page deep by key, pages of one city and by identities held, the choices, the count, and
searches by name and by the end of a phone; and `ratio`, the first page to its raw statement. The customers
are made by SQL in a temporary SQLite database; only some of them have sealed names and phones.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable

SEALED = 20_000
CITIES = 340
REPEATS = 10
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
_SUBJECTS = f"""{_NUMBERS} INSERT INTO customers_subject
  (id, brand_id, scheme, key, holder, customer_id, first_ms, last_ms, anchored, contested, crowded,
   sealed_hash, traits)
  SELECT i, %s, 'tmall', 'c' || i, 0, i, i, i, 1, 0, 0, 0, '' FROM n"""
_CUSTOMERS = f"""{_NUMBERS} INSERT INTO customers_customer
  (id, brand_id, created_ms, first_ms, last_ms, adcode, gender, birthday, birthday_calendar, language,
   schemes, orders, revenue_fen, last_order_ms)
  SELECT i, %s, i, i, i, 110000 + i %% {CITIES} * 100, '', '', '', '',
    {{tmall}} + {{phone}} * (i %% 3 > 0) + {{unionid}} * (i %% 1000 = 0), i %% 7,
    i * 37 %% 100000, i FROM n"""
_RAW = """SELECT * FROM customers_customer WHERE brand_id = %s AND merged_into_id IS NULL
  ORDER BY id DESC LIMIT 51"""


def milliseconds(work: Callable[[], object]) -> float:
    """Of processor time, on average, once warm."""
    work()
    started = time.process_time()
    for _ in range(REPEATS):
        work()
    return round((time.process_time() - started) / REPEATS * 1000, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    count = parser.parse_args().customers
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        os.environ |= {
            "GUANXI_HOME": folder,
            "GUANXI_MASTER_KEY": b64encode(os.urandom(32)).decode(),
            "DJANGO_SETTINGS_MODULE": "guanxi.platform.settings",
        }
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(json.dumps(measured(count)))


def seal(brand: int, subjects: range) -> None:
    """Give these subjects names and phones."""
    from guanxi.platform import vault
    from guanxi.platform.writing import writing

    seen: dict[int, vault.Fields] = {
        i: {
            "name": vault.Seen("王小" + chr(0x4E00 + i % 900), i),
            "phone": vault.Seen(f"+861380{i:07d}", i),
        }
        for i in subjects
    }
    with writing():
        vault.seal_many(brand, seen, new=seen.keys())


def measured(count: int) -> dict[str, float]:
    from django.db import connection

    from guanxi.customers.console import faces, listing, reads
    from guanxi.customers.console.listing import Query
    from guanxi.customers.held import BITS
    from guanxi.platform import people
    from guanxi.platform.writing import writing

    brand = people.create_brand("bench", "Bench", actor="cli").pk
    with writing(), connection.cursor() as cursor:
        cursor.execute(_SUBJECTS, [count, brand])
        cursor.execute(_CUSTOMERS.format(**BITS), [count, brand])
    seal(brand, range(max(count - SEALED, 0) + 1, count + 1))

    def shown(query: Query) -> None:
        rows, _after = listing.page(brand, query)
        faces.faces(brand, [row.pk for row in rows])

    def raw() -> None:
        with connection.cursor() as cursor:
            cursor.execute(_RAW, [brand])
            cursor.fetchall()

    bare, first = milliseconds(raw), milliseconds(lambda: listing.page(brand, Query()))
    city, middle = 110_000 + 7 * 100, count // 2
    return {
        "customers": count,
        "raw_first_page_ms": bare,
        "first_page_ms": first,
        "ratio": round(first / bare, 2),
        "first_page_with_faces_ms": milliseconds(lambda: shown(Query())),
        "deep_page_ms": milliseconds(lambda: shown(Query(after=(middle, middle)))),
        "deep_by_revenue_ms": milliseconds(lambda: shown(Query(sort="revenue", after=(50_000, middle)))),
        "city_page_ms": milliseconds(lambda: shown(Query(city=city))),
        "city_by_revenue_ms": milliseconds(lambda: shown(Query(city=city, sort="revenue"))),
        "without_phone_ms": milliseconds(lambda: shown(Query(lacks="phone"))),
        "without_phone_by_revenue_ms": milliseconds(lambda: shown(Query(lacks="phone", sort="revenue"))),
        "with_unionid_ms": milliseconds(lambda: shown(Query(has="unionid"))),
        "with_unionid_by_revenue_ms": milliseconds(lambda: shown(Query(has="unionid", sort="revenue"))),
        "with_what_nobody_has_ms": milliseconds(lambda: shown(Query(has="wecom"))),
        "without_phone_total_ms": milliseconds(lambda: listing.total(brand, Query(lacks="phone"))),
        "schemes_ms": milliseconds(lambda: listing.schemes(brand)),
        "cities_ms": milliseconds(lambda: listing.cities(brand)),
        "total_ms": milliseconds(lambda: listing.total(brand, Query())),
        "name_search_ms": milliseconds(lambda: reads.search(brand, "王小", 51)),
        "tail_search_ms": milliseconds(lambda: reads.search(brand, "****" + f"{count:07d}"[-4:], 51)),
    }


if __name__ == "__main__":
    main()
