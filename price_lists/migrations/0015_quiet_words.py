"""Whether an offer of several sources was worked out with a source's price and stock behind those of others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("price_lists", "0014_known_rows")]

    operations = [
        migrations.AddField(
            model_name="sharedvalue",
            name="is_quiet",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="what the offer shows was worked out with this source's price and stock behind those of others",
            ),
        ),
    ]
