"""Processes that die by kill -9 in the middle of something.

Each is forked from one that has loaded what they need, which takes longer than what they are there for. The
one that waits has no connection to any database, and forks before it has threads.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from functools import cache

from django.conf import settings
from django.db import connection

_WAITING = """
import json, os, sys
import django
django.setup()
loaded = compile(json.loads(sys.stdin.readline()), "loaded", "exec")
script = compile(json.loads(sys.stdin.readline()), "script", "exec")
names = {"__name__": "__main__"}
exec(loaded, names)
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.argv[1:] = asked["arguments"]
        try:
            exec(script, names)
        finally:
            sys.stderr.flush()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@cache
def _waiting(loaded: str, script: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _WAITING],
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    _say(process, loaded)
    _say(process, script)
    return process


def _say(process: subprocess.Popen[str], what: object) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "guanxi.platform.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
        "GUANXI_SECRET_KEY": settings.SECRET_KEY,
    }


def die(loaded: str, script: str, *arguments: object) -> None:
    """Run `script` after `loaded` (its imports), in a process on the test's database that must be killed in
    the middle. `sys.argv` has the database's name, then the arguments."""
    process = _waiting(loaded, script)
    database = connection.settings_dict["NAME"]
    _say(process, {"environment": _environment(), "arguments": [str(one) for one in (database, *arguments)]})
    assert process.stdout is not None
    code = process.stdout.readline().strip()
    assert code == str(-signal.SIGKILL), f"ended with {code or 'nothing'}: see its words on stderr"
