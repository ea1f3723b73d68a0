import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0012_photos"),
        ("price_lists", "0012_remembered_words"),
        ("vendors", "0002_invitations"),
    ]

    operations = [
        migrations.CreateModel(
            name="TitleRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("phone", "phone number"),
                            ("link", "link, e-mail or messenger"),
                            ("shouting", "capitals throughout"),
                            ("promotion", "price or promotion"),
                            ("marks", "repeated marks or emoji"),
                            ("html", "remains of HTML"),
                        ],
                        max_length=20,
                        unique=True,
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("off", "nothing"),
                            ("warn", "tell the vendor"),
                            ("clean", "clean the name"),
                            ("hold", "hide the offer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("changed_by", models.CharField(help_text="typed id", max_length=80)),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={"verbose_name": "rule about names", "verbose_name_plural": "rules about names"},
        ),
        migrations.CreateModel(
            name="TitleRemark",
            fields=[
                (
                    "offer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="title_remark",
                        serialize=False,
                        to="catalog.offer",
                    ),
                ),
                (
                    "rules",
                    models.PositiveSmallIntegerField(help_text="bits of the rules that the names break"),
                ),
                ("names_hash", models.BinaryField(max_length=16)),
                ("held_at", models.DateTimeField()),
                ("passed_hash", models.BinaryField(default=b"", max_length=16)),
                (
                    "passed_by",
                    models.CharField(blank=True, default="", help_text="typed id", max_length=80),
                ),
                ("passed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "vendor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="vendors.vendor",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["vendor", "offer"], name="price_lists_held_of_vendor")],
            },
        ),
    ]
