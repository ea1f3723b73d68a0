"""Offers of a product are found by it; offers without one cost the index nothing."""

from django.db import migrations, models

from core.indexes import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("catalog", "0008_products")]

    operations = [
        AddIndexOnline(
            model_name="offer",
            index=models.Index(
                fields=["product"],
                condition=models.Q(("product__isnull", False)),
                name="catalog_offer_product",
            ),
        ),
    ]
