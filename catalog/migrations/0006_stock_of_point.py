"""Stock by pickup point, for the few rows that have one."""

from django.db import migrations, models

from core.indexes import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("catalog", "0005_indexes_nobody_asks")]

    operations = [
        AddIndexOnline(
            model_name="stocklevel",
            index=models.Index(
                fields=["point"],
                condition=models.Q(("point__isnull", False)),
                name="catalog_stock_of_point",
            ),
        ),
    ]
