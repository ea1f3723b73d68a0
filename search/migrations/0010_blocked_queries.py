"""Words that operators never want to be suggested."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0009_one_vendors_queries'),
    ]

    operations = [
        migrations.CreateModel(
            name='BlockedQuery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=200, unique=True)),
                ('reason', models.CharField(max_length=200)),
                ('made_by', models.CharField(help_text='typed id', max_length=80)),
                ('made_at', models.DateTimeField()),
            ],
        ),
    ]
