"""A million profiles, fifty million touchpoints, two hundred segments: everybody's membership from the lake.

    python -m bench.segments [--rows 50000000] [--customers 1000000] [--segments 200] [--keep FOLDER]
    python -m bench.segments --write [--database URL]

`refresh_seconds` answers all segments for all customers in one go, as a full refresh does, and fetches who is
in and out and when time alone will change it. `previews` are counts of single segments over the same lake,
ours and the best SQL we can write by hand for DuckDB in turn, on the same views. The lake and the segments
are made from a seed: whoever runs this with the same options asks the same questions of the same facts. A
lake kept with `--keep` is not made again. `one_by_one_seconds` is the refresh's baseline: the first `--alone`
segments (20) asked one after the other, beside the same ones in one go (`together_seconds`).
docs/guide/segments-benchmark.md says what all this shows and what it does not.

`--write` measures the same refresh as it runs in earnest instead: two hundred segments in a database of their
own, filled with everybody they hold of, and then refreshed once more.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

AS_OF_DAYS = 1_090  # from the beginning of the lake: most of its facts lie before
CHANNELS = ("tmall", "jd", "douyin", "store")
KINDS = ("order.paid", "order.refunded", "code.scanned", "message.sent")
WINDOWS = (7, 14, 30, 60, 90, 180, 365)

# Counts of one segment: what an operator sees while typing. {as_of} and {after_30} … are UTC milliseconds.
PREVIEWS: dict[str, tuple[dict[str, Any], str]] = {
    "ordered twice in 90 days on tmall": (
        {
            "leaf": "behaviour.did",
            "kinds": ["order.paid"],
            "at_least": 2,
            "within": {"days": 90},
            "where": [{"field": "channel", "value": "tmall"}],
        },
        """SELECT count(*) FROM (
             SELECT coalesce(m.customer_id, s.subject_id) c FROM (
               SELECT subject_id, count(*) n FROM touchpoints WHERE kind = 'order.paid' AND channel = 'tmall'
               AND subject_id IS NOT NULL AND occurred_ms BETWEEN {after_90} AND {as_of}
               AND local_month >= {month_90} GROUP BY 1) s
             LEFT JOIN subject_map m USING (subject_id) GROUP BY 1 HAVING sum(n) >= 2)""",
    ),
    "scanned in 30 days, has not ordered in 60": (
        {
            "all": [
                {"leaf": "behaviour.did", "kinds": ["code.scanned"], "within": {"days": 30}},
                {"not": {"leaf": "behaviour.did", "kinds": ["order.paid"], "within": {"days": 60}}},
            ]
        },
        """WITH s AS (
             SELECT subject_id, bool_or(kind = 'code.scanned' AND occurred_ms >= {after_30}) a,
               bool_or(kind = 'order.paid') b
             FROM touchpoints WHERE kind IN ('code.scanned', 'order.paid') AND subject_id IS NOT NULL
             AND occurred_ms BETWEEN {after_60} AND {as_of}
             AND local_month >= {month_60} GROUP BY 1)
           SELECT count(*) FROM (SELECT coalesce(m.customer_id, s.subject_id) c FROM s
             LEFT JOIN subject_map m USING (subject_id) GROUP BY 1 HAVING bool_or(a) AND NOT bool_or(b))""",
    ),
    "spent 5,000 yuan ever": (
        {"leaf": "value.monetary", "at_least": 500_000, "net": False},
        """SELECT count(*) FROM (
             SELECT coalesce(m.customer_id, s.subject_id) c FROM (
               SELECT subject_id, sum(amount_fen)::bigint a FROM touchpoints WHERE kind = 'order.paid'
               AND subject_id IS NOT NULL AND occurred_ms <= {as_of} GROUP BY 1) s
             LEFT JOIN subject_map m USING (subject_id) GROUP BY 1 HAVING sum(a) >= 500000)""",
    ),
    "bought, but not for half a year": (
        {"leaf": "value.recency", "at_least_days": 180},
        """SELECT count(*) FROM (
             SELECT coalesce(m.customer_id, s.subject_id) c FROM (
               SELECT subject_id, max(occurred_ms) t FROM touchpoints WHERE kind = 'order.paid'
               AND subject_id IS NOT NULL AND occurred_ms <= {as_of} GROUP BY 1) s
             LEFT JOIN subject_map m USING (subject_id) GROUP BY 1
             HAVING max(t) <= {after_180} - 1)""",
    ),
}


def leaves(dice: random.Random) -> Iterator[dict[str, Any]]:
    """Questions as operators ask them, in an endless mixture."""
    while True:
        days = {"days": dice.choice(WINDOWS)}
        where = [{"field": "channel", "value": dice.choice(CHANNELS)}]
        yield dice.choice(
            (
                {
                    "leaf": "behaviour.did",
                    "kinds": [dice.choice(KINDS)],
                    "at_least": dice.randint(1, 4),
                    "within": days,
                },
                {
                    "leaf": "behaviour.did",
                    "kinds": ["order.paid"],
                    "within": days,
                    "where": [*where, {"field": "amount_fen", "op": "ge", "value": 50_000}],
                },
                {"leaf": "behaviour.did", "kinds": ["order.paid"], "at_least": 2, "where": where},
                {"leaf": "value.recency", "at_most_days": dice.choice(WINDOWS)},
                {"leaf": "value.recency", "at_least_days": dice.choice(WINDOWS)},
                {"leaf": "value.frequency", "at_least": dice.randint(2, 12), "within": days},
                {"leaf": "value.monetary", "at_least": dice.choice((100_000, 300_000, 1_000_000))},
                {
                    "leaf": "behaviour.average",
                    "kinds": ["order.paid"],
                    "at_least": dice.choice((30_000, 60_000)),
                    "within": days,
                },
            )
        )


def conditions(count: int, seed: int = 11) -> list[dict[str, Any]]:
    """Trees of one to four leaves: mostly "all of", some "any of" inside, some "not"."""
    dice = random.Random(seed)
    source = leaves(dice)
    made = []
    for _ in range(count):
        parts: list[dict[str, Any]] = [next(source) for _ in range(dice.randint(1, 3))]
        if dice.random() < 0.4:
            parts.append({"not": next(source)})
        if dice.random() < 0.2:
            parts.append({"any": [next(source), next(source)]})
        made.append({"version": 1, "all": parts})
    return made


@contextmanager
def installation(kept: str | None, database: str | None = None) -> Iterator[None]:
    """Django on a folder that is thrown away, or kept; always with a new database."""
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as temporary:
        folder = Path(kept or temporary)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.environ.update(GUANXI_HOME=str(folder), DJANGO_SETTINGS_MODULE="guanxi.platform.settings")
        os.environ["DATABASE_URL"] = database or f"sqlite:///{temporary}/bench.sqlite3"
        os.environ.setdefault("GUANXI_SECRET_KEY", "x" * 50)
        os.environ.pop("WAREHOUSE_URL", None)
        import django

        django.setup()
        yield


def seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--segments", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5, help="of each preview")
    parser.add_argument("--alone", type=int, default=20, help="segments asked one after the other, too")
    parser.add_argument("--keep", help="a folder for the lake, kept for the next time")
    parser.add_argument(
        "--write", action="store_true", help="measure the refresh with its writes, and only it"
    )
    parser.add_argument("--database", help="an empty PostgreSQL database for --write, instead of SQLite")
    options = parser.parse_args()
    with installation(options.keep, options.database):
        print(json.dumps(measured(options), ensure_ascii=False))


def measured(options: argparse.Namespace) -> dict[str, Any]:
    from bench._lake import DAY_MS, START_MS, generate
    from guanxi.kernel.conditions import LEAVES, Moment, parse
    from guanxi.segments import compiling
    from guanxi.warehouse import queries as warehouse
    from guanxi.warehouse.engines import engine
    from guanxi.warehouse.lake import Lake

    brand: Any = SimpleNamespace(slug="bench", pk=1, timezone="Asia/Shanghai", created_ms=0)
    lake = Lake(brand.slug)
    made_seconds = 0.0
    if not lake.manifest().version:
        made_seconds = seconds(lambda: generate(brand.slug, options.rows, options.customers))
    moment = Moment(START_MS + AS_OF_DAYS * DAY_MS)
    if options.write:
        from bench._segments_write import written

        return written(brand.slug, conditions(options.segments), moment.as_of_ms)
    parsed = {number: parse(one, LEAVES) for number, one in enumerate(conditions(options.segments), start=1)}

    def refresh() -> Any:
        return warehouse.run(brand, compiling.expression(brand, parsed, moment))

    some = dict(list(parsed.items())[: options.alone])

    def together() -> Any:
        return warehouse.run(brand, compiling.expression(brand, some, moment))

    def one_by_one() -> None:
        for number, one in some.items():
            warehouse.run(brand, compiling.expression(brand, {number: one}, moment))

    compile_seconds = seconds(lambda: warehouse.sql(compiling.expression(brand, parsed, moment)))
    rounds = [seconds(refresh) for _ in range(2)]
    answer = refresh()
    members = sum(answer[name].to_numpy().sum() for name in answer.column_names if name.startswith("s"))
    return {
        "rows": options.rows,
        "customers": answer.num_rows,
        "segments": options.segments,
        "memberships": int(members),
        "lake_seconds": round(made_seconds, 1),
        "compile_seconds": round(compile_seconds, 2),
        "refresh_seconds": round(min(rounds), 2),
        "alone": len(some),
        "together_seconds": round(seconds(together), 2),
        "one_by_one_seconds": round(seconds(one_by_one), 2),
        "previews": previews(brand, lake, engine(), moment, options.rounds),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "wanted": {"refresh_seconds": 60, "preview_p95_ms": 500, "preview_ratio": 1.5},
    }


def previews(brand: Any, lake: Any, duckdb: Any, moment: Any, rounds: int) -> dict[str, Any]:
    """Ours in milliseconds (median and greatest of the rounds) and as a ratio to the SQL by hand."""
    from datetime import UTC, datetime, timedelta

    from bench._lake import DAY_MS
    from guanxi.kernel.conditions import LEAVES, parse
    from guanxi.segments import compiling

    def month(days: int) -> int:
        at = datetime.fromtimestamp(moment.as_of_ms / 1000, UTC) + timedelta(hours=8) - timedelta(days=days)
        return at.year * 12 + at.month - 1

    found: dict[str, Any] = {}
    for name, (condition, by_hand) in PREVIEWS.items():
        after = {f"after_{days}": moment.as_of_ms - days * DAY_MS + 1 for days in (30, 60, 90, 180)}
        statement = by_hand.format(as_of=moment.as_of_ms, month_60=month(60), month_90=month(90), **after)
        parsed = parse({"version": 1, **condition}, LEAVES)
        ours = partial(compiling.count, brand, parsed, moment)
        theirs = partial(duckdb.query, lake, statement)
        counts = ours(), theirs()[0][0].as_py()
        if counts[0] != counts[1]:
            raise SystemExit(f"{name}: {counts[0]} by the condition, {counts[1]} by hand")
        pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
        mine = sorted(pair[0] for pair in pairs)
        sampled = sorted(seconds(partial(compiling.counted, brand, parsed, moment)) for _ in range(rounds))
        found[name] = {
            "count": counts[0],
            "ms": round(statistics.median(mine) * 1000),
            "most_ms": round(mine[-1] * 1000),
            "with_sample_ms": round(statistics.median(sampled) * 1000),
            "ratio": round(statistics.median(a / b for a, b in pairs), 2),
        }
    return found


if __name__ == "__main__":
    main()
