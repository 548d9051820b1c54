"""`guanxi doctor`: what is checked, one function a question, each answer with how to mend it.

Rooms above register checks of their own with `checks`. A check yields findings and may raise any
GuanxiError or database error, which becomes a failure with its remedy.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from guanxi.kernel.clock import DAY_MS, MINUTE_MS, SECOND_MS, now_ms
from guanxi.kernel.errors import GuanxiError
from guanxi.kernel.registries import Registry
from guanxi.platform import keys, vault
from guanxi.platform.checks import pending_migrations
from guanxi.platform.contracts import JobState
from guanxi.platform.databases import described
from guanxi.platform.home import home
from guanxi.platform.models import AuditEntry, Job, WorkerBeat

DISK_LOW_BYTES = 5 * 1024**3
DISK_FULL_BYTES = 512 * 1024**2
SILENT_MS = 30 * SECOND_MS
CLOCK_TOLERANCE_MS = 2 * SECOND_MS
OLDEST_SQLITE = (3, 37, 0)
OLDEST_POSTGRESQL = 130_000
EARLIEST_MS = 1_735_689_600_000  # 2025-01-01: any clock before has lost its battery


class Health(StrEnum):
    WELL = "well"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    check: str
    health: Health
    message: str
    remedy: str = ""


@dataclass(frozen=True)
class Check:
    name: str
    look: Callable[[], Iterable[Finding]]
    needs_database: bool = False


checks: Registry[Check] = Registry("check", lambda check: check.name)


def examine() -> list[Finding]:
    """The findings of every check, in order. Checks that need the database are left out where it fails."""
    findings: list[Finding] = []
    broken = False
    for check in checks:
        if check.needs_database and broken:
            continue
        found = list(_looked(check))
        findings += found
        broken |= check.name == "database" and any(one.health == Health.FAILURE for one in found)
    return findings


def _looked(check: Check) -> Iterator[Finding]:
    try:
        yield from check.look()
    except GuanxiError as error:
        yield Finding(check.name, Health.FAILURE, error.message, error.remedy)
    except DatabaseError as error:
        first = str(error).partition("\n")[0]
        yield failure(check.name, f"{described()}: {first}", _("Start the server, or correct DATABASE_URL."))
    except (OSError, ValueError) as error:
        yield failure(check.name, f"{type(error).__name__}: {error}", _("Mend what the message names."))


def well(check: str, message: str) -> Finding:
    return Finding(check, Health.WELL, message)


def warning(check: str, message: str, remedy: str) -> Finding:
    return Finding(check, Health.WARNING, message, remedy)


def failure(check: str, message: str, remedy: str) -> Finding:
    return Finding(check, Health.FAILURE, message, remedy)


def look_at_folder() -> Iterator[Finding]:
    folder = home()
    if not folder.is_dir():
        yield failure(
            "folder",
            _("There is no folder %(folder)s.") % {"folder": folder},
            _("Run `guanxi init`, or set GUANXI_HOME."),
        )
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield failure(
            "folder",
            _("%(folder)s cannot be written.") % {"folder": folder},
            _("Run as its owner, or change its owner."),
        )
        return
    if folder.stat().st_mode & 0o077:
        yield failure(
            "folder", _("Others may look into %(folder)s.") % {"folder": folder}, f"chmod 700 {folder}"
        )
        return
    yield well("folder", str(folder))


def look_at_settings() -> Iterator[Finding]:
    if settings.DEBUG:
        yield warning("settings", _("GUANXI_DEBUG=1 shows visitors the inside of errors."), _("Unset it."))
    if "*" in settings.ALLOWED_HOSTS:
        yield warning(
            "settings", _("GUANXI_ALLOWED_HOSTS allows every name."), _("List the names people use.")
        )
    if not settings.HTTPS and not settings.DEBUG and set(settings.ALLOWED_HOSTS) - _LOCAL:
        yield warning(
            "settings",
            _("The console answers to public names without https."),
            _("Put a proxy with https before it and set GUANXI_HTTPS=1; see docs/guide/security.md."),
        )
    yield well("settings", f"Python {sys.version.split()[0]}, {settings.TIME_ZONE}")


_LOCAL = {"localhost", "127.0.0.1", "[::1]", "testserver"}


def look_at_secrets() -> Iterator[Finding]:
    sound = True
    for name, variable in (("secret.key", "GUANXI_SECRET_KEY"), (keys.FILENAME, keys.VARIABLE)):
        path = home() / name
        if os.environ.get(variable):
            continue
        if not path.exists():
            sound = False
            yield failure(
                "secrets",
                _("%(path)s is missing.") % {"path": path},
                _("Restore it or %(variable)s; else `guanxi init`.") % {"variable": variable},
            )
        elif path.stat().st_mode & 0o077:
            sound = False
            yield failure("secrets", _("Others may read %(path)s.") % {"path": path}, f"chmod 600 {path}")
    if sound:
        yield well("secrets", _("present and private"))


def look_at_database() -> Iterator[Finding]:
    pending = pending_migrations()
    if pending is None:
        yield failure(
            "database",
            _("%(database)s has no tables of Guanxi.") % {"database": described()},
            _("Run `guanxi init`."),
        )
        return
    if pending:
        yield failure(
            "database",
            _("%(n)s migrations to apply.") % {"n": len(pending)},
            _("Back up, then `guanxi init`."),
        )
        return
    yield from _sqlite() if connection.vendor == "sqlite" else _postgresql()
    yield well("database", described())


def _sqlite() -> Iterator[Finding]:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield failure(
            "database",
            _("SQLite %(version)s is too old.") % {"version": sqlite3.sqlite_version},
            _("Use a newer Python."),
        )
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        mode = str(cursor.fetchone()[0]).lower()
    if mode != "wal":
        yield failure(
            "database",
            _("The journal mode is %(mode)s, not wal: readers and the writer block each other.")
            % {"mode": mode},
            _("Move the data folder to a local disk: network file systems have no shared memory."),
        )


def _postgresql() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, pg_is_in_recovery()")
        version, replica = cursor.fetchone()
    if version < OLDEST_POSTGRESQL:
        yield failure(
            "database",
            _("PostgreSQL %(version)s is too old.") % {"version": version // 10_000},
            _("Use 13 or newer."),
        )
    if replica:
        yield failure(
            "database", _("This server is a read-only replica."), _("Let DATABASE_URL name the primary.")
        )


def look_at_vault() -> Iterator[Finding]:
    vault.check_keys()
    yield well(
        "vault", _("the master key opens it (version %(version)s)") % {"version": keys.keyring().newest}
    )


def look_at_disk() -> Iterator[Finding]:
    folder = home() if home().is_dir() else home().parent
    free = shutil.disk_usage(folder).free
    message = _("%(free)s GiB free at %(folder)s") % {"free": f"{free / 1024**3:,.1f}", "folder": folder}
    remedy = _("Free space: old files in other folders, or move GUANXI_HOME to a larger disk.")
    if free < DISK_FULL_BYTES:
        yield failure("disk", message, remedy)
    elif free < DISK_LOW_BYTES:
        yield warning("disk", message, remedy)
    else:
        yield well("disk", message)


def look_at_worker() -> Iterator[Finding]:
    newest = WorkerBeat.objects.order_by("-at_ms").first()
    waiting = Job.objects.filter(state=JobState.QUEUED, due_ms__lt=now_ms() - MINUTE_MS).count()
    alive = newest is not None and now_ms() - newest.at_ms < SILENT_MS
    if alive and newest:
        yield well("worker", _("%(worker)s is alive") % {"worker": newest.name})
    elif waiting:
        yield failure(
            "worker", _("No worker runs, and %(n)s jobs wait.") % {"n": waiting}, _("Run `guanxi up`.")
        )
    else:
        yield warning("worker", _("No worker runs: nothing happens by itself."), _("Run `guanxi up`."))
    failed = Job.objects.filter(state=JobState.FAILED, finished_ms__gt=now_ms() - DAY_MS)
    kinds = sorted(set(failed.values_list("kind", flat=True)))
    if kinds:
        yield warning(
            "jobs",
            _("Failed since yesterday: %(kinds)s.") % {"kinds": ", ".join(kinds)},
            _("See the imports page."),
        )


def look_at_clock() -> Iterator[Finding]:
    remedy = _("Let the machine keep its time by NTP (timedatectl set-ntp true).")
    if now_ms() < EARLIEST_MS:
        yield failure("clock", _("The clock stands before 2025."), remedy)
        return
    apart_ms = database_time_ms() - now_ms()
    if abs(apart_ms) > CLOCK_TOLERANCE_MS:
        yield failure(
            "clock",
            _("The database's clock is %(seconds)s s from ours.") % {"seconds": f"{apart_ms / 1000:+,.1f}"},
            remedy,
        )
    if (jump := _jump_ms()) and abs(jump) > CLOCK_TOLERANCE_MS:
        yield warning(
            "clock",
            _("The clock jumped by %(seconds)s s just now.") % {"seconds": f"{jump / 1000:+,.1f}"},
            remedy,
        )
    newest = AuditEntry.objects.order_by("-pk").values_list("at_ms", flat=True).first() or 0
    if newest > now_ms() + MINUTE_MS:
        yield warning("clock", _("The audit log has entries of the future: the clock went back."), remedy)
    if abs(apart_ms) <= CLOCK_TOLERANCE_MS:
        yield well("clock", _("within %(ms)s ms of the database's") % {"ms": abs(apart_ms)})


_STARTED = (time.time(), time.monotonic())


def _jump_ms() -> float:
    """How far the wall clock has run from the monotonic one since this process began."""
    wall, steady = _STARTED
    return ((time.time() - wall) - (time.monotonic() - steady)) * 1000


def database_time_ms() -> int:
    """The database server's present; SQLite has this machine's."""
    if connection.vendor == "sqlite":
        return now_ms()
    with connection.cursor() as cursor:
        cursor.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
        return int(cursor.fetchone()[0])


for _check in (
    Check("folder", look_at_folder),
    Check("settings", look_at_settings),
    Check("secrets", look_at_secrets),
    Check("disk", look_at_disk),
    Check("database", look_at_database),
    Check("vault", look_at_vault, needs_database=True),
    Check("worker", look_at_worker, needs_database=True),
    Check("clock", look_at_clock, needs_database=True),
):
    checks.register(_check)
