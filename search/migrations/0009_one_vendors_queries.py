"""Popular queries tell where one vendor's offers alone answer them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0008_visitors"),
    ]

    operations = [
        migrations.AddField(
            model_name="popularquery",
            name="only_vendor_id",
            field=models.BigIntegerField(help_text="whose offers alone it found, if one's", null=True),
        ),
    ]
