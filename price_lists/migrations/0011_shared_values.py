import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0011_supplies_by_age'),
        ('price_lists', '0010_suggestions_by_goods'),
    ]

    operations = [
        migrations.AddField(
            model_name='source',
            name='numbering',
            field=models.JSONField(default=dict, help_text="{another full source's id: whether both mean the same goods by their numbers; null: not known yet}"),
        ),
        migrations.CreateModel(
            name='SharedValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('link_id', models.BigIntegerField(help_text="CategoryLink of the vendor's path there", null=True)),
                ('data', models.JSONField(help_text='an OfferDraft')),
                ('price_at', models.DateTimeField(help_text='when the source changed its price')),
                ('stock_at', models.DateTimeField()),
                ('text_at', models.DateTimeField()),
                ('offer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.offer')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shared', to='price_lists.source')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('offer', 'source'), name='price_lists_shared_value_once')],
            },
        ),
    ]
