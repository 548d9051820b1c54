"""Room in the pages of PostgreSQL for new versions of rows that are updated again and again.

A version that fits into the page of the one before needs no new entry in any index: customers have seven.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("customers_subject", "customers_customer", "customers_link")


def on_postgresql(setting: str):
    def run(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for table in TABLES:
                schema_editor.execute(f"ALTER TABLE {table} {setting}")

    return run


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_decisions_without_newest")]

    operations = [
        migrations.RunPython(on_postgresql("SET (fillfactor = 70)"), on_postgresql("RESET (fillfactor)"))
    ]
