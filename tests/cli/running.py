"""Commands run as their users run them: in a process and a data folder of their own."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src"


def environment(home: Path | None = None, **variables: str) -> dict[str, str]:
    """What a shell would have set: the data folder, and no key from the test run."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GUANXI_", "DJANGO_", "COV"))
    }
    kept.pop("DATABASE_URL", None)
    kept |= {"PYTHONPATH": str(SOURCE), "COLUMNS": "120", "NO_COLOR": "1"}
    return kept | ({"GUANXI_HOME": str(home)} if home else {}) | variables


def python(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment()
    )


def guanxi(home: Path, *words: str, given: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `guanxi WORDS` on the data folder `home`; `given` is its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "guanxi.cli.main", *words],
        capture_output=True,
        text=True,
        check=False,
        input=given,
        env=environment(home, **variables),
    )


def initialise(home: Path) -> None:
    """What `guanxi init` makes of the data folder `home`: made once and copied, as it takes seconds."""
    shutil.copytree(_template(), home, dirs_exist_ok=True)


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="guanxi-initialised-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    done = guanxi(folder, "init")
    assert done.returncode == 0, done.stderr
    return folder
