"""Addresses of photos, and the hosts that they are on."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0011_supplies_by_age"),
        ("vendors", "0002_invitations"),
    ]

    operations = [
        migrations.CreateModel(
            name="PhotoHost",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=255, unique=True)),
                (
                    "asked_at",
                    models.DateTimeField(
                        help_text="the host that was asked longest ago comes first", null=True
                    ),
                ),
                ("wait_until", models.DateTimeField(help_text="it is not asked before", null=True)),
                (
                    "failures",
                    models.PositiveSmallIntegerField(default=0, help_text="in a row, of the host itself"),
                ),
                ("leased_until", models.DateTimeField(help_text="a worker is at it", null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(help_text="from the address: addresses.key_of", unique=True)),
                ("address", models.TextField()),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="0: an offer's first, 1: a further one, 2 and 3: the same, asked again",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("ready", "ready"),
                            ("refused", "refused"),
                            ("gone", "not there"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                (
                    "content",
                    models.CharField(
                        default="", help_text="hash of its bytes: begins its files' names", max_length=32
                    ),
                ),
                ("width", models.PositiveIntegerField(default=0)),
                ("height", models.PositiveIntegerField(default=0)),
                (
                    "sizes",
                    models.CharField(default="", help_text="sides of its files: 160,320,640", max_length=40),
                ),
                ("size", models.PositiveIntegerField(default=0, help_text="bytes that came")),
                ("etag", models.CharField(default="", max_length=250)),
                ("last_modified", models.CharField(default="", max_length=60)),
                ("attempts", models.PositiveSmallIntegerField(default=0, help_text="in vain, in a row")),
                (
                    "next_at",
                    models.DateTimeField(
                        help_text="stands in the queue since then, or from then on", null=True
                    ),
                ),
                (
                    "check_at",
                    models.DateTimeField(help_text="goes into the queue again after that", null=True),
                ),
                ("fetched_at", models.DateTimeField(null=True)),
                ("error", models.CharField(default="", max_length=40)),
                ("unused_since", models.DateTimeField(help_text="no offer on sale names it", null=True)),
                (
                    "supply",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.supply",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="vendors.vendor",
                    ),
                ),
                (
                    "host",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photos",
                        to="catalog.photohost",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["host", "rank", "next_at"],
                        name="catalog_photo_queue",
                    ),
                    models.Index(fields=["vendor", "state"], name="catalog_photo_vendor"),
                    models.Index(
                        condition=models.Q(("content", ""), _negated=True),
                        fields=["content"],
                        name="catalog_photo_content",
                    ),
                ],
            },
        ),
    ]
