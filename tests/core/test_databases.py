"""When a database error is an outage, how long statements may take, and what is written by COPY."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import timezone

from core.bulk import allocate_ids, insert_rows, update_rows
from core.databases import is_outage, long_statements, refresh_statistics
from core.models import CurrencyRate, OutboxEntry
from core.patience import bulk_work
from marketplace.settings import parts

ROOT = Path(__file__).resolve().parents[2]


def caused(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError("connection refused"), True),
        (InterfaceError("connection already closed"), True),
        (OperationalError("database is locked"), True),
        (caused(OperationalError("x"), psycopg.errors.QueryCanceled()), True),
        (caused(OperationalError("x"), psycopg.errors.LockNotAvailable()), True),
        (caused(OperationalError("x"), psycopg.errors.DeadlockDetected()), True),
        (caused(OperationalError("x"), psycopg.errors.AdminShutdown()), True),
        (caused(OperationalError("x"), psycopg.errors.DiskFull()), True),
        (caused(OperationalError("x"), psycopg.errors.InvalidPassword()), False),
        (OperationalError("no such table: catalog_offer"), False),
        (ProgrammingError("syntax error"), False),
        (IntegrityError("duplicate key"), False),
        (ValueError("x"), False),
        (None, False),
    ],
)
def test_an_outage_is_what_passes_by_itself(error, expected):
    assert is_outage(error) is expected


def away(request):
    raise OperationalError("connection refused")


def wrong(request):
    raise ValueError


urlpatterns = [path("away", away), path("wrong", wrong)]
handler500 = "core.outages.server_error"


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(("address", "status", "retry"), [("/away", 503, "10"), ("/wrong", 500, None)])
def test_an_outage_is_told_apart_from_a_mistake_of_ours(address, status, retry):
    """Without asking the database for anything: this test may not."""
    answer = Client(raise_request_exception=False).get(address)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry)


@pytest.mark.django_db
def test_long_work_has_its_own_time_and_leaves_none_behind():
    def limit():
        if connection.vendor != "postgresql":
            return "none"
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return cursor.fetchone()[0]

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # whatever made the test database may have left its own
            cursor.execute("RESET statement_timeout")
    before = limit()
    with long_statements(1234):
        inside = limit()
    after = limit()
    assert after == before
    assert inside == ("1234s" if connection.vendor == "postgresql" else "none")


@pytest.mark.django_db
def test_the_planner_learns_how_many_rows_a_table_has():
    def believed():
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", ["core_outboxentry"])
            return cursor.fetchone()[0]

    entry = {"consumer": "x", "topic": "x", "payload": {}, "visible_at": timezone.now()}
    OutboxEntry.objects.bulk_create(OutboxEntry(**entry) for _ in range(300))
    with CaptureQueriesContext(connection) as asked:
        refresh_statistics(OutboxEntry)
    if connection.vendor == "sqlite":
        assert len(asked) == 0
    else:
        assert believed() == 300


@pytest.mark.django_db
def test_bulk_work_keeps_fewer_pages_in_memory_and_gives_the_others_back():
    def kept():
        if connection.vendor == "postgresql":
            return None
        with connection.cursor() as cursor:
            return cursor.execute("PRAGMA cache_size").fetchone()[0]

    before = kept()
    with bulk_work():
        with bulk_work():
            assert kept() == (None if before is None else -24_576)
        assert kept() == (None if before is None else -24_576)
    assert kept() == before == (None if connection.vendor == "postgresql" else -65_536)


def test_a_replica_is_a_database_that_nobody_waits_for(tmp_path):
    found = parts.databases(
        tmp_path / "x", url="postgresql://a/b", replica="postgresql://c/b", pool=3, statement_seconds=7
    )
    assert found["replica"]["HOST"] == "c"
    assert (
        found["replica"]["OPTIONS"]["pool"]["timeout"] == found["replica"]["OPTIONS"]["connect_timeout"] == 2
    )
    assert "statement_timeout=7s" in found["default"]["OPTIONS"]["options"]
    assert found["default"]["OPTIONS"]["pool"]["max_size"] == 3


def test_without_a_pool_a_replica_is_still_waited_for_briefly(tmp_path):
    found = parts.databases(
        tmp_path / "x", url="postgresql://a/b", replica="postgresql://c/b", pool=0, statement_seconds=7
    )
    assert [each["OPTIONS"].get("pool") for each in found.values()] == [None, None]
    assert [each["CONN_MAX_AGE"] for each in found.values()] == [0, 0]
    assert found["replica"]["OPTIONS"]["connect_timeout"] == 2


_ONE_REQUEST = """
import django
django.setup()
from django.core.signals import request_finished, request_started
from django.db import connection
request_started.send(None)
connection.ensure_connection()
kept = connection.pool is not None
request_finished.send(None)
print(kept, connection.connection is None)
connection.close_pool()
"""


@pytest.mark.parametrize(("pool", "told"), [("4", "True True"), ("0", "False True")])
def test_no_pool_means_a_connection_for_each_request(require_part, tmp_path, pool, told):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
        "RYAD_VAR": str(tmp_path),
        "RYAD_DATABASE_URL": require_part("postgresql"),
        "RYAD_DATABASE_POOL": pool,
    }
    done = subprocess.run(
        [sys.executable, "-c", _ONE_REQUEST],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, told), done.stderr


RATES = ("currency", "day", "rate_micro", "source")


@pytest.mark.django_db
@pytest.mark.parametrize("count", [3, 200])
def test_rows_that_are_there_are_changed_and_the_others_added(count):
    """Both ways of PostgreSQL: a handful by statements, many through a table of their own."""
    many = [
        ("USD", "2024-01-01", 1, "a"),
        *(("EUR", f"{2000 + n}-02-03", n + 1, "it's; \\N\t\n") for n in range(count)),
    ]
    tail = (
        "ON CONFLICT (currency, day) DO UPDATE SET rate_micro = excluded.rate_micro, source = excluded.source"
    )
    for factor in (1, 7):
        with transaction.atomic():
            insert_rows(
                CurrencyRate,
                RATES,
                [(code, day, rate * factor, said) for code, day, rate, said in many],
                tail,
            )
    assert CurrencyRate.objects.count() == count + 1
    assert CurrencyRate.objects.get(currency="USD").rate_micro == 7
    last = CurrencyRate.objects.filter(currency="EUR").latest("day")
    assert (last.rate_micro, last.source) == (count * 7, "it's; \\N\t\n")
    with transaction.atomic():
        changes = [("set", pk) for pk in CurrencyRate.objects.values_list("pk", flat=True)]
        update_rows(CurrencyRate, ("source",), changes, also="rate_micro = rate_micro + 1")
    assert set(CurrencyRate.objects.values_list("source", flat=True)) == {"set"}
    assert CurrencyRate.objects.get(currency="USD").rate_micro == 8


@pytest.mark.django_db
def test_a_refused_row_takes_all_others_with_it():
    rows = [("USD", "2024-01-01", 5, ""), ("USD", "2024-01-02", 0, "")]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(CurrencyRate, RATES, rows)
    assert CurrencyRate.objects.count() == 0


@pytest.mark.django_db
def test_ids_are_given_once():
    first, second = list(allocate_ids(OutboxEntry, 3)), []
    with transaction.atomic():
        insert_rows(
            OutboxEntry,
            ("id", "consumer", "topic", "payload", "created_at", "attempts", "visible_at", "last_error"),
            [(pk, "x", "y", "{}", "2024-01-01T00:00Z", 0, "2024-01-01T00:00Z", "") for pk in first],
        )
        second = list(allocate_ids(OutboxEntry, 2))
    assert len({*first, *second}) == 5
