from django.db import models

from core.indexes import AddIndexOnline
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("catalog", "0019_attribute_places_and_bulk_edits")]

    operations = [
        AddIndexOnline(
            model_name="offer",
            index=models.Index(
                condition=models.Q(("hidden_at__isnull", False)), fields=["id"], name="catalog_offer_hidden"
            ),
        ),
        AddIndexOnline(
            model_name="offeredit",
            index=models.Index(fields=["field", "offer"], name="catalog_edit_field"),
        ),
    ]
