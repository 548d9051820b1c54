"""What only PostgreSQL needs of the log.

`xid`: the transaction that wrote the row. Ids are given before commits become visible, so an export that
went by the highest id would pass over rows of slower transactions; it goes by `pg_snapshot_xmin` instead.
`COLLATE "C"`: references are compared by bytes, which is faster, and ranges of them mean what they say.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FORWARDS = """
ALTER TABLE touchpoints_touchpoint ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE touchpoints_touchpoint ALTER COLUMN source_ref TYPE varchar(80) COLLATE "C";
ALTER TABLE customers_subjectmove ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
"""
BACKWARDS = """
ALTER TABLE touchpoints_touchpoint DROP COLUMN xid;
ALTER TABLE touchpoints_touchpoint ALTER COLUMN source_ref TYPE varchar(80) COLLATE "default";
ALTER TABLE customers_subjectmove DROP COLUMN xid;
"""


def on_postgresql(statements: str):
    def run(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statements)

    return run


class Migration(migrations.Migration):
    dependencies = [
        ("touchpoints", "0002_currency_and_imports"),
        ("customers", "0001_initial"),
    ]

    operations = [migrations.RunPython(on_postgresql(FORWARDS), on_postgresql(BACKWARDS))]
