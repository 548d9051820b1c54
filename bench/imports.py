"""Import of a Taobao order file, identity resolution included, beside a bare insert of the same rows.

`python -m bench.imports --rows 1000000 --database sqlite|postgres` prints one JSON object: rows per second of
the import, of the bare insert (executemany, or COPY on PostgreSQL) of the rows that the import wrote into the
same tables with the same indexes, their ratio, and the peak memory of the processes.

The bare insert takes the rows in the order of the file, numbered in that order, as whoever loads a file does.
An import puts neighbours together first (docs/adr/0091): some of its work, and it makes inserting quicker;
`arranged_ratio` is beside a bare insert that gets the rows in that order for nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pgserver
import psycopg

from guanxi.platform.databases import SQLITE_PRAGMAS

ROOT = Path(__file__).resolve().parents[1]
HEADER = (
    "订单编号,买家会员名,买家应付货款,买家实际支付金额,订单状态,收货人姓名,收货地址 ,联系手机,"
    "订单创建时间,订单付款时间 ,宝贝标题 ,宝贝总数量,店铺名称,退款金额"
)
# What an import writes, in the order in which it first writes to them.
TABLES = (
    "customers_subject",
    "customers_customer",
    "customers_subjectmove",
    "customers_link",
    "platform_vaultkey",
    "platform_vaultbox",
    "platform_vaultgram",
    "touchpoints_touchpoint",
)
SUBJECT, FACT = "subject_id", "fact_id"
# Columns that hold numbers given in order of writing: of subjects, of facts and of ties.
NUMBERED = {
    "customers_subject": {"id": SUBJECT, "customer_id": SUBJECT},
    "customers_customer": {"id": SUBJECT},
    "customers_subjectmove": {},
    "customers_link": {"a_id": SUBJECT, "b_id": SUBJECT},
    "platform_vaultkey": {"subject_id": SUBJECT},
    "platform_vaultbox": {"subject_id": SUBJECT},
    "platform_vaultgram": {"subject_id": SUBJECT},
    "touchpoints_touchpoint": {"id": FACT, "subject_id": SUBJECT},
}
WRITTEN_BY = {"customers_link": "a_id, b_id", "platform_vaultgram": "subject_id"}
SLICE = 4_000
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂红梅文玲建华雪飞鑫玉萍浩宇晨欣怡佳琪"


def write_orders(path: Path, rows: int) -> None:
    """Orders of rows/3 buyers over three years, in time order; three in ten phones masked."""
    dice = random.Random(7)
    buyers = max(1, rows // 3)
    begin = time.mktime((2022, 1, 1, 0, 0, 0, 0, 0, 0))
    step = 3 * 365 * 86_400 / rows
    with path.open("w", encoding="gb18030", newline="") as out:
        out.write(HEADER + "\r\n")
        for number in range(rows):
            buyer = int(buyers * dice.random() ** 1.5)
            mix = random.Random(buyer)
            name = mix.choice(SURNAMES) + "".join(mix.choices(GIVEN, k=2))
            phone = f"13{buyer % 10**9:09d}"
            if buyer % 10 < 3:
                phone = f"{phone[:3]}****{phone[-4:]}"
            moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(begin + number * step))
            paid = dice.randrange(900, 99_900) / 100
            out.write(
                f'="{10**17 + number * 977}",tb{buyer:08d},{paid + 10:.2f},{paid:.2f},交易成功,{name},'
                f"浙江省 杭州市 西湖区 文三路{buyer % 900}号,'{phone},{moment},{moment},"
                f"兰花面霜 50ml 第{number % 37}款,{1 + number % 3},兰花旗舰店,0.00\r\n"
            )


def environment(home: Path, database_url: str | None) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    result = {**os.environ, "GUANXI_HOME": str(home), "PYTHONPATH": path, "GUANXI_DEBUG": "0"}
    result.update(DJANGO_SETTINGS_MODULE="guanxi.platform.settings", GUANXI_SECRET_KEY="x" * 50)
    result["GUANXI_MASTER_KEY"] = "dGVzdC1tYXN0ZXIta2V5LW9mLTMyLWJ5dGVzLS0tLSE="
    result.pop("DATABASE_URL", None)
    if database_url:
        result["DATABASE_URL"] = database_url
    return result


def call(arguments: list[str], environ: dict[str, str], *, good: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environ, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode not in good:
        raise SystemExit(f"{arguments} failed:\n{done.stderr[-3000:]}")
    return done.stdout


def prepared(environ: dict[str, str]) -> None:
    call(["manage.py", "migrate", "-v0"], environ)
    call(
        [
            "-c",
            "import django; django.setup()\n"
            "from guanxi.platform.models import Brand\n"
            "Brand.objects.create(slug='bench', name='Bench', is_default=True)",
        ],
        environ,
    )


def imported(path: Path, environ: dict[str, str]) -> dict[str, object]:
    """The import by the command, with the peak memory of the writer and of the reader, its child."""
    script = (
        "import json, resource, sys\n"
        "from guanxi.cli.main import run\n"
        f"code = run(['import', {str(path)!r}, '--json'])\n"
        "whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)\n"
        "peaks = [resource.getrusage(who).ru_maxrss // 1024 for who in whose]\n"
        "print(json.dumps({'code': code, 'writer_mib': peaks[0], 'reader_mib': peaks[1]}))"
    )
    lines = call(["-c", script], environ).strip().splitlines()
    return {**json.loads(lines[-2]), **json.loads(lines[-1])}


def slices(counts: dict[str, int]) -> Iterator[list[tuple[str, int, int]]]:
    """Equal shares of every table, as many as chunks were imported: (table, first row, rows)."""
    total = max(1, counts["touchpoints_touchpoint"] // SLICE)
    for number in range(total):
        yield [
            (table, count * number // total, count * (number + 1) // total - count * number // total)
            for table, count in counts.items()
        ]


RENUMBERED = (
    "CREATE TEMP TABLE new_subject AS"
    " SELECT id, row_number() OVER (ORDER BY first_ms, id) AS number FROM customers_subject",
    "CREATE UNIQUE INDEX new_subject_id ON new_subject (id)",
    "CREATE TEMP TABLE new_fact AS"
    " SELECT id, row_number() OVER (ORDER BY occurred_ms, id) AS number FROM touchpoints_touchpoint",
    "CREATE UNIQUE INDEX new_fact_id ON new_fact (id)",
)


def rows_of(table: str, columns: list[str], *, arranged: bool) -> str:
    """A query for the table's rows as the import wrote them, or numbered and sorted as the file has them."""
    key = next(iter(NUMBERED[table]), "id")
    if arranged:
        return f"SELECT {', '.join(columns)} FROM {table} ORDER BY {WRITTEN_BY.get(table, key)}"
    numbered = {
        column: f"(SELECT number FROM new_{kind.removesuffix('_id')} n WHERE n.id = t.{column})"
        for column, kind in NUMBERED[table].items()
    }
    chosen = ", ".join(f"{numbered.get(column, 't.' + column)} AS {column}" for column in columns)
    return f"SELECT {chosen} FROM {table} t ORDER BY {key if table != 'customers_link' else 'a_id, b_id'}"


