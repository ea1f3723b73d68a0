"""Kinds of records: the wording changed, other weights, the log moved on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buyer_requests", "0014_wishes_met")]

    operations = [
        migrations.AlterField(
            model_name="sealedrecord",
            name="kind",
            field=models.CharField(
                choices=[
                    ("published", "the request was published"),
                    ("sent", "a bid was sent"),
                    ("revised", "a bid was revised"),
                    ("withdrawn", "a bid was withdrawn"),
                    ("deadline", "the deadline moved to a later time"),
                    ("changed", "the buyer changed the wording"),
                    ("weights", "what bids are judged by was changed"),
                    ("anchor", "the log moved on before letters were sent"),
                    ("opened", "the bids were opened"),
                    ("cancelled", "the request was cancelled; no bid was opened"),
                ],
                max_length=9,
            ),
        ),
    ]
