"""A host's failures are those of one vendor's photos; a photo outlives the vendor that named it first."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def give_hosts_to_vendors(apps, schema_editor):
    """A host that several vendors' photos are on becomes one row for each of them."""
    host_model, photo_model = apps.get_model("catalog", "PhotoHost"), apps.get_model("catalog", "Photo")
    for host in host_model.objects.filter(vendor=None).iterator():
        photos = photo_model.objects.filter(host=host)
        vendors = list(photos.order_by().values_list("vendor", flat=True).distinct())
        host_model.objects.filter(pk=host.pk).update(vendor=vendors[0] if vendors else None)
        for vendor in vendors[1:]:
            own = host_model.objects.create(name=host.name, vendor_id=vendor, asked_at=host.asked_at)
            photos.filter(vendor=vendor).update(host=own)


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0013_attributes'),
        ('vendors', '0002_invitations'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='photo',
            name='catalog_photo_queue',
        ),
        migrations.AddField(
            model_name='photohost',
            name='vendor',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='vendors.vendor'),
        ),
        migrations.AlterField(
            model_name='photo',
            name='vendor',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='vendors.vendor'),
        ),
        migrations.AlterField(
            model_name='photohost',
            name='asked_at',
            field=models.DateTimeField(default=django.utils.timezone.now, help_text='the host that was asked longest ago comes first', null=True),
        ),
        migrations.AlterField(
            model_name='photohost',
            name='name',
            field=models.CharField(help_text='with its port where that is not the usual one', max_length=255),
        ),
        migrations.AddIndex(
            model_name='photo',
            index=models.Index(condition=models.Q(('next_at__isnull', False)), fields=['host', 'attempts', 'rank', 'next_at'], name='catalog_photo_queued'),
        ),
        migrations.AddConstraint(
            model_name='photohost',
            constraint=models.UniqueConstraint(fields=('vendor', 'name'), name='catalog_photohost_of_vendor'),
        ),
        migrations.RunPython(give_hosts_to_vendors, migrations.RunPython.noop),
    ]