def bare_sqlite(source: Path, target: Path, *, arranged: bool) -> float:
    """Seconds that executemany needs for the same rows, in transactions of the same size."""
    seconds = 0.0
    target.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(source)) as old,
        closing(sqlite3.connect(target, isolation_level=None)) as new,
    ):
        new.executescript(SQLITE_PRAGMAS)
        new.execute("PRAGMA foreign_keys=OFF")
        for statement in RENUMBERED:
            old.execute(statement)
        readers = {}
        for table in TABLES:
            made = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC"
            for (statement,) in old.execute(made, [table]):
                new.execute(statement)
            columns = [row[1] for row in old.execute(f"PRAGMA table_info({table})")]
            readers[table] = old.execute(rows_of(table, columns, arranged=arranged))
        counts = {table: old.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
        for part in slices(counts):
            rows = {table: readers[table].fetchmany(count) for table, _, count in part if count}
            began = time.perf_counter()
            new.execute("BEGIN IMMEDIATE")
            for table, chunk in rows.items():
                new.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(chunk[0]))})", chunk)
            new.execute("COMMIT")
            seconds += time.perf_counter() - began
    return seconds


def bare_postgres(url: str, *, arranged: bool) -> float:
    """Seconds that COPY needs for the same rows into tables like theirs, in transactions of the same size."""
    seconds = 0.0
    with psycopg.connect(url) as old, psycopg.connect(url) as new:
        counts = {}
        for statement in RENUMBERED:
            old.execute(statement)
        old.execute("ANALYZE")
        for table in TABLES:
            columns = columns_of(old, table).split(", ")
            rows = rows_of(table, columns, arranged=arranged)
            old.execute(f"CREATE TEMP TABLE old_{table} AS {rows}")
            old.execute(f"ALTER TABLE old_{table} ADD COLUMN row_no bigserial")
            old.execute(f"CREATE INDEX ON old_{table} (row_no)")
            found = old.execute(f"SELECT count(*) FROM old_{table}").fetchone()
            counts[table] = found[0] if found else 0
        old.commit()
        for table in TABLES:
            new.execute(f"DROP TABLE IF EXISTS bare_{table}")
            new.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        new.commit()
        for part in slices(counts):
            texts = {table: copied_out(old, table, first, count) for table, first, count in part if count}
            began = time.perf_counter()
            for table, text in texts.items():
                with new.cursor().copy(f"COPY bare_{table} ({columns_of(old, table)}) FROM STDIN") as into:
                    into.write(text)
            new.commit()
            seconds += time.perf_counter() - began
    return seconds


