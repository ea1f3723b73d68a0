"""Triggers apart from the columns: PostgreSQL changes no table whose rows were just written in the same transaction."""

from django.db import migrations

from core.audit.append_only import protect, release
from core.indexes import TrigramIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("core", "0006_audit_is_only_added_to")]

    operations = [
        TrigramIndex(table="core_auditentry", column="words", name="core_audit_words"),
        migrations.RunPython(
            lambda _apps, schema_editor: protect(schema_editor.connection),
            lambda _apps, schema_editor: release(schema_editor.connection),
        ),
    ]
