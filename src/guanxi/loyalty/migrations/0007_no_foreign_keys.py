"""What names a posting, a move or an account needs no foreign key, since nothing of a ledger ever goes: the
triggers that refuse it come to stand on every table (docs/adr/0201)."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

before = import_module("guanxi.loyalty.migrations.0002_never_changed")
MORE = ("loyalty_asset", "loyalty_account", "loyalty_lot")


def refuse(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    before.refuse(apps, schema_editor)
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    then = (
        "EXECUTE FUNCTION loyalty_never_changed()"
        if on_postgresql
        else "BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END"
    )
    for table in MORE:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {then}"
        )


def allow(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in MORE:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER {table}_no_delete{on}")
    before.allow(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0006_lots_due")]
    operations = [
        # SQLite makes the tables anew, and triggers go with the old ones.
        migrations.RunPython(before.allow, before.refuse),
        migrations.AlterField(
            model_name="lot",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="loyalty.account",
            ),
        ),
        migrations.AlterField(
            model_name="move",
            name="posting",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moves",
                to="loyalty.posting",
            ),
        ),
        migrations.AlterField(
            model_name="move",
            name="source",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="loyalty.account",
            ),
        ),
        migrations.AlterField(
            model_name="move",
            name="target",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="loyalty.account",
            ),
        ),
        migrations.AlterField(
            model_name="use",
            name="lot",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="uses",
                to="loyalty.lot",
            ),
        ),
        migrations.AlterField(
            model_name="use",
            name="move",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="uses",
                to="loyalty.move",
            ),
        ),
        migrations.RunPython(refuse, allow),
    ]
