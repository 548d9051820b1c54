"""What people decided holds for the pair alone: nothing reads any more which subject was the newest then."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_tags_preferences_stores")]

    operations = [migrations.RemoveField("decision", "last_subject_id")]
