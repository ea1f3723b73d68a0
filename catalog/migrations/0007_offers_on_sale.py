"""How much each vendor has on sale, and in which categories: counted in the index alone."""

from django.db import migrations, models

from core.indexes import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("catalog", "0006_stock_of_point")]

    operations = [
        AddIndexOnline(
            model_name="offer",
            index=models.Index(
                fields=["vendor", "category"],
                condition=models.Q(("hidden_at__isnull", True), ("withdrawn_at__isnull", True)),
                name="catalog_offer_on_sale",
            ),
        ),
    ]
