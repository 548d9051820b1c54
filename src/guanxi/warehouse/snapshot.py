"""One consistent view of the operational database, read as Arrow by `reader.py`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import pyarrow as pa
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.conninfo import make_conninfo

from guanxi.kernel.errors import Unavailable

READER = Path(__file__).with_name("reader.py")
ENDED = b"the end\n"  # as `reader.py` says it
IDLE_SECONDS = 60.0  # that a reader waits for the next snapshot
NOT_FOR_LIBPQ = {"cursor_factory", "context", "prepare_threshold"}


def _address() -> tuple[str, str]:
    """(driver, uri) of Django's default database."""
    if connection.vendor == "postgresql":
        parameters = connection.get_connection_params()
        return "postgresql", make_conninfo(
            "", **{name: value for name, value in parameters.items() if name not in NOT_FOR_LIBPQ}
        )
    return "sqlite", f"{Path(str(connection.settings_dict['NAME'])).as_uri()}?mode=ro"


class _Reader:
    """A process of `reader.py`, with what it complains of."""

    def __init__(self) -> None:
        self.complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and file
            [sys.executable, "-P", str(READER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.complaints,
        )
        self.owner = os.getpid()
        self.idle_since = 0.0

    @property
    def stdin(self) -> IO[bytes]:
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def stdout(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout

    def is_fit(self) -> bool:
        """Whether it waits for this very process, and not for so long that it may be about to go."""
        waits = self.owner == os.getpid() and self.process.poll() is None
        return waits and time.monotonic() - self.idle_since < IDLE_SECONDS

    def end(self, *, at_once: bool = False) -> None:
        if self.owner != os.getpid():  # inherited by a fork: not ours to end
            return
        if at_once:
            self.process.kill()
        with suppress(BrokenPipeError):
            self.stdin.close()
        self.stdout.close()
        self.process.wait()
        self.complaints.close()


class _Waiting:
    """The reader that waits for the next snapshot, one at most. It ends with this process, or by itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reader: _Reader | None = None

    def take(self) -> _Reader:
        with self._lock:
            reader, self._reader = self._reader, None
        if reader is not None and not reader.is_fit():
            reader.end()
            reader = None
        return reader or _Reader()

    def give_back(self, reader: _Reader) -> None:
        reader.idle_since = time.monotonic()
        with self._lock:
            reader, self._reader = self._reader, reader  # type: ignore[assignment]
        if reader is not None:
            reader.end()


_waiting = _Waiting()


class Snapshot:
    """Within the block, every `read` sees the database as it was at the first.

    Raises Unavailable where the database cannot be read.
    """

    vendor: str

    def __enter__(self) -> Snapshot:
        self.vendor, uri = _address()
        self._reader = _waiting.take()
        self._say({"driver": self.vendor, "uri": uri})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._has_ended():
            _waiting.give_back(self._reader)
        else:
            self._reader.end(at_once=True)

    def _has_ended(self) -> bool:
        """End the view of the database; whether the reader is free for another."""
        try:
            self._say({})
        except Unavailable:
            return False
        return self._reader.stdout.read(len(ENDED)) == ENDED

    def read(self, sql: str) -> pa.RecordBatchReader:
        """The answer as a stream of batches; read it to its end before the next `read`."""
        self._say({"sql": sql})
        try:
            return pa.ipc.open_stream(self._reader.stdout)
        except pa.ArrowInvalid as broken:
            raise self.complaint() from broken

    def table(self, sql: str) -> pa.Table:
        return self.read(sql).read_all()

    def row(self, sql: str) -> dict[str, Any]:
        """The first row of an answer that has one."""
        rows: list[dict[str, Any]] = self.table(sql).to_pylist()
        return rows[0]

    def complaint(self) -> Unavailable:
        """What the reader said before it died, as an error."""
        self._reader.process.wait()
        self._reader.complaints.seek(0)
        lines = self._reader.complaints.read().decode(errors="replace").strip().splitlines()
        return Unavailable(
            _("The database could not be read: {reason}").format(reason=lines[-1] if lines else "?"),
            remedy=_("Run `guanxi doctor`, then repeat."),
        )

    def _say(self, message: dict[str, str]) -> None:
        try:
            self._reader.stdin.write(json.dumps(message).encode() + b"\n")
            self._reader.stdin.flush()
        except BrokenPipeError as broken:
            raise self.complaint() from broken
