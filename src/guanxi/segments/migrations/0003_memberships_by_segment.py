"""SQLite: memberships are found by segment alone. The index by customer doubled the time and the size of a fill;
who asks about a customer looks into each segment (`membership.held`). PostgreSQL keeps it."""

from django.db import migrations


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP INDEX membership_of_customer")


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            "CREATE INDEX membership_of_customer ON segments_membership (customer_id, segment_id)"
        )


class Migration(migrations.Migration):
    dependencies = [("segments", "0002_compact_membership")]
    operations = [migrations.RunPython(forwards, backwards)]
