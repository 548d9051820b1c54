"""Run the suite on PostgreSQL: `python -m tests.postgresql [pytest arguments]`.

Starts a server from the package pgserver for each of pytest's workers (`-n`), in private temporary folders,
and stops them at the end. A server each, because the export waits for the oldest open transaction of a whole
server: the tests of one worker would hold up those of another.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from contextlib import ExitStack

import pgserver

# Processes are killed in tests, not machines: what was written need not reach the disk.
NO_WAITING = ("fsync", "full_page_writes", "synchronous_commit")


def workers(arguments: list[str]) -> int:
    """How many workers `-n N` or `-nN` asks for; 1 without it."""
    found = re.search(r"(?:^|\s)-n\s*(\d+)(?:\s|$)", " ".join(arguments))
    return max(1, int(found[1])) if found else 1


def main(arguments: list[str]) -> int:
    with ExitStack() as stack:
        urls = []
        for _ in range(workers(arguments)):
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="guanxi-pg-"))
            server = pgserver.get_server(folder, cleanup_mode="stop")
            stack.callback(server.cleanup)
            for setting in NO_WAITING:
                server.psql(f"ALTER SYSTEM SET {setting} = off")
            server.psql("SELECT pg_reload_conf()")
            urls.append(server.get_uri())
        environment = {**os.environ, "GUANXI_TEST_DATABASE_URLS": " ".join(urls)}
        return subprocess.call([sys.executable, "-m", "pytest", *arguments], env=environment)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
