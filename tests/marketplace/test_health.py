"""Liveness and readiness against parts that are down and parts that never answer."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager

import pytest
import redis
import time_machine
from django.core.cache.backends.locmem import LocMemCache
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from core import pulse
from core.models import Heartbeat, Job, JobState, OutboxEntry
from marketplace import health
from marketplace.celery import QUEUES
from search.services import rebuild_index
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.parts import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "watcher-" + "x" * 30


@pytest.fixture(autouse=True)
def _asked_anew_each_time(monkeypatch):
    monkeypatch.setattr(health, "KEPT_SECONDS", 0.0)


@pytest.fixture
def all_well(settings, tmp_path):
    """A worker was just at each queue, and there is an index."""
    settings.SEARCH_INDEX_PATH = tmp_path / "search"
    rebuild_index()
    for queue in QUEUES:
        pulse.note(queue=queue)


def states(client, **headers):
    response = client.get("/health/ready", headers=headers)
    answer = response.json()
    return (
        response.status_code,
        answer["status"],
        {name: part["state"] for name, part in answer["parts"].items()},
    )


@contextmanager
def closed_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]  # bound but not listening: connections are refused


@contextmanager
def silent_port():
    """Takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


def test_live_asks_nothing_of_anybody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_names_every_part(client, all_well):
    found = states(client)
    assert found == (
        200,
        "ok",
        dict.fromkeys(
            ["database", "migrations", "cache", "broker", "search", "workers", "outbox", "seals", "disk"],
            "ok",
        ),
    )


def test_strangers_get_states_and_milliseconds_and_nothing_else(client, all_well):
    parts = client.get("/health/ready").json()["parts"]
    assert {name: sorted(part) for name, part in parts.items()} == {name: ["ms", "state"] for name in parts}
    assert all(isinstance(part["ms"], int) for part in parts.values())


def test_reasons_are_for_operators_bearers_of_the_token_and_named_networks(
    client, sign_in, settings, all_well
):
    def is_told(client, **headers):
        return "detail" in client.get("/health/ready", headers=headers).json()["parts"]["database"]

    settings.MONITORING_TOKEN = TOKEN
    assert is_told(client, authorization=f"Bearer {TOKEN}")
    assert not is_told(client, authorization=f"Bearer {TOKEN[:-1]}")
    assert not is_told(client, authorization="Bearer ")
    assert is_told(sign_in(OperatorFactory()))
    assert not is_told(sign_in(UserFactory()))
    settings.MONITORING_TOKEN = ""
    assert not is_told(client, authorization="Bearer ")
    from ipaddress import ip_network

    settings.MONITORING_NETWORKS = [ip_network("127.0.0.0/8")]
    assert is_told(client)
    assert not is_told(client, x_forwarded_for="127.0.0.1")  # a proxy nobody told us of stands in between
    settings.TRUSTED_PROXIES = 1
    assert not is_told(client, x_forwarded_for="203.0.113.7")
    assert is_told(client, x_forwarded_for="203.0.113.7, 127.0.0.9")


def test_migrations_that_are_missing_make_it_unready(client, settings, all_well):
    settings.MONITORING_TOKEN = TOKEN
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'core' AND name = %s", [newest("core")])
    try:
        status, word, parts = states(client)
        assert (status, word, parts["migrations"], parts["database"]) == (503, "down", "failing", "ok")
        told = client.get("/health/ready", headers={"authorization": f"Bearer {TOKEN}"}).json()
        assert told["parts"]["migrations"]["detail"] == f"Unwell: not applied: core.{newest('core')}"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('core', %s, %s)",
                [newest("core"), timezone.now()],
            )
    assert states(client)[:2] == (200, "ok")


def newest(app):
    (name,) = [name for room, name in health._newest_migrations() if room == app]
    return name


def test_a_redis_that_is_down_degrades_broker_and_cache_only(client, settings, all_well, monkeypatch):
    monkeypatch.setattr(health, "redis", redis, raising=False)
    with closed_port() as port:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{port}/0"
        status, word, parts = states(client)
    assert (status, word) == (200, "degraded")
    assert [name for name, state in parts.items() if state != "ok"] == ["broker"]


