"""Days after which the offers of a category expire, and how far the matcher was told of those that did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0009_offers_of_product")]

    operations = [
        migrations.AddField(
            model_name="category",
            name="fresh_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="null: as above in the tree",
                null=True,
                verbose_name="days until offers expire",
            ),
        ),
        migrations.AddField(
            model_name="supply",
            name="expired_days",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="the matcher was told that offers with so many days or fewer are past them",
            ),
        ),
    ]
