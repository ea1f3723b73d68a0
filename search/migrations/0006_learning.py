"""What is learnt from searches: more about each, hits that were opened, counts by day, demand that is not met."""

import django.db.models.deletion
from django.db import migrations, models


COLUMNS = {
    "category_id": models.BigIntegerField(null=True),
    "corrected_to": models.CharField(default="", max_length=200),
    "is_above": models.BooleanField(default=False),
    "is_limited": models.BooleanField(default=False),
    "key": models.BigIntegerField(default=0),
    "region": models.CharField(default="", max_length=6),
    "token": models.CharField(default="", max_length=12),
}


def add_columns(apps, schema_editor):
    """On SQLite Django copies the whole table for each column that is not null. The log may have two million rows, and
    SQLite itself adds such a column without touching them: it stays with a default, which nothing minds.
    """
    log = apps.get_model("search", "QueryLog")
    for name, field in COLUMNS.items():
        field.set_attributes_from_name(name)
        field.model = log
        if schema_editor.connection.vendor != "sqlite" or field.null:
            schema_editor.add_field(log, field)
            continue
        kind = field.db_type(schema_editor.connection)
        default = schema_editor.quote_value(field.get_default())
        schema_editor.execute(
            f'ALTER TABLE "{log._meta.db_table}" ADD COLUMN "{name}" {kind} NOT NULL DEFAULT {default}'
        )


def drop_columns(apps, schema_editor):
    """Where the log still stands with them: the state is that before this migration."""
    log = apps.get_model("search", "QueryLog")
    for name in COLUMNS:
        schema_editor.execute(f'ALTER TABLE "{log._meta.db_table}" DROP COLUMN "{name}"')


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0017_clicks_by_vendor"),
        ("search", "0005_saved_searches"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add_columns, drop_columns)],
            state_operations=[
                migrations.AddField(
                    model_name="querylog",
                    name="category_id",
                    field=models.BigIntegerField(help_text="chosen, or what the words mean", null=True),
                ),
                migrations.AddField(
                    model_name="querylog",
                    name="corrected_to",
                    field=models.CharField(blank=True, default="", max_length=200),
                ),
                migrations.AddField(
                    model_name="querylog",
                    name="is_above",
                    field=models.BooleanField(
                        default=False, help_text="found nothing but something above the ceiling"
                    ),
                ),
                migrations.AddField(
                    model_name="querylog",
                    name="is_limited",
                    field=models.BooleanField(
                        default=False, help_text="by more than a category, a ceiling or a region"
                    ),
                ),
                migrations.AddField(
                    model_name="querylog",
                    name="key",
                    field=models.BigIntegerField(
                        default=0, help_text="equal for all forms and spellings of the query"
                    ),
                ),
                migrations.AddField(
                    model_name="querylog",
                    name="region",
                    field=models.CharField(blank=True, default="", max_length=6),
                ),
                migrations.AddField(
                    model_name="querylog",
                    name="token",
                    field=models.CharField(
                        blank=True, default="", help_text="random, of this search alone", max_length=12
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OpenedHit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=12)),
                ("key", models.BigIntegerField(help_text="of the query, as in the log")),
                ("language", models.CharField(default="uk", max_length=2)),
                ("offer_id", models.BigIntegerField()),
                ("place", models.PositiveSmallIntegerField(help_text="in the list, from 1")),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["opened_at"], name="search_opened_time")],
                "constraints": [
                    models.UniqueConstraint(fields=("token", "offer_id"), name="search_opened_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="QueryDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("key", models.BigIntegerField()),
                ("language", models.CharField(max_length=2)),
                ("words", models.CharField(help_text="as it was mostly typed", max_length=200)),
                ("searches", models.PositiveIntegerField()),
                ("empty", models.PositiveIntegerField(help_text="searches that found nothing")),
                (
                    "above",
                    models.PositiveIntegerField(help_text="of these, with something above the ceiling"),
                ),
                ("corrected", models.PositiveIntegerField()),
                ("corrected_to", models.CharField(blank=True, default="", max_length=200)),
                (
                    "opened",
                    models.PositiveIntegerField(
                        help_text="searches of which a hit was opened, at most all of them"
                    ),
                ),
                ("hits", models.PositiveIntegerField(help_text="hits that were opened")),
                ("places", models.PositiveIntegerField(help_text="sum of their places")),
                ("category_id", models.BigIntegerField(null=True)),
                (
                    "unmet_hours",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="a bit for each hour with a search that found nothing by its words alone",
                    ),
                ),
                (
                    "above_hours",
                    models.PositiveIntegerField(default=0, help_text="the same, of those above the ceiling"),
                ),
                (
                    "regions",
                    models.JSONField(
                        default=dict, help_text="such bits of either by region, where one was asked for"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["key", "day"], name="search_days_of_key")],
                "constraints": [
                    models.UniqueConstraint(fields=("day", "key", "language"), name="search_day_of_query")
                ],
            },
        ),
        migrations.CreateModel(
            name="UnmetDemand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "above_ceiling",
                    models.BooleanField(help_text="there is something, but above the ceiling asked for"),
                ),
                (
                    "words",
                    models.CharField(
                        blank=True, default="", help_text="'': of the category as a whole", max_length=200
                    ),
                ),
                ("language", models.CharField(default="uk", max_length=2)),
                ("searches", models.PositiveIntegerField(help_text="rounded down")),
                (
                    "regions",
                    models.JSONField(default=list, help_text="codes of regions that stand for themselves"),
                ),
                ("refreshed_at", models.DateTimeField()),
                (
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.category",
                    ),
                ),
            ],
        ),
    ]