def test_a_broker_file_that_nobody_made_is_seen(client, settings, all_well, tmp_path):
    settings.CELERY_BROKER_URL = f"sqlite-lease://{tmp_path / 'broker.sqlite3'}"
    assert states(client)[2]["broker"] == "failing"
    (tmp_path / "broker.sqlite3").write_bytes(b"")
    assert states(client)[2]["broker"] == "ok"


def test_a_cache_that_forgets_is_seen(client, all_well, monkeypatch):
    monkeypatch.setattr(LocMemCache, "get", lambda *_args, **_kwargs: None)
    assert states(client)[:2] == (200, "degraded")
    assert states(client)[2]["cache"] == "failing"


def test_a_missing_index_degrades(client, settings, all_well, tmp_path):
    settings.SEARCH_INDEX_PATH = tmp_path / "nothing"
    status, word, parts = states(client)
    assert (status, word, parts["search"]) == (200, "degraded", "failing")


def test_a_queue_without_its_worker_is_named(client, settings, all_well):
    settings.MONITORING_TOKEN = TOKEN
    Heartbeat.objects.filter(queue="index").update(at=timezone.now() - dt.timedelta(seconds=121))
    Heartbeat.objects.filter(queue="notify").delete()
    told = client.get("/health/ready", headers={"authorization": f"Bearer {TOKEN}"}).json()
    assert (told["status"], told["parts"]["workers"]["state"]) == ("degraded", "failing")
    assert told["parts"]["workers"]["detail"] == "Unwell: no worker at: index, notify"


def test_a_worker_busy_with_long_work_is_not_missing(all_well):
    long_ago = timezone.now() - dt.timedelta(hours=1)
    Heartbeat.objects.filter(queue="imports").update(at=long_ago)
    now = timezone.now()
    Job.objects.create(
        kind="test", task="test.none", queue="imports", state=JobState.RUNNING, heartbeat_at=now
    )
    assert pulse.last_served()["imports"] == now


def test_old_and_dead_outbox_entries_degrade(client, all_well):
    now = timezone.now()
    entry = OutboxEntry.objects.create(consumer="search", topic="offers", payload={}, visible_at=now)
    assert states(client)[2]["outbox"] == "ok"
    OutboxEntry.objects.filter(pk=entry.pk).update(created_at=now - dt.timedelta(seconds=301))
    assert states(client)[2]["outbox"] == "failing"
    OutboxEntry.objects.filter(pk=entry.pk).update(created_at=now, dead_at=now)
    assert states(client)[2]["outbox"] == "failing"
    entry.delete()
    assert states(client)[2]["outbox"] == "ok"


def test_a_full_disk_degrades(client, all_well, monkeypatch):
    usage = health.shutil._ntuple_diskusage
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _path: usage(100 << 30, 96 << 30, 4 << 30))
    assert states(client)[2]["disk"] == "failing"
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _path: usage(100 << 30, 94 << 30, 6 << 30))
    assert states(client)[2]["disk"] == "ok"


def test_a_part_that_hangs_holds_neither_the_answer_nor_more_than_one_thread():
    with silent_port() as port:
        ended = threading.Event()

        def listens_for_ever():
            with closing(socket.create_connection(("127.0.0.1", port))) as line:
                line.settimeout(5)
                try:
                    line.recv(1)
                finally:
                    ended.set()

        parts = {"silent": listens_for_ever, "quick": lambda: "well"}
        begun = time.monotonic()
        first = health.look(parts, seconds=0.3)
        took = time.monotonic() - begun
        threads = threading.active_count()
        second = health.look(parts, seconds=0.1)
        assert (first["silent"].state, first["quick"].state) == ("hanging", "ok")
        assert 0.3 <= took < 2.5
        assert second["silent"].state == "hanging"
        assert second["silent"].milliseconds >= first["silent"].milliseconds  # the same look still goes on
        assert threading.active_count() <= threads
    assert ended.wait(8)


