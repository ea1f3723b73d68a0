"""Facts in, batches out: leases, failures, dead entries, coalescing, wake-ups."""

import datetime as dt
import uuid

import pytest
from django.db import connections, transaction
from django.utils import timezone

from core import outbox
from core.errors import Unavailable
from core.models import OutboxEntry
from core.outbox import claims, registry, selectors, services, tasks

pytestmark = pytest.mark.django_db


class Listener:
    """A consumer that notes its calls and fails as told."""

    def __init__(self):
        self.calls = []
        self.poison = set()
        self.down = False

    def __call__(self, facts):
        self.calls.append([fact["n"] for fact in facts])
        if self.down:
            raise Unavailable
        if self.poison & {fact["n"] for fact in facts}:
            raise ValueError("cannot take this")


@pytest.fixture
def listener():
    listener = Listener()
    outbox.register("ear", listener, queue="index", batch=4)
    yield listener
    registry.unregister("ear")


def emit(*numbers):
    with transaction.atomic():
        outbox.emit_many([("ear", "number", {"n": number}) for number in numbers])


def wait_is_over():
    OutboxEntry.objects.filter(dead_at=None).update(visible_at=timezone.now())


def test_facts_come_in_batches_with_their_topic_and_are_deleted(listener):
    seen = []
    outbox.register("other", seen.extend)
    emit(1, 2, 3, 4, 5)
    with transaction.atomic():
        outbox.emit("other", "greeting", {"hello": "світе"})
    assert outbox.drain("ear") == 5
    assert listener.calls == [[1, 2, 3, 4], [5]]
    assert outbox.drain("other") == 1
    assert seen == [{"hello": "світе", "topic": "greeting"}]
    assert not OutboxEntry.objects.exists()
    registry.unregister("other")


def test_emitting_outside_a_transaction_is_refused(listener, monkeypatch):
    monkeypatch.setattr(connections["default"], "in_atomic_block", False)
    with pytest.raises(RuntimeError, match="open one around the change"):
        outbox.emit("ear", "number", {"n": 1})


def test_identical_facts_come_once(listener):
    emit(7, 7, 8, 7)
    assert outbox.drain("ear") == 4
    assert listener.calls == [[7, 8]]


def test_a_claim_is_one_statement_however_many_entries(listener, django_assert_num_queries):
    emit(1)
    with django_assert_num_queries(3):  # with the beginning and the end of its transaction
        claims.claim(registry.consumer("ear"), limit=10)
    emit(2, 3, 4)
    with django_assert_num_queries(3):
        claims.claim(registry.consumer("ear"), limit=10)


def test_a_failing_entry_does_not_hold_up_the_others(listener):
    listener.poison = {3}
    emit(1, 2, 3, 4)
    assert outbox.drain("ear") == 3
    assert listener.calls == [[1, 2, 3, 4], [1, 2], [3, 4], [3], [4]]
    (entry,) = OutboxEntry.objects.all()
    assert (entry.payload, entry.attempts, entry.lease) == ({"n": 3}, 1, None)
    assert entry.last_error == "ValueError: cannot take this"
    assert dt.timedelta(seconds=1.9) < entry.visible_at - timezone.now() <= dt.timedelta(seconds=3)
    assert outbox.drain("ear") == 0


def test_a_poison_entry_is_set_aside_visibly_and_can_be_revived(listener):
    listener.poison = {1}
    emit(1)
    for _ in range(claims.MAX_ATTEMPTS):
        wait_is_over()
        assert outbox.drain("ear") == 0
    (entry,) = selectors.dead_entries()
    assert entry.attempts == claims.MAX_ATTEMPTS
    wait_is_over()
    assert outbox.drain("ear") == 0
    assert len(listener.calls) == claims.MAX_ATTEMPTS
    (backlog,) = selectors.backlogs()
    assert (backlog.consumer, backlog.waiting, backlog.failing, backlog.dead) == ("ear", 0, 0, 1)
    listener.poison = set()
    assert outbox.revive([entry.pk]) == 1
    assert outbox.drain("ear") == 1


def test_pauses_grow_and_are_bounded():
    assert 2 <= claims.pause_after(1) <= 3
    assert 16 <= claims.pause_after(4) <= 24
    assert 600 <= claims.pause_after(60) <= 900


def test_an_outage_costs_no_attempts_and_no_bisection(listener):
    listener.down = True
    emit(1, 2, 3, 4, 5)
    for _ in range(claims.MAX_ATTEMPTS + 2):
        wait_is_over()
        assert outbox.drain("ear") == 0
    assert listener.calls == [[1, 2, 3, 4]] * (claims.MAX_ATTEMPTS + 2)
    assert set(OutboxEntry.objects.values_list("attempts", "lease")) == {(0, None)}
    listener.down = False
    wait_is_over()
    assert outbox.drain("ear") == 5


def test_a_crash_between_work_and_delete_repeats_the_work_after_the_lease(listener):
    emit(1, 2)
    lease, entries = claims.claim(registry.consumer("ear"), limit=10)
    listener([entry.fact for entry in entries])  # done, and then the process dies before it deletes
    assert outbox.drain("ear") == 0
    OutboxEntry.objects.filter(lease=lease).update(visible_at=timezone.now() - dt.timedelta(seconds=1))
    assert outbox.drain("ear") == 2
    assert listener.calls == [[1, 2], [1], [2]]  # one by one: what was in hand may have killed its worker


