"""Product identity: keys of offers, why they are of their products, doubtful pairs and barcodes in quarantine."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0009_offers_of_product"),
        ("price_lists", "0008_source_target"),
    ]

    operations = [
        migrations.CreateModel(
            name="WordStatistics",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("documents", models.PositiveIntegerField()),
                ("offers", models.PositiveBigIntegerField(help_text="the highest offer id when it was made")),
                ("data", models.JSONField()),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="GtinConflict",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "gtin",
                    models.CharField(
                        help_text="14 figures", max_length=14, unique=True, verbose_name="barcode (GTIN)"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("goods", "on plainly different goods"),
                            ("reused", "one vendor uses it for many goods"),
                            ("restricted", "a number for use inside a shop"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "to be decided"),
                            ("confirmed", "joins nothing"),
                            ("trusted", "trusted"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "evidence",
                    models.JSONField(
                        default=list, help_text="[[offer, offer, [[code, left, right, weight]]]]"
                    ),
                ),
                (
                    "actor",
                    models.CharField(
                        blank=True, default="", help_text="typed id of who decided", max_length=60
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "barcode conflict",
                "verbose_name_plural": "barcode conflicts",
                "indexes": [models.Index(fields=["state", "-id"], name="price_lists_conflicts")],
            },
        ),
        migrations.CreateModel(
            name="OfferJoin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("gtin", "same barcode"),
                            ("brand_mpn", "same brand and maker's number"),
                            ("text", "same name, numbers and packing"),
                            ("person", "compared by an operator"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("probability", models.FloatField(default=1.0)),
                (
                    "evidence",
                    models.JSONField(
                        default=list, help_text="[[code, left, right, weight]]; left is this offer"
                    ),
                ),
                (
                    "actor",
                    models.CharField(
                        blank=True, default="", help_text="typed id; '' = the machine", max_length=60
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "offer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="join", to="catalog.offer"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="joins",
                        to="catalog.product",
                    ),
                ),
                (
                    "witness",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.offer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OfferKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.BigIntegerField()),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.offer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("number", "offer"), name="price_lists_offer_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferPair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "to be decided"),
                            ("same", "one good"),
                            ("different", "different goods"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("probability", models.FloatField(default=0.0, verbose_name="probability")),
                ("evidence", models.JSONField(default=list, help_text="as of a join")),
                (
                    "actor",
                    models.CharField(
                        blank=True, default="", help_text="typed id of who decided", max_length=60
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "left",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.offer",
                    ),
                ),
                (
                    "right",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.offer"
                    ),
                ),
            ],
            options={
                "verbose_name": "doubtful pair",
                "verbose_name_plural": "doubtful pairs",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["-probability", "id"],
                        name="price_lists_pairs_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("left", "right"), name="price_lists_pair_once"),
                    models.CheckConstraint(
                        condition=models.Q(("left__lt", models.F("right"))), name="price_lists_pair_in_order"
                    ),
                ],
            },
        ),
    ]
