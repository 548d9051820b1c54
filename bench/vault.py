"""Sealing and opening personal data, beside the bare AES-GCM encryptions that it cannot do without.

`python -m bench.vault --subjects 100000` prints one JSON object: subjects per second sealed and opened with
their SQL on SQLite, sealed without any SQL, bare (two encryptions a subject: its key is wrapped, its fields
are sealed), the ratio of sealing without SQL to bare, and name searches. Seconds are of processor time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from unittest import mock

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BATCH = 5_000
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂红梅文玲建华雪飞鑫玉萍浩宇晨欣怡佳琪"


def people(count: int) -> Iterator[dict[int, dict[str, tuple[str, int]]]]:
    """Batches of subjects with a name, a phone and an address each."""
    dice = random.Random(1)
    for start in range(1, count + 1, BATCH):
        batch = {}
        for subject in range(start, min(start + BATCH, count + 1)):
            name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2))))
            address = (
                f"浙江省杭州市西湖区文三路{dice.randrange(1, 999)}号{dice.randrange(1, 40)}幢{subject}室"
            )
            batch[subject] = {
                "name": (name, subject),
                "phone": (f"+8613{subject:09d}", subject),
                "address": (address, subject),
            }
        yield batch


def rate(count: int, work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return count / (time.process_time() - started)


def bare(count: int) -> float:
    wrap = AESGCM(os.urandom(32)).encrypt
    content = b"x" * 180
    nonce = bytes(12)

    def encrypt() -> None:
        for subject in range(count):
            key = os.urandom(32)
            wrap(nonce, key, b"k%d" % subject)
            AESGCM(key).encrypt(nonce, content, b"b%d" % subject)

    return rate(count, encrypt)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=100_000)
    count = parser.parse_args().subjects
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


def measured(count: int) -> dict[str, float]:
    from guanxi.platform import vault
    from guanxi.platform.vault import boxes
    from guanxi.platform.writing import writing

    batches = list(people(count))

    def seal(sql: bool) -> None:
        for batch in batches:
            if sql:
                with writing():
                    vault.seal_many(1, batch, new=batch.keys())
            else:
                vault.seal_many(1, batch, new=batch.keys())

    vault.check_keys()
    with mock.patch.object(boxes, "insert_rows", lambda table, columns, rows, **_: len(rows)):
        sealed = rate(count, lambda: seal(False))
    plain = bare(count)
    with_sql = rate(count, lambda: seal(True))
    opened = rate(count, lambda: [vault.open_many(batch) for batch in batches])
    names = [batch[next(iter(batch))]["name"][0] for batch in batches]
    search = rate(len(names), lambda: [vault.search_name(1, name, limit=50) for name in names])
    return {
        "subjects": count,
        "sealed_per_second": round(sealed),
        "bare_per_second": round(plain),
        "ratio": round(sealed / plain, 3),
        "sealed_with_sql_per_second": round(with_sql),
        "opened_per_second": round(opened),
        "name_searches_per_second": round(search, 1),
    }


if __name__ == "__main__":
    main()
