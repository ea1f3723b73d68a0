import django.db.models.deletion
from django.db import migrations, models

import buyer_requests.sealing.models


class Migration(migrations.Migration):
    dependencies = [("buyer_requests", "0011_decisions")]

    operations = [
        migrations.CreateModel(
            name="SealedTerms",
            fields=[
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="sealing",
                        serialize=False,
                        to="buyer_requests.buyerrequest",
                    ),
                ),
                (
                    "shows_count",
                    models.BooleanField(default=False, verbose_name="show how many bids came in"),
                ),
                (
                    "reveals",
                    models.CharField(
                        choices=[
                            ("own", "only its own bid, and the log"),
                            ("all", "what everybody bid, without names of companies"),
                        ],
                        default="own",
                        max_length=3,
                        verbose_name="after the opening a bidder sees",
                    ),
                ),
                (
                    "salt",
                    models.CharField(
                        default=buyer_requests.sealing.models.new_salt, editable=False, max_length=64
                    ),
                ),
                (
                    "key_id",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="which secret of the settings the keys are made of",
                        max_length=16,
                    ),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SealedBid",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("bidder", models.CharField(max_length=32)),
                ("content", models.BinaryField()),
                (
                    "fault",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "none"),
                            ("unreadable", "it cannot be decrypted"),
                            ("differs", "it is not what the log committed to"),
                            ("missing", "it is in the log, and nothing of it is stored"),
                            ("unusable", "it is what was sent, but can no longer be stored as a bid"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("is_opened", models.BooleanField(default=False)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sealed_bids",
                        to="buyer_requests.buyerrequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("request", "bidder"), name="sealed_bid_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("published", "the request was published"),
                            ("sent", "a bid was sent"),
                            ("revised", "a bid was revised"),
                            ("withdrawn", "a bid was withdrawn"),
                            ("deadline", "the deadline moved to a later time"),
                            ("opened", "the bids were opened"),
                            ("cancelled", "the request was cancelled; no bid was opened"),
                        ],
                        max_length=9,
                    ),
                ),
                ("bidder", models.CharField(blank=True, default="", max_length=32)),
                ("commitment", models.CharField(blank=True, default="", max_length=64)),
                ("details", models.JSONField(default=dict)),
                ("at", models.CharField(help_text="UTC, by the database's clock", max_length=27)),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sealed_records",
                        to="buyer_requests.buyerrequest",
                    ),
                ),
            ],
            options={
                "ordering": ["sequence"],
                "constraints": [
                    models.UniqueConstraint(fields=("request", "sequence"), name="sealed_record_in_order"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "opened")),
                        fields=("request",),
                        name="sealed_opened_once",
                    ),
                ],
            },
        ),
    ]