def test_a_flood_of_probes_asks_each_part_once(monkeypatch):
    monkeypatch.setattr(health, "KEPT_SECONDS", 60.0)
    asked, threads = [], set()

    def counted():
        asked.append(1)
        threads.add(threading.get_ident())
        time.sleep(0.2)
        return "well"

    parts = {"counted": counted}
    probes = [threading.Thread(target=health.look, args=(parts,)) for _ in range(20)]
    for probe in probes:
        probe.start()
    for probe in probes:
        probe.join()
    assert [health.look(parts)["counted"].detail for _ in range(20)] == ["well"] * 20
    assert (len(asked), len(threads)) == (1, 1)
    monkeypatch.setattr(health, "KEPT_SECONDS", 0.0)
    health.look(parts)
    assert len(asked) == 2


def test_anonymous_probes_of_the_site_cost_what_one_does(client, all_well, monkeypatch):
    monkeypatch.setattr(health, "KEPT_SECONDS", 60.0)
    health._looks.clear()
    started = []
    start = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda self: (started.append(self.name), start(self)))
    for _ in range(5):
        assert states(client)[:2] == (200, "ok")
    looks = [name for name in started if name.startswith("health-")]
    assert sorted(looks) == sorted(f"health-{name}" for name in health.PARTS if name != "replica")


def test_a_part_that_recovered_is_asked_anew():
    answers = iter([OperationalError("gone"), None])

    def once_down():
        error = next(answers)
        if error:
            raise error
        return "back"

    assert health.look({"flaky": once_down})["flaky"].detail == "OperationalError: gone"
    assert health.look({"flaky": once_down})["flaky"] == health.Finding(
        "ok", pytest.approx(0, abs=500), "back"
    )


IN_FRONT = """
import json, sys, time
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, headers={"host": "ryad.example"})
client.get("/health/live")  # the first request loads every page's code
begun = time.monotonic()
response = client.get("/health/ready")
print(json.dumps({"status": response.status_code, "seconds": time.monotonic() - begun, **response.json()}))
sys.stdout.flush()
import os
os._exit(0)  # a look at a silent part is still going on
"""


def ask_production(tmp_path, **environment):
    plain = {name: value for name, value in os.environ.items() if not name.startswith("RYAD_")}
    done = subprocess.run(
        [sys.executable, "-c", IN_FRONT],
        cwd=ROOT,
        env=plain
        | {
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.prod",
            "RYAD_VAR": str(tmp_path),
            "RYAD_SECRET_KEY": "x" * 60,
            "RYAD_ALLOWED_HOSTS": "ryad.example",
            "RYAD_MAIL_HOST": "mail.ryad.example",
        }
        | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    )
    return json.loads(done.stdout.splitlines()[-1]), done.stdout


@pytest.mark.parametrize("port_of", [closed_port, silent_port])
def test_production_with_every_part_down_or_silent_answers_in_time(tmp_path, port_of):
    """PostgreSQL, Redis and OpenSearch are all behind one port that refuses, or that never says a word."""
    with port_of() as port:
        answer, printed = ask_production(
            tmp_path,
            RYAD_DATABASE_URL=f"postgresql://ryad:pw-secret@127.0.0.1:{port}/ryad",
            RYAD_REDIS_URL=f"redis://127.0.0.1:{port}/0",
            RYAD_OPENSEARCH_URL=f"http://127.0.0.1:{port}",
        )
    assert (answer["status"], answer["parts"]["database"]["state"] == "ok") == ("down", False)
    assert answer["parts"]["broker"]["state"] in {"failing", "hanging"}
    assert answer["parts"]["cache"]["state"] in {"failing", "hanging"}
    assert answer["parts"]["disk"]["state"] in {"ok", "failing"}
    assert answer["seconds"] < health.SECONDS + 3
    assert "127.0.0.1" not in printed
    assert "pw-secret" not in printed


@time_machine.travel("2026-01-01 12:00:00+00:00", tick=False)
def test_ages_are_counted_from_now():
    pulse.note(queue="match")
    assert pulse.last_served() == {"match": dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)}


def test_ready_is_kept_by_no_cache():
    assert "no-store" in Client().get("/health/ready")["Cache-Control"]
