"""What `serve` decides before it starts anything: addresses, processes, whether to migrate."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from types import SimpleNamespace

import psycopg
import pytest

from marketplace import processes, serve
from marketplace.celery import QUEUES
from stack import services
from tests.parts import ROOT


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("fe80::1", "http://[fe80::1]:8000"),
        ("localhost", "http://localhost:8000"),
    ],
)
def test_the_address_is_one_that_a_browser_takes(host, address):
    assert serve._address(host, 8000) == address


def names(children):
    return [child.name for child in children]


def test_a_shared_broker_gets_a_worker_for_each_kind_of_work_and_the_schedule(settings):
    settings.CELERY_BROKER_URL = "sqlite-lease:////tmp/broker.sqlite3"
    (embedded,) = serve._workers(3, {})
    assert "--clock" in embedded.command
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:6379/0"
    started = serve._workers(3, {})
    assert names(started) == [
        "imports worker", "index worker", "match worker", "notify worker", "schedule",
    ]  # fmt: skip
    assert all("--clock" not in child.command for child in started)


def test_each_queue_has_exactly_one_crew():
    assert sorted(queue for crew in processes.CREWS for queue in crew.queues) == sorted(QUEUES)


@pytest.fixture
def migrations_run(monkeypatch, settings, tmp_path):
    """`_migrate` with its data folder here; the list grows when it starts `manage.py migrate`."""
    settings.VAR = tmp_path
    monkeypatch.setitem(settings.DATABASES, "default", {"ENGINE": "django.db.backends.sqlite3"})
    run = []

    def started(command, check, cwd):
        run.append(command[2])
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(serve, "subprocess", SimpleNamespace(run=started))
    return run


def test_a_migrated_sqlite_file_is_left_alone_until_it_is_another(settings, tmp_path, migrations_run):
    settings.DATABASES["default"]["NAME"] = tmp_path / "ryad.sqlite3"
    serve._migrate()
    serve._migrate()
    assert migrations_run == ["marketplace.migration"]
    (tmp_path / "ryad.sqlite3").write_bytes(b"")
    serve._migrate()
    assert migrations_run == ["marketplace.migration"] * 2


def test_a_migrated_postgresql_database_is_left_alone_until_it_is_emptied(
    require_part, settings, tmp_path, migrations_run
):
    require_part("postgresql_server")
    with services.PostgreSQL(tmp_path / "server", services.free_port(), {"fsync": "off"}) as server:
        password = server.url.split(":")[2].partition("@")[0]
        settings.DATABASES["default"] |= {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": "127.0.0.1",
            "PORT": server.port,
            "USER": "ryad",
            "PASSWORD": password,
            "NAME": "ryad",
        }
        with psycopg.connect(server.url, autocommit=True) as client:
            client.execute("CREATE TABLE django_migrations AS SELECT 'core' AS app, '0001' AS name")
            serve._migrate()
            serve._migrate()
            assert migrations_run == ["marketplace.migration"]
            client.execute("DROP TABLE django_migrations")
        serve._migrate()
        assert migrations_run == ["marketplace.migration"] * 2
    with pytest.raises(
        serve.CannotServe, match=rf"The database at 127.0.0.1:{server.port}/ryad does not answer"
    ):
        serve._migrate()


def test_a_first_migration_tells_into_a_pipe_how_far_it_is(tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
        "RYAD_VAR": str(tmp_path),
    }
    environment |= dict.fromkeys(("RYAD_DATABASE_URL", "RYAD_REDIS_URL", "RYAD_OPENSEARCH_URL"), "")
    command = [sys.executable, str(ROOT / "manage.py"), "serve", "--migrate"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        seen = [(line.rstrip(), time.monotonic()) for line in process.stdout]
    assert process.returncode == 0
    lines = [line for line, _ in seen]
    with closing(sqlite3.connect(tmp_path / "ryad.sqlite3")) as database:
        (recorded,) = database.execute("SELECT count(*) FROM django_migrations").fetchone()
    count = int(lines[1].split()[0])
    assert lines[:2] == ["Bringing the database up to date …", f"  {count} migrations"]
    assert 100 < count <= recorded  # with a squashed one those that it replaces are recorded too
    assert re.fullmatch(rf"  {count} migrations in \d+ s", lines[-1])
    assert lines[-2] == f"  {count} of {count}: rights and first pages"
    steps = [int(line.split()[0]) for line in lines[2:-2]]
    assert steps == sorted(set(steps))
    assert len({at for _, at in seen[:2]}) == 2
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert again.stdout == ""
