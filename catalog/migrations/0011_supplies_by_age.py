"""Which sources were not confirmed for long is asked at each search."""

from django.db import migrations, models

from core.indexes import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("catalog", "0010_category_fresh_days")]

    operations = [
        AddIndexOnline(
            model_name="supply",
            index=models.Index(fields=["confirmed_at"], name="catalog_supply_age"),
        ),
    ]
