"""Several connections drain one consumer on PostgreSQL: each entry is done once, and none is lost."""

import threading
import time
from collections import Counter

import pytest
from django.db import connection, transaction

from core import outbox
from core.models import OutboxEntry
from core.outbox import claims, registry

ENTRIES, WORKERS = 200, 4


@pytest.fixture
def _on_postgresql(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: its processes are tested in test_processes.py")


def in_threads(work):
    errors = []

    def run(number):
        try:
            work(number)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WORKERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert errors == []


class Listener:
    """Notes what it saw, and how many were at work at the same moment."""

    def __init__(self):
        self.seen, self.most, self._now, self._lock = Counter(), 0, 0, threading.Lock()

    def __call__(self, facts):
        with self._lock:
            self.seen.update(fact["n"] for fact in facts)
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.02)
        with self._lock:
            self._now -= 1


@pytest.fixture
def fill():
    def fill(listener, **values):
        outbox.register("ear", listener, batch=5, **values)
        with transaction.atomic():
            outbox.emit_many([("ear", "number", {"n": number}) for number in range(ENTRIES)])

    yield fill
    registry.unregister("ear")


@pytest.mark.usefixtures("_on_postgresql")
def test_workers_share_the_entries(fill):
    listener = Listener()
    fill(listener)
    in_threads(lambda _: outbox.drain("ear"))
    assert listener.seen == Counter(range(ENTRIES))
    assert listener.most > 1
    assert not OutboxEntry.objects.exists()


@pytest.mark.usefixtures("_on_postgresql")
def test_an_exclusive_consumer_has_one_worker_at_a_time(fill):
    listener = Listener()
    fill(listener, exclusive=True)
    in_threads(lambda _: outbox.drain_until_empty(["ear"], timeout=60))
    assert listener.seen == Counter(range(ENTRIES))
    assert listener.most == 1


@pytest.mark.usefixtures("_on_postgresql")
def test_a_claim_waits_for_nobody_and_takes_what_nobody_has(fill):
    fill(Listener())
    consumer = registry.consumer("ear")
    taken, first_has_claimed, second_is_done = {}, threading.Event(), threading.Event()

    def claim(number):
        if number == 0:
            with transaction.atomic():  # its rows stay locked until the other has claimed, too
                taken[0] = [each.id for each in claims.claim(consumer, limit=5)[1]]
                first_has_claimed.set()
                assert second_is_done.wait(20)
        elif number == 1:
            assert first_has_claimed.wait(20)
            taken[1] = [each.id for each in claims.claim(consumer, limit=5)[1]]
            second_is_done.set()

    in_threads(claim)
    every = sorted(OutboxEntry.objects.values_list("pk", flat=True))
    assert taken == {0: every[:5], 1: every[5:10]}
