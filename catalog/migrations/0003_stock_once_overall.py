"""The partial unique index of overall stock, which the removal of a foreign key's index took along on PostgreSQL.

Django looks for the index of a column to drop and finds, there, conditional unique constraints as well.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_fewer_indexes")]

    operations = [
        migrations.RunSQL(
            sql="CREATE UNIQUE INDEX IF NOT EXISTS catalog_stock_once_overall"
            " ON catalog_stocklevel (offer_id) WHERE point_id IS NULL",
            reverse_sql=migrations.RunSQL.noop,
        )
    ]
