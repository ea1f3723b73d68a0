"""Matches are narrow rows in as few indexes as serve: there are millions."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("buyer_requests", "0015_sealed_wording"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="linematch",
            name="requests_match_of_vendor",
        ),
        migrations.RemoveField(
            model_name="linematch",
            name="matched_at",
        ),
        migrations.RemoveField(
            model_name="linematch",
            name="reason",
        ),
        migrations.AlterField(
            model_name="linematch",
            name="line",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="matches",
                to="buyer_requests.requestline",
            ),
        ),
        migrations.AlterField(
            model_name="linematch",
            name="vendor",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="vendors.vendor",
            ),
        ),
        migrations.AlterField(
            model_name="vendorfit",
            name="line",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="fits",
                to="buyer_requests.requestline",
            ),
        ),
        migrations.AlterField(
            model_name="vendorfit",
            name="vendor",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="vendors.vendor",
            ),
        ),
        migrations.AddIndex(
            model_name="linematch",
            index=models.Index(fields=["vendor", "line"], name="requests_match_at_vendor"),
        ),
    ]
