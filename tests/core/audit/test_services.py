"""A trace is written with what it tells, and only for actions that a room has named."""

import pytest
from django.db import transaction

from core.audit import kinds
from core.audit.services import record
from core.models import AuditEntry

pytestmark = pytest.mark.django_db
ACT = kinds.register("tests.try_action", "Tried")


def test_an_action_is_recorded_with_subject_reason_and_details():
    entry = record(
        actor="user:7",
        action=ACT,
        subject="category:3",
        subject_name="Папір",
        reason="Дубль",
        details={"moved": 5},
    )
    entry.refresh_from_db()
    assert (entry.actor, entry.action, entry.subject, entry.subject_name) == (
        "user:7",
        ACT,
        "category:3",
        "Папір",
    )
    assert (entry.reason, entry.details) == ("Дубль", {"moved": 5})


def test_an_unknown_action_is_refused():
    with pytest.raises(RuntimeError, match=r"tests\.unheard_of"):
        record(actor="user:7", action="tests.unheard_of")
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_recorded():
    with pytest.raises(RuntimeError, match="transaction"):
        record(actor="user:7", action=ACT)
    with transaction.atomic():
        record(actor="user:7", action=ACT)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()
