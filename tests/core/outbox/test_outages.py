"""Which errors of a handler cost an entry an attempt, by what real databases raise."""

import datetime as dt
import sqlite3
from contextlib import closing

import psycopg
import pytest
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, ProgrammingError, transaction
from django.utils import timezone

from core import outbox
from core.errors import Unavailable
from core.models import OutboxEntry
from core.outbox import claims, registry, selectors, services, tasks
from core.outbox.outages import Outage, outage
from tests.parts import require_part


def wrapped(error):
    """As Django hands it on."""
    outer = OperationalError(*error.args)
    outer.__cause__ = error
    return outer


def raised(connect, *statements):
    try:
        with closing(connect()) as database:
            for statement in statements:
                database.execute(statement)
    except (sqlite3.Error, psycopg.Error) as error:
        return wrapped(error)
    raise AssertionError("nothing was raised")


def test_sqlite_busy_and_out_of_reach_pass_by_but_a_missing_table_does_not(tmp_path):
    file = tmp_path / "some.sqlite3"

    def connect():
        return sqlite3.connect(file, timeout=0)

    assert outage(raised(connect, "SELECT 1 FROM absent")) is Outage.NONE
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("CREATE TABLE t (n)")
        other.execute("BEGIN IMMEDIATE")
        assert outage(raised(connect, "BEGIN IMMEDIATE")) is Outage.DOWN
    nowhere = tmp_path / "nowhere" / "some.sqlite3"
    assert outage(raised(lambda: sqlite3.connect(nowhere))) is Outage.DOWN


def test_postgresql_by_its_sqlstate():
    address = require_part("postgresql")

    def connect():
        return psycopg.connect(address, autocommit=True)

    slow = raised(connect, "SET statement_timeout = '20ms'", "SELECT pg_sleep(5)")
    assert outage(slow) is Outage.BUSY
    cut = raised(connect, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert outage(cut) is Outage.DOWN
    nobody = raised(lambda: psycopg.connect("postgresql://nobody@127.0.0.1:1/none"))
    assert outage(nobody) is Outage.DOWN
    assert outage(raised(connect, "SELECT 1 FROM nothing_of_this_name")) is Outage.NONE


def test_other_errors():
    assert outage(Unavailable()) is Outage.DOWN
    assert outage(InterfaceError("connection already closed")) is Outage.DOWN
    assert outage(ProgrammingError("no such relation")) is Outage.NONE
    assert outage(ValueError("no")) is Outage.NONE


class Broken:
    def __init__(self, error):
        self.error, self.calls = error, 0

    def __call__(self, facts):
        self.calls += 1
        raise self.error


@pytest.fixture
def listen():
    def listen(handler, **values):
        outbox.register("ear", handler, **values)
        with transaction.atomic():
            outbox.emit("ear", "number", {"n": 1})
        return OutboxEntry.objects.get()

    yield listen
    registry.unregister("ear")


def try_until_dead():
    for tries in range(1, 20):
        OutboxEntry.objects.filter(dead_at=None).update(visible_at=timezone.now())
        outbox.drain("ear")
        if selectors.dead_entries().exists():
            return tries
    return None


@pytest.mark.django_db
def test_a_missing_table_ends_as_a_dead_entry_that_can_be_seen(listen, tmp_path):
    error = raised(lambda: sqlite3.connect(tmp_path / "x.sqlite3"), "SELECT 1 FROM absent")
    entry = listen(Broken(error))
    assert try_until_dead() == claims.MAX_ATTEMPTS
    entry.refresh_from_db()
    assert "no such table" in entry.last_error


@pytest.mark.django_db
def test_a_database_too_busy_for_an_entry_is_waited_for_a_day(listen):
    busy = wrapped(psycopg.errors.QueryCanceled("canceling statement due to statement timeout"))
    entry = listen(Broken(busy))
    assert try_until_dead() is None
    entry.refresh_from_db()
    assert entry.attempts == 0
    OutboxEntry.objects.update(created_at=timezone.now() - services.PATIENCE - dt.timedelta(minutes=1))
    assert try_until_dead() == claims.MAX_ATTEMPTS


@pytest.mark.django_db
def test_what_kills_its_worker_each_time_is_set_aside(listen):
    seen = []
    entry = listen(seen.append)
    for _ in range(claims.MAX_ATTEMPTS):
        _, entries = claims.claim(registry.consumer("ear"), limit=10)  # and then the worker dies
        assert [each.id for each in entries] == [entry.pk]
        OutboxEntry.objects.update(visible_at=timezone.now() - dt.timedelta(seconds=1))
    assert outbox.drain("ear") == 0
    assert seen == []
    entry.refresh_from_db()
    assert (entry.attempts, entry.lease, entry.dead_at is None) == (claims.MAX_ATTEMPTS, None, False)
    assert "worker was lost" in entry.last_error


@pytest.mark.django_db
def test_all_dead_entries_of_a_consumer_are_revived_at_once(listen, capsys):
    listen(print)
    OutboxEntry.objects.update(dead_at=timezone.now())
    dead_too = OutboxEntry.objects.create(
        consumer="other", topic="t", payload={}, visible_at=timezone.now(), dead_at=timezone.now()
    )
    call_command("queues", "--revive-entries", "ear")
    assert "1 outbox entries are tried again." in capsys.readouterr().out
    assert list(selectors.dead_entries()) == [dead_too]
    assert outbox.revive_all() == 1


@pytest.mark.django_db
def test_lags(listen):
    listen(print)
    OutboxEntry.objects.update(created_at=timezone.now() - dt.timedelta(seconds=90))
    assert 90 <= selectors.oldest_age("ear") < 95
    assert selectors.oldest_age("nobody") == 0
    assert {name: round(lag / 10) for name, lag in selectors.lags().items()} == {"ear": 9}
    assert not selectors.is_idle("ear")
    outbox.drain("ear")
    assert selectors.is_idle("ear")
    assert selectors.lags() == {}


@pytest.mark.django_db
def test_who_can_share_gets_smaller_batches_and_more_workers(listen, monkeypatch):
    alone = [True]
    listen(print, batch=10, exclusive=lambda: alone[0], shared_batch=2)
    with transaction.atomic():
        outbox.emit_many([("ear", "number", {"n": n}) for n in range(2, 6)])
    woken = []
    monkeypatch.setattr(tasks, "wake", woken.append)
    tasks.sweep()
    assert woken == ["ear"]
    assert registry.consumer("ear").batch_now == 10
    alone[0] = False
    tasks.sweep()
    assert woken == ["ear"] * 4
    assert registry.consumer("ear").batch_now == 2
