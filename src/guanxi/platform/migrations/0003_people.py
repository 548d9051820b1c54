import django.db.models.deletion
import guanxi.kernel.clock
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("platform", "0002_vault")]

    operations = [
        migrations.AddField("user", "session_epoch", models.PositiveIntegerField(default=0)),
        migrations.AddField("user", "last_sign_in_ms", models.BigIntegerField(default=0)),
        # Attempts are forgotten within a day, so the table is made anew rather than converted.
        migrations.DeleteModel("SignInAttempt"),
        migrations.CreateModel(
            name="SignInAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80, unique=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("locked_until_ms", models.BigIntegerField(default=0)),
                ("last_ms", models.BigIntegerField(db_index=True, default=guanxi.kernel.clock.now_ms)),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="platform.user"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "digest"), name="one_row_per_code")],
            },
        ),
    ]
