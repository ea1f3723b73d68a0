"""Keys are compared byte by byte: quicker, and the index then finds those that begin with another one."""

from django.db import migrations

from core.indexes import ByteOrder


class Migration(migrations.Migration):
    dependencies = [("price_lists", "0003_fewer_indexes")]

    operations = [
        ByteOrder(table="price_lists_sourceitem", column="key", length=255),
        ByteOrder(table="price_lists_stagedrow", column="key", length=255),
    ]
