"""How many bytes the files of a photo take."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0015_removed_photos"),
    ]

    operations = [
        migrations.AddField(
            model_name="photo",
            name="stored",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="bytes of its files; 0: not measured yet"
            ),
        ),
    ]
