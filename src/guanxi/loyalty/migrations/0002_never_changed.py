"""Postings, moves and uses are never changed nor removed: the database refuses it."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("loyalty_posting", "loyalty_move", "loyalty_use")


def refuse(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION loyalty_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION 'the ledger is never changed'; END $$"
        )
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            if schema_editor.connection.vendor == "postgresql":
                then = "EXECUTE FUNCTION loyalty_never_changed()"
            else:
                then = "BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END"
            schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {then}")


def allow(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    on_table = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for verb in ("update", "delete"):
            name = f"{table}_no_{verb}"
            schema_editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if on_table else ""))
    if on_table:
        schema_editor.execute("DROP FUNCTION loyalty_never_changed()")


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0001_ledger")]
    operations = [migrations.RunPython(refuse, allow)]
