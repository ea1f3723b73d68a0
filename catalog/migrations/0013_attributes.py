"""Typed attributes, their choices, and the categories that have them."""

import django.db.models.deletion
from django.db import migrations, models

UNITS = [
    ("mm", "length (mm)"),
    ("in", "inches"),
    ("g", "weight (g)"),
    ("ml", "volume (ml)"),
    ("gsm", "density of paper (g/m²)"),
    ("m2", "area (m²)"),
    ("m3", "room (m³)"),
    ("pc", "pieces"),
    ("sheet", "sheets"),
    ("page", "pages"),
    ("w", "power (W)"),
    ("va", "apparent power (VA)"),
    ("v", "voltage (V)"),
    ("a", "current (A)"),
    ("mah", "charge (mAh)"),
    ("hz", "frequency (Hz)"),
    ("gb", "memory (GB)"),
    ("gbps", "data rate (Gbit/s)"),
    ("lm", "luminous flux (lm)"),
    ("db", "loudness (dB)"),
    ("rpm", "revolutions per minute"),
    ("dpi", "dots per inch (dpi)"),
    ("mp", "megapixels"),
    ("min", "minutes"),
    ("bar", "pressure (bar)"),
    ("%", "per cent"),
]
KINDS = [
    ("number", "number, with a unit or counted"),
    ("choice", "one of a list"),
    ("yes_no", "yes or no"),
    ("size", "length × width"),
    ("text", "text"),
]
NAME_RULES = [
    ("anywhere", "anywhere in the name"),
    ("beside", "only beside one of its words"),
    ("never", "not in the name"),
]


def key():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def names():
    """`name` and its columns by language."""
    return [
        ("name", models.CharField(max_length=80, verbose_name="name")),
        *(
            (f"name_{language}", models.CharField(max_length=80, null=True, verbose_name="name"))
            for language in ("uk", "ru", "en")
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0012_photos"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attribute",
            fields=[
                ("id", key()),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                *names(),
                (
                    "kind",
                    models.CharField(choices=KINDS, default="number", max_length=8, verbose_name="kind"),
                ),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        choices=UNITS,
                        default="",
                        help_text="empty: counted",
                        max_length=8,
                        verbose_name="unit",
                    ),
                ),
                ("lowest", models.FloatField(blank=True, null=True, verbose_name="lowest")),
                ("highest", models.FloatField(blank=True, null=True, verbose_name="highest")),
                (
                    "bare",
                    models.BooleanField(
                        default=False, verbose_name="a number without a unit is of this unit"
                    ),
                ),
                (
                    "name_rule",
                    models.CharField(
                        choices=NAME_RULES, default="anywhere", max_length=8, verbose_name="in names"
                    ),
                ),
                ("words", models.TextField(blank=True, default="", verbose_name="words for it")),
            ],
            options={"verbose_name": "attribute", "verbose_name_plural": "attributes"},
        ),
        migrations.CreateModel(
            name="AttributeRules",
            fields=[
                ("id", key()),
                ("token", models.CharField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="AttributeChoice",
            fields=[
                ("id", key()),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                *names(),
                ("words", models.TextField(blank=True, default="", verbose_name="words for it")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="place")),
                (
                    "attribute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="choices",
                        to="catalog.attribute",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("attribute", "code"), name="catalog_attribute_choice_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CategoryAttribute",
            fields=[
                ("id", key()),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="place")),
                ("inherited", models.BooleanField(default=True, verbose_name="below it, too")),
                (
                    "attribute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="categories",
                        to="catalog.attribute",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attributes",
                        to="catalog.category",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("category", "attribute"), name="catalog_category_attribute_once"
                    )
                ],
            },
        ),
    ]
