"""Import of a list of a million followers, beside the standard library reading the same file.

    python -m bench.followers [--rows 1000000]

`rows_per_second` is of `guanxi import` in processes of its own, with all that it writes, by the clock;
`cpu_rows_per_second` of processor time, as is `tenth_cpu_rows_per_second`, of a tenth of the list: equal, but
for the start, where nothing grows with what is there already. `read_rows_per_second` is of csv.DictReader
going through the file, `ratio` the processor time of the import to it. Memory is the peak of the writer and
of the reader, its child.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.imports import call, environment, prepared

HEADER = "微博UID,昵称,关注时间,粉丝数,关注数,微博数,注册时间,最近发博时间,近90天互动次数,头像,手机号"


def write_list(path: Path, rows: int) -> None:
    """Followers of three years; one in ten with a phone."""
    dice = random.Random(7)
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        out.write(HEADER + "\r\n")
        for number in range(rows):
            phone = f"13{number:09d}" if number % 10 == 0 else ""
            day = f"202{dice.randrange(3, 6)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}"
            out.write(
                f"{5_000_000_000 + number},昵称{dice.randrange(90_000)},{day} 12:{number % 60:02d}:00,"
                f"{dice.randrange(900)},{dice.randrange(2_000)},{dice.randrange(300)},2020-01-01,"
                f"2026-10-01,{dice.randrange(5)},是,{phone}\r\n"
            )


def read_seconds(path: Path) -> float:
    """What going through the file takes without doing anything with it."""
    began = time.perf_counter()
    with path.open(encoding="utf-8-sig", newline="") as source:
        for _row in csv.DictReader(source):
            pass
    return time.perf_counter() - began


def imported(path: Path, home: Path) -> dict[str, Any]:
    """The import by the command: seconds by the clock and of processor time, and memory."""
    environ = environment(home, None)
    words = ["import", str(path), "--as", "followers", "--channel", "weibo", "--json"]
    script = (
        "import json, resource, time\n"
        "from guanxi.cli.main import run\n"
        "began = time.perf_counter()\n"
        f"code = run({words!r})\n"
        "seconds = time.perf_counter() - began\n"
        "whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)\n"
        "used = [resource.getrusage(who) for who in whose]\n"
        "print(json.dumps({'code': code, 'seconds': seconds,\n"
        "  'cpu_seconds': sum(one.ru_utime + one.ru_stime for one in used),\n"
        "  'writer_mib': used[0].ru_maxrss // 1024, 'reader_mib': used[1].ru_maxrss // 1024}))"
    )
    found: dict[str, Any] = json.loads(call(["-c", script], environ).strip().splitlines()[-1])
    if found["code"]:
        raise SystemExit(f"The import ends with {found['code']}.")
    return found


def measured(folder: Path, rows: int) -> dict[str, Any]:
    whole, tenth = folder / "fans.csv", folder / "tenth.csv"
    write_list(whole, rows)
    write_list(tenth, rows // 10)
    for name in ("small", "large"):
        (folder / name).mkdir()
        prepared(environment(folder / name, None))
    small = imported(tenth, folder / "small")
    large = imported(whole, folder / "large")
    read = read_seconds(whole)
    return {
        "rows": rows,
        "rows_per_second": round(rows / large["seconds"]),
        "cpu_rows_per_second": round(rows / large["cpu_seconds"]),
        "tenth_cpu_rows_per_second": round(rows / 10 / small["cpu_seconds"]),
        "read_rows_per_second": round(rows / read),
        "ratio": round(large["cpu_seconds"] / read, 1),
        "writer_mib": large["writer_mib"],
        "reader_mib": large["reader_mib"],
        "wanted": {"peak_mib": 200},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        print(json.dumps(measured(Path(folder), rows)))


if __name__ == "__main__":
    main()
