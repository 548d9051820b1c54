"""What each database needs besides the models.

SQLite: memberships lie in their index alone, which halves their size. PostgreSQL: moves of subjects are
followed in the order of their transactions, which without an index would read all of them each time.
"""

from django.db import migrations

COMPACT = """
CREATE TABLE segments_membership_compact (
    segment_id bigint NOT NULL, customer_id bigint NOT NULL, since_ms bigint NOT NULL,
    PRIMARY KEY (segment_id, customer_id)
) WITHOUT ROWID;
INSERT INTO segments_membership_compact SELECT segment_id, customer_id, since_ms FROM segments_membership;
DROP TABLE segments_membership;
ALTER TABLE segments_membership_compact RENAME TO segments_membership;
CREATE INDEX membership_of_customer ON segments_membership (customer_id, segment_id);
"""
INDEX = "CREATE INDEX subjectmove_followed ON customers_subjectmove (xid, id)"


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in COMPACT.strip().split(";\n"):
            schema_editor.execute(statement.rstrip(";"))
    else:
        schema_editor.execute(INDEX)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX subjectmove_followed")


class Migration(migrations.Migration):
    dependencies = [("segments", "0001_initial"), ("touchpoints", "0005_export_index")]
    operations = [migrations.RunPython(forwards, backwards)]
