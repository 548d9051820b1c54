"""A separate process that reads the operational database by ADBC, in one snapshot, as Arrow.

It is a process of its own for two reasons. SQLite's locks belong to a process and are dropped when *any*
descriptor of the file is closed, and ADBC brings its own copy of SQLite: in one process with Django's, a
closing reader would release the writer's lock. And reading beside writing uses the second core.

It takes one JSON object a line on standard input: {"driver", "uri"} begins a snapshot, {"sql"} is answered by
an Arrow IPC stream on standard output, {} ends the snapshot and is answered by a line when the connection is
closed. Then the next may begin: starting such a process takes a third of a second, so that one that is done
waits for a while. It imports nothing of Guanxi.
"""

from __future__ import annotations

import json
import select
import sys
from typing import Any

import adbc_driver_manager
import pyarrow as pa

ENDED = b"the end\n"
ROWS_PER_BATCH = "65536"
IDLE_SECONDS = 120  # more than `snapshot.IDLE_SECONDS`, which decides


def _connect(driver: str, uri: str) -> Any:
    """A connection that is not in autocommit: its first statement fixes the snapshot."""
    # The drivers' `dbapi` modules would import pandas where it is installed, which takes a second.
    if driver == "sqlite":
        import adbc_driver_sqlite as sqlite  # noqa: PLC0415 - mostly one driver per process

        database = sqlite.connect(uri)
    else:
        import adbc_driver_postgresql as postgresql  # noqa: PLC0415 - mostly one driver per process

        database = postgresql.connect(uri)
    connection = adbc_driver_manager.AdbcConnection(database)
    connection.set_autocommit(False)
    if driver == "postgresql":
        with adbc_driver_manager.AdbcStatement(connection) as statement:
            statement.set_sql_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            statement.execute_update()
    return connection


def _answer(connection: Any, sql: str, driver: str) -> None:
    with adbc_driver_manager.AdbcStatement(connection) as statement:
        if driver == "sqlite":
            statement.set_options(**{"adbc.sqlite.query.batch_rows": ROWS_PER_BATCH})
        statement.set_sql_query(sql)
        handle, _ = statement.execute_query()
        batches = pa.RecordBatchReader.from_stream(handle)
        with pa.ipc.new_stream(sys.stdout.buffer, batches.schema) as stream:
            for batch in batches:
                stream.write_batch(batch)
        sys.stdout.buffer.flush()


def main() -> None:
    # Between snapshots nothing is buffered: who began the last one waited for its end to be answered.
    while select.select([sys.stdin], [], [], IDLE_SECONDS)[0] and (line := sys.stdin.readline()):
        opening = json.loads(line)
        if not _snapshot(opening["driver"], opening["uri"]):
            return
        sys.stdout.buffer.write(ENDED)
        sys.stdout.buffer.flush()


def _snapshot(driver: str, uri: str) -> bool:
    """Answer questions in one view of the database; whether it was ended, and not broken off."""
    with _connect(driver, uri) as connection:
        while line := sys.stdin.readline():
            question = json.loads(line)
            if not question:
                return True
            _answer(connection, question["sql"], driver)
    return False


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:  # the sync ended first
        sys.exit(0)
