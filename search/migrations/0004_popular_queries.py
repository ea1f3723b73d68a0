"""Queries that many ask, for suggestions."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0003_tuning")]

    operations = [
        migrations.CreateModel(
            name="PopularQuery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.CharField(max_length=200, unique=True)),
                (
                    "language",
                    models.CharField(
                        default="uk", help_text="of the pages it was mostly asked on", max_length=2
                    ),
                ),
                (
                    "asked",
                    models.PositiveIntegerField(help_text="visitors of a day, at least"),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        help_text="different days on which it was asked, at least"
                    ),
                ),
                (
                    "total",
                    models.PositiveIntegerField(help_text="offers that it found when it was last tried"),
                ),
                ("refreshed_at", models.DateTimeField()),
            ],
        ),
    ]