_columns: dict[str, str] = {}


def columns_of(connection: object, table: str) -> str:
    if table not in _columns:
        found = connection.execute(  # type: ignore[attr-defined]
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
            f" WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'xid'"
        ).fetchone()
        _columns[table] = found[0]
    return _columns[table]


def copied_out(connection: object, table: str, first: int, count: int) -> bytes:
    query = (
        f"COPY (SELECT {columns_of(connection, table)} FROM old_{table}"
        f" WHERE row_no > {first} AND row_no <= {first + count} ORDER BY row_no) TO STDOUT"
    )
    with connection.cursor().copy(query) as out:  # type: ignore[attr-defined]
        return b"".join(bytes(piece) for piece in out)


@contextmanager
def database(kind: str, home: Path) -> Iterator[str | None]:
    if kind == "sqlite":
        yield None
        return
    server = pgserver.get_server(home / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    options.add_argument("--folder", help="where to work; default: a temporary folder")
    options.add_argument("--keep", action="store_true", help="keep what was made there")
    chosen = options.parse_args()
    folder = Path(chosen.folder or tempfile.mkdtemp(prefix="guanxi-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        print(json.dumps(measured(folder, chosen.rows, chosen.database)))
    finally:
        if not chosen.keep:
            shutil.rmtree(folder, ignore_errors=True)


def measured(folder: Path, rows: int, kind: str) -> dict[str, object]:
    path = folder / f"ExportOrderList{rows}.csv"
    if not path.exists():
        write_orders(path, rows)
    home = folder / f"home-{kind}"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o700)
    with database(kind, home) as url:
        environ = environment(home, url)
        prepared(environ)
        result = imported(path, environ)
        bare, arranged = (
            bare_postgres(url, arranged=order)
            if url
            else bare_sqlite(home / "guanxi.sqlite3", home / "bare.sqlite3", arranged=order)
            for order in (False, True)
        )
    seconds = float(str(result["seconds"]))
    return {
        "rows": rows,
        "database": kind,
        "recorded": result["recorded"],
        "rejected": result["rejected"],
        "customers": result["customers_created"],
        "merged": result["customers_merged"],
        "seconds": seconds,
        "rate": round(rows / seconds),
        "bare_rate": round(rows / bare),
        "ratio": round(bare / seconds, 3),
        "arranged_ratio": round(arranged / seconds, 3),
        "writer_mib": result["writer_mib"],
        "reader_mib": result["reader_mib"],
        "bench_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    main()
