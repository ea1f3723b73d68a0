"""The trace can be searched for words, and its rows neither change nor go."""

from django.db import migrations, models



def fill_words(apps, schema_editor):
    model = apps.get_model("core", "AuditEntry")
    for entry in model.objects.only("pk", "subject_name", "reason").iterator(chunk_size=2_000):
        model.objects.filter(pk=entry.pk).update(words=f"{entry.subject_name} {entry.reason}".strip().casefold())


class Migration(migrations.Migration):
    dependencies = [("core", "0005_day_figures")]

    operations = [
        migrations.AddField(
            "auditentry",
            "words",
            models.TextField(
                blank=True, default="", help_text="name and reason in small letters, to search in"
            ),
        ),
        migrations.AlterModelOptions(
            "auditentry",
            {
                "ordering": ["-pk"],
                "verbose_name": "entry of the journal",
                "verbose_name_plural": "journal",
            },
        ),
        migrations.AddIndex(
            "auditentry", models.Index(fields=["subject", "-at", "-id"], name="core_audit_of_subject")
        ),
        migrations.RunPython(fill_words, migrations.RunPython.noop),
    ]
