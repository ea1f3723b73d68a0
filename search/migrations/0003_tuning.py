"""What operators set about searching: points beside relevance, synonyms, replays."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q, Value

STATES = [("draft", "draft"), ("live", "live"), ("past", "earlier")]


class Migration(migrations.Migration):
    dependencies = [("search", "0002_index_lifecycle")]

    operations = [
        migrations.CreateModel(
            name="RankingWeights",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(choices=STATES, default="draft", max_length=5)),
                ("availability", models.PositiveSmallIntegerField(verbose_name="stock")),
                ("freshness", models.PositiveSmallIntegerField(verbose_name="freshness")),
                ("price", models.PositiveSmallIntegerField(verbose_name="price")),
                ("quality", models.PositiveSmallIntegerField(verbose_name="vendor's quality")),
                ("category", models.PositiveSmallIntegerField(verbose_name="category that the words mean")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="note")),
                ("made_by", models.CharField(help_text="typed id", max_length=80)),
                ("made_at", models.DateTimeField()),
                ("live_by", models.CharField(blank=True, default="", help_text="typed id", max_length=80)),
                ("live_at", models.DateTimeField(blank=True, null=True)),
                (
                    "was_tried",
                    models.BooleanField(default=False, help_text="somebody saw a replay before it went live"),
                ),
                (
                    "copy_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="search.rankingweights",
                    ),
                ),
            ],
            options={
                "verbose_name": "points of ranking",
                "verbose_name_plural": "points of ranking",
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("state__in", ["draft", "live"])),
                        fields=("state",),
                        name="search_weights_one_of_a_state",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("availability__lte", 15),
                            ("category__lte", 10),
                            ("freshness__lte", 10),
                            ("price__lte", 10),
                            ("quality__lte", 10),
                        ),
                        name="search_weights_each_within",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            (
                                "availability__lte",
                                Value(30) - F("category") - F("freshness") - F("price") - F("quality"),
                            )
                        ),
                        name="search_weights_all_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Synonym",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=80, verbose_name="words")),
                ("also", models.CharField(max_length=80, verbose_name="also find")),
                ("both_ways", models.BooleanField(default=True, verbose_name="both ways")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="note")),
                ("state", models.CharField(choices=STATES, default="draft", max_length=5)),
                ("made_by", models.CharField(help_text="typed id", max_length=80)),
                ("made_at", models.DateTimeField()),
                ("live_by", models.CharField(blank=True, default="", help_text="typed id", max_length=80)),
                ("live_at", models.DateTimeField(blank=True, null=True)),
                (
                    "was_tried",
                    models.BooleanField(default=False, help_text="somebody saw a replay before it went live"),
                ),
                ("ended_by", models.CharField(blank=True, default="", help_text="typed id", max_length=80)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "synonym",
                "verbose_name_plural": "synonyms",
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("state", "past"), _negated=True),
                        fields=("words", "also"),
                        name="search_synonym_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Replay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject",
                    models.CharField(
                        choices=[("weights", "points beside relevance"), ("synonyms", "synonyms")], max_length=8
                    ),
                ),
                ("tried", models.CharField(help_text="fingerprint of what was live and of the draft", max_length=64)),
                ("asked_by", models.CharField(help_text="typed id", max_length=80)),
                ("asked_at", models.DateTimeField()),
                ("job_id", models.UUIDField(blank=True, null=True)),
                ("outcome", models.JSONField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("seen_by", models.CharField(blank=True, default="", help_text="typed id", max_length=80)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "replay",
                "verbose_name_plural": "replays",
                "indexes": [models.Index(fields=["subject", "tried"], name="search_replay_of_draft")],
            },
        ),
        migrations.CreateModel(
            name="TuningToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=32)),
            ],
        ),
    ]
