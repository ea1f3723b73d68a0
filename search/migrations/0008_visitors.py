"""Visitors are counted instead of hours: of searches, of days and queries, of what is told of demand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0007_matches_without_prices"),
    ]

    operations = [
        migrations.AddField(
            model_name="querylog",
            name="visitor",
            field=models.SmallIntegerField(
                help_text="of the day and key, see search.learning.visitors", null=True
            ),
        ),
        migrations.RemoveField(model_name="queryday", name="unmet_hours"),
        migrations.RemoveField(model_name="queryday", name="above_hours"),
        migrations.RemoveField(model_name="queryday", name="regions"),
        migrations.AddField(
            model_name="queryday",
            name="visitors",
            field=models.PositiveIntegerField(default=0, help_text="different ones of that day"),
        ),
        migrations.CreateModel(
            name="CommonQuery",
            fields=[("key", models.BigIntegerField(primary_key=True, serialize=False))],
        ),
        migrations.RenameField(model_name="unmetdemand", old_name="searches", new_name="visitors"),
        migrations.AlterField(
            model_name="unmetdemand",
            name="visitors",
            field=models.PositiveIntegerField(help_text="of a day each, rounded down"),
        ),
    ]
