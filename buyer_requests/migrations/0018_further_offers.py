"""More of the further offers of a line and vendor are kept, so that their count stays exact."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buyer_requests", "0017_pool_put_out")]

    operations = [
        migrations.AlterField(
            model_name="vendorfit",
            name="spare",
            field=models.JSONField(default=list, help_text="at most 2,000; best first when they were found"),
        ),
    ]
