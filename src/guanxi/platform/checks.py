"""What `guanxi doctor` looks at, one function a question, and what commands ask before they start."""

from __future__ import annotations

from pathlib import Path

from django.db import connection
from django.db.migrations.loader import MigrationLoader


def pending_migrations() -> list[str] | None:
    """Migrations not applied yet; None where there is no database of Guanxi at all.

    Raises Django's DatabaseError where the server cannot be reached.
    """
    if connection.vendor == "sqlite" and not _exists(str(connection.settings_dict["NAME"])):
        return None
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    if "platform_brand" not in tables:
        return None
    loader = MigrationLoader(connection)
    return [
        f"{app}.{name}" for app, name in loader.graph.nodes if (app, name) not in loader.applied_migrations
    ]


def _exists(database: str) -> bool:
    return ":memory:" in database or "mode=memory" in database or Path(database).is_file()
