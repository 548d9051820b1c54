"""The export reads facts by (xid, id) on PostgreSQL: without an index every sync would read the whole log."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def on_postgresql(statement: str):
    def run(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("touchpoints", "0004_import_progress")]

    operations = [
        migrations.RunPython(
            on_postgresql("CREATE INDEX touchpoint_export ON touchpoints_touchpoint (xid, id)"),
            on_postgresql("DROP INDEX touchpoint_export"),
        )
    ]
