"""Which items the rows of a file name that say what they said before; their index answers that by itself."""

import django.db.models.deletion
from django.db import migrations, models

from core.indexes import AddIndexOnline, RemoveIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("price_lists", "0013_title_rules")]

    # The table comes last: where an index could not be made, all of it can be done again.
    operations = [
        AddIndexOnline(
            model_name="sourceitem",
            index=models.Index(fields=["source", "raw_hash", "withdrawn"], name="price_lists_item_known"),
        ),
        RemoveIndexOnline(model_name="sourceitem", name="price_lists_item_raw"),
        migrations.CreateModel(
            name="KnownRows",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sheet", models.CharField(blank=True, default="", max_length=80)),
                ("items", models.BinaryField(help_text="ids of the source's items, 8 bytes each")),
                ("rows", models.BinaryField(help_text="the rows' numbers, 4 bytes each")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="known",
                        to="price_lists.importrun",
                    ),
                ),
            ],
        ),
    ]
