"""Search without an engine asks for words inside of search_text; the sort key is compared byte by byte."""

from django.db import migrations

from core.indexes import ByteOrder, TrigramIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("catalog", "0003_stock_once_overall")]

    operations = [
        ByteOrder(table="catalog_offer", column="collation_key", length=255),
        TrigramIndex(table="catalog_offer", column="search_text", name="catalog_offer_words"),
    ]
