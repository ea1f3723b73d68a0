"""Pictures that operators took away."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0014_photo_hosts_of_vendors"),
    ]

    operations = [
        migrations.CreateModel(
            name="RemovedPhoto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.CharField(help_text="hash of its bytes", max_length=32, unique=True)),
                ("address", models.TextField(help_text="where it came from")),
                ("reason", models.CharField(max_length=255)),
                ("removed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_by", models.CharField(help_text="user:7", max_length=40)),
            ],
        ),
    ]
