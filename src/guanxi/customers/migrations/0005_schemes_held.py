"""Which kinds of identities a customer holds, a bit each, taken from the subjects there are."""

from typing import Any

from django.db import migrations, models

NAMES = ("phone", "email", "unionid", "openid", "wecom", "tmall", "jd", "douyin", "youzan", "xiaohongshu")
NAMES += ("member", "shop")


def fill(apps: Any, schema_editor: Any) -> None:
    """The sum of distinct powers of two is all bits set."""
    whens = " ".join(
        f"WHEN scheme = '{name}' OR scheme LIKE '{name}:%%' THEN {1 << place}"
        for place, name in enumerate(NAMES)
    )
    schema_editor.execute(
        "UPDATE customers_customer SET schemes = COALESCE((SELECT SUM(DISTINCT CASE "
        f"{whens} ELSE 0 END) FROM customers_subject s WHERE s.customer_id = customers_customer.id), 0)",
        params=[],
    )


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_city")]

    operations = [
        migrations.AddField("customer", "schemes", models.IntegerField(default=0)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "customer",
            models.Index(
                condition=models.Q(("merged_into_id__isnull", True)),
                fields=["brand", "schemes", "id"],
                name="customer_by_schemes",
            ),
        ),
    ]