def test_what_a_late_worker_finishes_stays_with_the_new_holder(listener):
    emit(1)
    old, (entry,) = claims.claim(registry.consumer("ear"), limit=10)
    wait_is_over()
    new, (again,) = claims.claim(registry.consumer("ear"), limit=10)
    claims.finish(old, [entry.id])
    assert OutboxEntry.objects.count() == 1
    claims.fail(old, entry, error="late")
    assert OutboxEntry.objects.get().lease == new
    claims.finish(new, [again.id])
    assert OutboxEntry.objects.count() == 0


def test_an_exclusive_consumer_has_one_batch_in_hand_at_a_time():
    outbox.register("alone", lambda facts: None, exclusive=True)
    with transaction.atomic():
        outbox.emit_many([("alone", "number", {"n": number}) for number in range(3)])
    alone = registry.consumer("alone")
    lease, entries = claims.claim(alone, limit=2)
    assert [entry.payload for entry in entries] == [{"n": 0}, {"n": 1}]
    assert claims.claim(alone, limit=2)[1] == []
    claims.finish(lease, [entry.id for entry in entries])
    assert [entry.payload for entry in claims.claim(alone, limit=2)[1]] == [{"n": 2}]
    registry.unregister("alone")


def test_draining_until_empty_follows_facts_that_handlers_emit(listener):
    def pass_on(facts):
        emit(*[fact["n"] * 10 for fact in facts])

    outbox.register("first", pass_on)
    with transaction.atomic():
        outbox.emit("first", "number", {"n": 4})
    assert services.drain_until_empty(["ear", "first"], timeout=5) is True
    assert listener.calls == [[40]]
    registry.unregister("first")


def test_draining_until_empty_tells_when_something_is_left(listener):
    listener.poison = {1}
    emit(1, 2)
    assert services.drain_until_empty(["ear"], timeout=5) is False
    assert list(OutboxEntry.objects.values_list("payload", flat=True)) == [{"n": 1}]


def test_draining_until_empty_waits_for_what_a_worker_holds(listener):
    emit(1)
    lease, _ = claims.claim(registry.consumer("ear"), limit=1)
    assert services.drain_until_empty(["ear"], timeout=0.2) is False
    waits = []

    def worker_finishes():
        waits.append(1)
        claims.finish(lease, OutboxEntry.objects.values_list("pk", flat=True))

    assert services.drain_until_empty(["ear"], timeout=5, on_wait=worker_finishes) is True
    assert waits == [1]


def test_one_wake_up_per_consumer_and_commit(listener, monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr(tasks, "wake", woken.append)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        for number in range(3):
            outbox.emit("ear", "number", {"n": number})
        with transaction.atomic():
            outbox.emit("ear", "number", {"n": 3})
    assert woken == ["ear"]


def test_a_rolled_back_savepoint_takes_only_its_own_wake_up_along(
    listener, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr(tasks, "wake", woken.append)

    def undone():
        with transaction.atomic():
            outbox.emit("ear", "number", {"n": 1})
            raise LookupError

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        with pytest.raises(LookupError):
            undone()
        outbox.emit("ear", "number", {"n": 2})
    assert woken == ["ear"]
    assert list(OutboxEntry.objects.values_list("payload", flat=True)) == [{"n": 2}]


def test_the_sweep_wakes_who_has_something_due_and_reports_strangers(listener, monkeypatch, caplog):
    woken = []
    monkeypatch.setattr(tasks, "wake", woken.append)
    emit(1, 2)
    with transaction.atomic():
        outbox.emit("nobody", "number", {"n": 1})
    tasks.sweep()
    assert woken == ["ear"]
    assert "'nobody', which is not registered" in caplog.text
    OutboxEntry.objects.update(visible_at=timezone.now() + dt.timedelta(seconds=9))
    tasks.sweep()
    assert woken == ["ear"]


def test_a_wake_up_goes_to_the_consumers_queue_and_survives_a_dead_broker(listener, monkeypatch, caplog):
    sent = []
    monkeypatch.setattr(tasks.drain, "apply_async", lambda **options: sent.append(options))
    tasks.wake("ear")
    assert sent == [{"kwargs": {"consumer": "ear"}, "queue": "index", "retry": False}]

    def broken(**_):
        raise ConnectionRefusedError

    monkeypatch.setattr(tasks.drain, "apply_async", broken)
    tasks.wake("ear")
    assert "the sweep will wake 'ear'" in caplog.text


def test_the_drain_task_drains(listener):
    emit(1)
    tasks.drain(consumer="ear")
    assert listener.calls == [[1]]


def test_an_unknown_consumer_is_named():
    with pytest.raises(LookupError, match="No outbox consumer 'typo' is registered"):
        outbox.drain("typo")


def test_a_name_is_registered_once(listener):
    with pytest.raises(ValueError, match="registered already"):
        outbox.register("ear", print)


def test_one_that_gives_way_lets_the_other_of_its_queue_go_first(listener, monkeypatch):
    woken, slow = [], Listener()
    monkeypatch.setattr(tasks, "wake", woken.append)

    def handle(facts):
        slow(facts)
        emit(7)  # meanwhile something urgent comes

    outbox.register("slow", handle, queue="index", batch=2, gives_way_to="ear")
    try:
        with transaction.atomic():
            outbox.emit_many([("slow", "number", {"n": number}) for number in (1, 2, 3)])
        woken.clear()
        tasks.drain(consumer="slow")
        assert (slow.calls, woken[-2:]) == ([[1, 2]], ["ear", "slow"])
        tasks.drain(consumer="slow")
        assert slow.calls == [[1, 2]]
        OutboxEntry.objects.filter(consumer="ear").update(
            lease=uuid.uuid4(), visible_at=timezone.now() + dt.timedelta(minutes=1)
        )
        tasks.drain(consumer="slow")  # somebody is at it
        assert slow.calls == [[1, 2], [3]]
    finally:
        registry.unregister("slow")
