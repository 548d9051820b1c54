"""Postings, moves and uses are never changed, and nothing of the ledger is removed: the database refuses it."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSED = [
    *((table, verb) for table in ("posting", "move", "use") for verb in ("UPDATE", "DELETE")),
    *((table, "DELETE") for table in ("account", "lot")),
]


def refuse(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION loyalty_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION 'the ledger is never changed'; END $$"
        )
    for table, verb in REFUSED:
        if schema_editor.connection.vendor == "postgresql":
            then = "EXECUTE FUNCTION loyalty_never_changed()"
        else:
            then = "BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END"
        schema_editor.execute(
            f"CREATE TRIGGER loyalty_{table}_no_{verb.lower()} BEFORE {verb} ON loyalty_{table}"
            f" FOR EACH ROW {then}"
        )


def allow(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    on_table = schema_editor.connection.vendor == "postgresql"
    for table, verb in REFUSED:
        schema_editor.execute(
            f"DROP TRIGGER loyalty_{table}_no_{verb.lower()}" + (f" ON loyalty_{table}" if on_table else "")
        )
    if on_table:
        schema_editor.execute("DROP FUNCTION loyalty_never_changed()")


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0001_ledger")]
    operations = [migrations.RunPython(refuse, allow)]
