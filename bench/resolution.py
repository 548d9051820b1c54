"""Identity resolution by itself: how well on the simulator's truth, how fast for new and known customers.

`python -m bench.resolution [--customers 10000] [--seed 20261121] [--batch 5000]` prints one JSON object.
Times are CPU time of this process. The baseline is a bare `executemany` of the same subjects and ties into
the same indexed tables.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

NEW_ADDRESS_EVERY = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--batch", type=int, default=5_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        _prepare(Path(folder))
        figures = _quality(Path(folder), options) | _speed(options)
    print(json.dumps(figures))


def _prepare(folder: Path) -> None:
    """A fresh database in `folder`; Django is imported after its settings are in the environment."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
    os.environ["GUANXI_HOME"] = str(folder)
    os.environ["GUANXI_MASTER_KEY"] = "YmVuY2gtbWFzdGVyLWtleS1vZi0zMi1ieXRlcy0tLS0="
    os.environ["DJANGO_SETTINGS_MODULE"] = "guanxi.platform.settings"
    os.environ.pop("DATABASE_URL", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _resolve(brand_id: int, sightings: list[Any], batch: int) -> tuple[list[int | None], float]:
    """The subjects, and the microseconds a sighting took."""
    from guanxi.customers.services import resolve
    from guanxi.platform.writing import writing

    subjects: list[int | None] = []
    started = time.process_time()
    for at in range(0, len(sightings), batch):
        with writing(brand_id):
            subjects += resolve(brand_id, sightings[at : at + batch]).subject_ids
    return subjects, round((time.process_time() - started) * 1e6 / len(sightings), 1)


def _brand(name: str) -> int:
    from guanxi.platform.models import Brand

    return int(Brand.objects.create(slug=name, name=name).pk)


def _quality(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    from bench import _truth
    from guanxi.simulator.brand import simulate

    simulate(folder, customers=options.customers, seed=options.seed, years=3, until=date(2026, 10, 31))
    brand_id = _brand("truth")
    records, identities = list(_truth.read(folder, "records")), list(_truth.read(folder, "identities"))
    subjects, micros = _resolve(brand_id, list(map(_truth.sighting, records)), options.batch)
    return {
        "customers": options.customers,
        "seed": options.seed,
        "identities": _truth.identities_score(brand_id, identities).figures(),
        "records": _truth.records_score(brand_id, records, subjects, identities).figures(),
        "simulated_us": micros,
    }


def _speed(options: argparse.Namespace) -> dict[str, Any]:
    brand_id, count = _brand("speed"), options.customers
    _, new = _resolve(brand_id, [_order(i, 0) for i in range(count)], options.batch)
    _, known = _resolve(brand_id, [_order(i, 1) for i in range(count)], options.batch)
    bare = _bare(count)
    return {"new_us": new, "known_us": known, "bare_us": bare, "new_to_bare": round(bare / new, 3)}


def _order(number: int, round_: int) -> Any:
    from guanxi.customers.contracts import Identity, Person, Sighting

    scrambled = number * 7919 % 100_000_000
    name = chr(0x4E00 + scrambled % 300) + chr(0x5E00 + scrambled // 300 % 3000)
    house = number if round_ == 0 or number % NEW_ADDRESS_EVERY else -number
    identities = (Identity("tmall", f"tb{scrambled}"), Identity("phone", f"+86138{scrambled:08d}"))
    person = Person(name=name, address=f"浙江省杭州市西湖区文三路{house}号", city="杭州市")
    return Sighting(identities, person, 1_700_000_000_000 + (number + round_ * 10_000_000) * 1_000)


def _bare(count: int) -> float:
    """Microseconds for the rows of one new customer, written bare: two subjects, a tie, a customer."""
    from guanxi.customers.settling import CUSTOMER_COLUMNS
    from guanxi.customers.store import SUBJECT_COLUMNS, new_subject_ids
    from guanxi.platform.bulk import insert_rows
    from guanxi.platform.writing import writing

    brand_id = _brand("bare")
    ids = new_subject_ids(2 * count)
    keys = [f"{number * 2654435761 % 2**64:022d}" for number in ids]
    tail = (0, 0, True, False, False, 0, "")
    subjects = [(n, brand_id, "phone", key, 7, n, *tail) for n, key in zip(ids, keys, strict=True)]
    customers = [(n, brand_id, None, 0, 0, 0, None, "", "", "", "", 0, 0, 0) for n in ids[::2]]
    ties = [(brand_id, n, n + 1, 1, 0, 0) for n in ids[::2]]
    kinds = dict.fromkeys(("brand_id", "a_id", "b_id", "n", "first_ms", "last_ms"), "bigint")
    started = time.process_time()
    with writing(brand_id):
        insert_rows("customers_subject", SUBJECT_COLUMNS, subjects)
        insert_rows("customers_link", kinds, ties)
        insert_rows("customers_customer", CUSTOMER_COLUMNS, customers)
    return round((time.process_time() - started) * 1e6 / count, 1)


if __name__ == "__main__":
    main()
