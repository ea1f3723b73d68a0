"""Products: real-world goods that offers of several vendors are of."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_offers_on_sale")]

    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=500, verbose_name="title")),
                ("brand", models.CharField(blank=True, default="", max_length=120, verbose_name="brand")),
                (
                    "mpn",
                    models.CharField(blank=True, default="", max_length=120, verbose_name="maker's part number"),
                ),
                (
                    "gtin",
                    models.CharField(
                        blank=True,
                        help_text="14 figures",
                        max_length=14,
                        null=True,
                        unique=True,
                        verbose_name="barcode (GTIN)",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"verbose_name": "good", "verbose_name_plural": "goods"},
        ),
        migrations.AddField(
            model_name="offer",
            name="stands_alone",
            field=models.BooleanField(
                db_default=False, default=False, help_text="its barcode does not say which good it is"
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="product",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="offers",
                to="catalog.product",
            ),
        ),
    ]
