"""No statement looks offers up by their supply, and nearly all stock is of no point: imports write less without."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_search_text_trigrams"), ("vendors", "0002_invitations")]

    operations = [
        migrations.AlterField(
            model_name="offer",
            name="supply",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="catalog.supply",
            ),
        ),
        migrations.AlterField(
            model_name="stocklevel",
            name="point",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="vendors.pickuppoint",
            ),
        ),
    ]
