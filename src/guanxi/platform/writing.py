"""One writer at a time, in turn.

SQLite has one write lock, and those who wait for it poll: a thread can starve behind an import that takes
the lock again as soon as it gives it back, until "database is locked". So whoever writes much or often
takes a turn here first: among threads by locks, among processes by locked files beside the database. A
turnstile makes it fair: who has just written queues behind who is waiting.

PostgreSQL writes in parallel; there a brand's log and identities are changed by one transaction at a time,
by an advisory lock that ends with the transaction.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from guanxi.kernel.errors import Unavailable

WAIT_SECONDS = 60.0
_ADVISORY_CLASS = 0x6778  # "gx": the first half of the advisory locks' keys
_TURN = "SELECT pg_advisory_xact_lock(%s, %s)"
# Joins of a few thousand keys with a table of any size. By its estimates PostgreSQL reads the whole table
# until that is some fifty times as large as what is asked for.
_BY_KEYS = "".join(
    f", set_config('{name}', '{value}', true)"
    for name, value in (
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
        ("max_parallel_workers_per_gather", "0"),
    )
)
_turnstile = threading.Lock()
_turn = threading.Lock()


@contextmanager
def writing(brand_id: int | None = None, *, by_keys: bool = False) -> Iterator[None]:
    """A transaction in which this thread is the one that writes: to the whole database on SQLite, to the
    log and the identities of the brand on PostgreSQL. `by_keys`: it asks for rows by their keys alone, and
    PostgreSQL is told so.

    Inside another transaction it is a savepoint of that one. Raises Unavailable after a minute's wait.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            if brand_id is not None and connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(_TURN + (_BY_KEYS if by_keys else ""), [_ADVISORY_CLASS, brand_id])
            yield
        return
    deadline = time.monotonic() + WAIT_SECONDS
    with _held(_turnstile, deadline):
        _acquire(_turn, deadline)
    try:
        with _file_turn(str(connection.settings_dict["NAME"]), deadline), transaction.atomic():
            yield
    finally:
        _turn.release()


def _acquire(lock: threading.Lock, deadline: float) -> None:
    if not lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
        raise _too_long()


@contextmanager
def _held(lock: threading.Lock, deadline: float) -> Iterator[None]:
    _acquire(lock, deadline)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _file_turn(database: str, deadline: float) -> Iterator[None]:
    """The same turn among processes. A lock of a file ends with the process that holds it."""
    if ":memory:" in database or "mode=memory" in database:
        yield
        return
    turnstile = _open(Path(database + ".turnstile"))
    turn = _open(Path(database + ".turn"))
    try:
        _lock_file(turnstile, deadline)
        _lock_file(turn, deadline)
        fcntl.flock(turnstile, fcntl.LOCK_UN)
        yield
    finally:
        os.close(turn)
        os.close(turnstile)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock_file(descriptor: int, deadline: float) -> None:
    """Poll, since a lock of a file cannot be waited for with a time limit; only the one thread of each
    process whose turn it is comes here."""
    pause = 0.0005
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise _too_long() from None
            time.sleep(pause)
            pause = min(pause * 2, 0.004)


def _too_long() -> Unavailable:
    return Unavailable(
        _("Another process has been writing to the database for more than a minute."),
        remedy=_("Look for a guanxi command that hangs, or move to PostgreSQL by DATABASE_URL."),
    )
