"""Run the suite on PostgreSQL: `python -m tests.postgresql [pytest arguments]`.

Starts a server of its own from the package pgserver in a private temporary folder, points the suite at it
and stops it at the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import pgserver


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="guanxi-pg-") as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        try:
            environment = {**os.environ, "GUANXI_TEST_DATABASE_URL": server.get_uri()}
            return subprocess.call([sys.executable, "-m", "pytest", *arguments], env=environment)
        finally:
            server.cleanup()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
