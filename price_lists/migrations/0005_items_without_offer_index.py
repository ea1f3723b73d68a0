"""No statement looks items up by their offer: imports write less without that index."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_indexes_nobody_asks"), ("price_lists", "0004_keys_in_byte_order")]

    operations = [
        migrations.AlterField(
            model_name="sourceitem",
            name="offer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="source_items",
                to="catalog.offer",
            ),
        ),
    ]
