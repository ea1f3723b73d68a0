from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buyer_requests", "0013_telling_and_trust")]

    operations = [
        migrations.AddField(
            model_name="linematch",
            name="wished",
            field=models.PositiveSmallIntegerField(default=0, help_text="wishes of the line that it meets"),
        )
    ]
