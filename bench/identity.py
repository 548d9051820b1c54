"""How well identities are resolved: the demo brand of a seed nobody developed with, scored against its truth.

`python -m bench.identity [--customers N] [--seed S]` simulates, imports every file through its importer and
prints one JSON object: pairwise precision and recall over identity values and over orders. Without a seed it
takes a new one each time.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = {"tmall": "tmall", "jd": "jd", "douyin": "douyin", "youzan": "youzan", "shop:lanhua": "store"}


def build(customers: int, seed: int) -> None:
    words = ["demo", "--no-serve", "--json", "--customers", str(customers), "--seed", str(seed)]
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    subprocess.run(
        [sys.executable, "-m", "guanxi.cli.main", *words],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )


def truth(home: Path, name: str) -> Iterator[dict[str, str]]:
    path = home / "demo" / "files" / "truth" / f"{name}.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def measure(home: Path) -> dict[str, object]:
    """Scores of the installation in `home`. A row without a cluster is findable with nobody."""
    from guanxi.customers.identifiers import is_personal, name_key_text
    from guanxi.customers.models import Subject
    from guanxi.customers.scoring import Scored, score
    from guanxi.platform import people, vault
    from guanxi.touchpoints.models import Touchpoint

    brand = people.find_brand("lanhua").pk
    subjects = Subject.objects.filter(brand_id=brand)
    customer_of = {
        (scheme, key, holder): customer
        for scheme, key, holder, customer in subjects.values_list("scheme", "key", "holder", "customer_id")
    }
    identities, unseen = [], 0
    for n, row in enumerate(truth(home, "identities")):
        if not row["persons"] or "|" in row["persons"]:
            continue
        scheme, value = row["scheme"], row["value"]
        text = name_key_text(row["holder"]) if row["holder"] else None
        key = vault.blind_index(brand, scheme, value) if is_personal(scheme) else value
        found = customer_of.get((scheme, key, vault.name_key(brand, text) if text else 0))
        if found is None:
            unseen += 1
        else:
            identities.append(Scored(row["persons"], row["cluster"] or n, found))

    orders = Touchpoint.objects.filter(brand_id=brand, kind__in=["order.paid", "order.placed"])
    subject_customers = dict(subjects.values_list("pk", "customer_id"))
    from guanxi.touchpoints.models import Source

    channel_of = {row.pk: SOURCES.get(row.name, "") for row in Source.objects.filter(brand_id=brand)}
    found_orders = {
        (channel_of[source], ref.removesuffix(":placed")): subject_customers[subject]
        for source, ref, subject in orders.exclude(subject_id=None)
        .values_list("source_id", "source_ref", "subject_id")
        .iterator()
    }
    records = [
        Scored(row["person"], row["cluster"] or n, found_orders[row["channel"], row["ref"]])
        for n, row in enumerate(truth(home, "records"))
        if row["person"] and "ambiguous" not in row["cases"] and (row["channel"], row["ref"]) in found_orders
    ]
    return {
        "identities": {**score(identities).figures(), "unseen": unseen},
        "orders": score(records).figures(),
    }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--home", type=Path, help="score an installation whose demo exists already")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        home = given.home or Path(folder) / "home"
        os.environ["GUANXI_HOME"] = str(home)
        os.environ.pop("DATABASE_URL", None)
        if given.home is None:
            build(given.customers, given.seed)
        sys.path.insert(0, str(ROOT / "src"))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanxi.platform.settings")
        import django

        django.setup()
        figures = measure(home)
    print(json.dumps({"customers": given.customers, "seed": given.seed, **figures}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
