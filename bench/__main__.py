"""Run every benchmark, or those named: `python -m bench [NAME …]`.

Each benchmark is a module of this package that prints one JSON object on its last line. Their own options
(sizes, engines) are shown by `python -m bench.NAME --help`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).parent
TIME_LIMIT_SECONDS = 3600


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def run(name: str) -> dict[str, object]:
    started = time.monotonic()
    finished = subprocess.run(
        [sys.executable, "-m", f"bench.{name}"],
        cwd=FOLDER.parent,
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT_SECONDS,
        check=False,
    )
    seconds = round(time.monotonic() - started, 1)
    lines = finished.stdout.strip().splitlines()
    if finished.returncode or not lines:
        return {"bench": name, "failed": finished.stderr.strip()[-2000:], "seconds": seconds}
    return {"bench": name, **json.loads(lines[-1]), "seconds": seconds}


def main(arguments: list[str]) -> int:
    unknown = set(arguments) - set(names())
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; there are: {', '.join(names())}", file=sys.stderr)
        return 2
    results = [run(name) for name in arguments or names()]
    for result in results:
        print(json.dumps(result, ensure_ascii=False))
    return 1 if any("failed" in result for result in results) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
