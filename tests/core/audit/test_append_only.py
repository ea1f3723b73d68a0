"""The database refuses to change the trace; tests alone may empty it."""

import pytest
from django.db import DatabaseError, connection, transaction

from core.audit import append_only, kinds
from core.audit.services import record
from core.models import AuditEntry

TRIED = kinds.register("tests.only_added", "Tried")


@pytest.fixture
def entry(db):
    with transaction.atomic():
        return record(actor="user:1", action=TRIED, subject="vendor:1", subject_name="Скрепка", reason="Чому")


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_an_entry_neither_changes_nor_goes(entry, deed):
    rows = AuditEntry.objects.filter(pk=entry.pk)
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        rows.update(reason="Інше") if deed == "update" else rows.delete()
    assert AuditEntry.objects.get(pk=entry.pk).reason == "Чому"


def test_nor_by_words_that_no_model_knows(entry):
    words = "DELETE FROM core_auditentry" if connection.vendor == "sqlite" else "TRUNCATE core_auditentry"
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        connection.cursor().execute(words)
    assert AuditEntry.objects.filter(pk=entry.pk).exists()


def test_triggers_that_a_migration_lost_come_back(entry):
    append_only.release(connection)
    append_only.after_migrate(using="default")
    append_only.after_migrate(using="default")
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        AuditEntry.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_may_leave_entries_behind():
    """Its tables are emptied afterwards: that is what would fail."""
    with transaction.atomic():
        record(actor="user:1", action=TRIED)
    assert AuditEntry.objects.count() == 1
