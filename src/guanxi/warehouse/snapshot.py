"""One consistent view of the operational database, read as Arrow by `reader.py`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
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
NOT_FOR_LIBPQ = {"cursor_factory", "context", "prepare_threshold"}


def _address() -> tuple[str, str]:
    """(driver, uri) of Django's default database."""
    if connection.vendor == "postgresql":
        parameters = connection.get_connection_params()
        return "postgresql", make_conninfo(
            "", **{name: value for name, value in parameters.items() if name not in NOT_FOR_LIBPQ}
        )
    return "sqlite", f"{Path(str(connection.settings_dict['NAME'])).as_uri()}?mode=ro"


class Snapshot:
    """Within the block, every `read` sees the database as it was at the first.

    Raises Unavailable where the database cannot be read.
    """

    vendor: str

    def __enter__(self) -> Snapshot:
        self.vendor, uri = _address()
        self._complaints: IO[bytes] = tempfile.TemporaryFile()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and file
            [sys.executable, "-P", str(READER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
        )
        self._say({"driver": self.vendor, "uri": uri})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._process.kill()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._complaints.close()

    def read(self, sql: str) -> pa.RecordBatchReader:
        """The answer as a stream of batches; read it to its end before the next `read`."""
        self._say({"sql": sql})
        try:
            return pa.ipc.open_stream(self._process.stdout)
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
        self._process.wait()
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()
        return Unavailable(
            _("The database could not be read: {reason}").format(reason=lines[-1] if lines else "?"),
            remedy=_("Run `guanxi doctor`, then repeat."),
        )

    def _say(self, message: dict[str, str]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as broken:
            raise self.complaint() from broken
