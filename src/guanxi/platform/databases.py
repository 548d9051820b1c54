"""`DATABASE_URL` to Django's settings: SQLite in the data folder by default, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

CACHE = "PRAGMA cache_size=-262144;"
MAPPED = "PRAGMA mmap_size=1073741824;"
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    f"{CACHE}{MAPPED}"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA journal_size_limit=67108864;"
    "PRAGMA wal_autocheckpoint=8000;"  # 32 MB: a page that many chunks of an import touch is copied once
    "PRAGMA foreign_keys=ON;"
)


# PostgreSQL compiles a query that it expects to be long: of ours, which ask for some thousand rows by their
# keys, that takes far longer than running them. Those it is told to keep the plan of (`bulk.planned`) it
# plans once, whatever their parameters: planning them takes longer than running them, too.
NO_COMPILING = "-c jit=off -c plan_cache_mode=force_generic_plan"


@contextmanager
def sparing() -> Iterator[None]:
    """For work that goes through whole tables once: SQLite keeps and maps little of them meanwhile."""
    from django.db import connection  # noqa: PLC0415 - this module makes the settings

    if connection.vendor != "sqlite":
        yield
        return
    _execute(connection, "PRAGMA cache_size=-16384;", "PRAGMA mmap_size=0;")
    try:
        yield
    finally:
        _execute(connection, CACHE, MAPPED)


def _execute(connection: Any, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def sqlite_settings(path: Path) -> dict[str, Any]:
    """SQLite with write-ahead log; every transaction takes the write lock at once (IMMEDIATE), so
    no read turned write can fail with "database is locked"."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        # Kept open by each thread: whoever closes the last connection checkpoints the whole log first, which
        # costs more than most requests.
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": SQLITE_PRAGMAS},
        # A file also under test: a database in memory has no write-ahead log and no second reader.
        "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
    }


def database_settings(url: str | None, default_path: Path) -> dict[str, Any]:
    """Django's DATABASES["default"]. Raises ValueError for a scheme that is not supported."""
    if not url:
        return sqlite_settings(default_path)
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite_settings(Path(unquote(parts.path)))
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError(
            f"DATABASE_URL begins with '{parts.scheme}://'; use postgresql://user:password@host:5432/name"
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**options, "options": f"{NO_COMPILING} {options.get('options', '')}".strip()},
    }


def described(settings: dict[str, Any] | None = None) -> str:
    """Where the database is, without its password."""
    if settings is None:
        from django.db import connection  # noqa: PLC0415 - this module is read while settings are made

        settings = connection.settings_dict
    if settings["ENGINE"].endswith("sqlite3"):
        return f"SQLite {settings['NAME']}"
    host = settings["HOST"] or "localhost"
    return f"PostgreSQL {settings['USER']}@{host}:{settings['PORT'] or 5432}/{settings['NAME']}"
