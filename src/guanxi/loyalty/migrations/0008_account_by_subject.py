"""Accounts: no index that another begins with, and on PostgreSQL room in each page for balances to change in."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

INDEX = "loyalty_account_asset_id_321054e8"


def leaner(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE loyalty_account SET (fillfactor = 50)")


def as_before(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(f"CREATE INDEX {INDEX} ON loyalty_account (asset_id)")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE loyalty_account RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0007_no_foreign_keys")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(leaner, as_before)],
            [
                migrations.AlterField(
                    model_name="account",
                    name="asset",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.asset",
                    ),
                ),
            ],
        )
    ]
