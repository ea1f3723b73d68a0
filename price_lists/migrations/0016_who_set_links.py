"""Who set a link: when that person leaves the vendor, it is not asked any more."""

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import SET_NULL


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("price_lists", "0015_quiet_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="feed",
            name="set_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
