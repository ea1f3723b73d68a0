"""What a line may ask for besides words, a quantity and a ceiling; templates of requests; keys of programs."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("buyer_requests", "0002_line_details_and_fits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="buyerrequest",
            name="needed_by",
            field=models.DateField(blank=True, null=True, verbose_name="needed by"),
        ),
        migrations.AddField(
            model_name="buyerrequest",
            name="region",
            field=models.CharField(blank=True, default="", max_length=5, verbose_name="region of delivery"),
        ),
        migrations.AddField(
            model_name="requestline",
            name="gtin",
            field=models.CharField(blank=True, default="", max_length=14, verbose_name="GTIN"),
        ),
        migrations.AddField(
            model_name="requestline",
            name="mpn",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="maker's number"),
        ),
        migrations.AddField(
            model_name="requestline",
            name="needed_by",
            field=models.DateField(
                blank=True, help_text="where not the request's", null=True, verbose_name="needed by"
            ),
        ),
        migrations.AddField(
            model_name="requestline",
            name="place",
            field=models.CharField(
                blank=True,
                default="",
                help_text="where not the request's",
                max_length=160,
                verbose_name="place of delivery",
            ),
        ),
        migrations.AddField(
            model_name="requestline",
            name="substitutes",
            field=models.BooleanField(default=True, verbose_name="substitutes are welcome"),
        ),
        migrations.AddField(
            model_name="requestline",
            name="wants",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="attributes asked for: [{text, must, code, op, value}]; see buyer_requests/parsing/wants.py",
            ),
        ),
        migrations.CreateModel(
            name="RequestKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hash", models.CharField(max_length=64, unique=True)),
                ("beginning", models.CharField(help_text="by which people tell keys apart", max_length=12)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="request_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="KeyedDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                (
                    "digest",
                    models.CharField(
                        help_text="of what was sent: another list under the same key is refused",
                        max_length=64,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="buyer_requests.buyerrequest",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("owner", "key"), name="requests_keyed_once")],
            },
        ),
        migrations.CreateModel(
            name="RequestTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("content", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="request_templates",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "name"), name="requests_template_name")
                ],
            },
        ),
    ]
