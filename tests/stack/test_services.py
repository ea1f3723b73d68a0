"""Real servers started, stopped, killed and paused by our own means."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request

import psycopg
import pytest
import redis

from stack import services
from stack.opensearch import java, node
from stack.process import Service, free_port, is_alive
from tests.parts import ROOT


@pytest.fixture
def make_redis(require_part, tmp_path):
    require_part("redis_server")
    made = []

    def make(port=None, **options):
        made.append(services.Redis(tmp_path / "redis", port or free_port(), **options))
        return made[-1]

    yield make
    for server in made:
        server.resume()
        server.stop()


@pytest.fixture(scope="module")
def postgresql(require_part, tmp_path_factory):
    require_part("postgresql_server")
    home = tmp_path_factory.mktemp("postgresql")
    with services.PostgreSQL(home, free_port(), {"fsync": "off", "shared_buffers": "16MB"}) as server:
        yield server


def ask(address):
    with urllib.request.urlopen(address, timeout=10) as answer:
        return json.load(answer)


def test_redis_starts_once_keeps_what_it_was_told_and_stops(make_redis):
    server = make_redis()
    assert (server.is_running, server.is_ready()) == (False, False)
    assert server.start() is True
    assert server.start() is False
    with redis.Redis.from_url(server.url) as client:
        client.set("key", "value")
    first = server.pid
    assert server.stop() is True
    assert (server.stop(), server.is_running, server.is_ready()) == (False, False, False)
    server.start()
    assert server.pid != first
    with redis.Redis.from_url(server.url) as client:
        assert client.get("key") == b"value"


def test_redis_may_be_emptied_running_or_stopped(make_redis):
    server = make_redis()
    server.start()
    with redis.Redis.from_url(server.database_url(3)) as client:
        client.set("key", "value")
        server.flush()
        assert client.get("key") is None
        client.set("key", "value")
    with pytest.raises(RuntimeError, match="stop it before"):
        server.forget()
    server.kill()
    server.forget()
    server.start()
    with redis.Redis.from_url(server.database_url(3)) as client:
        assert client.get("key") is None


def test_settings_reach_the_server(make_redis):
    server = make_redis(settings={"maxmemory": "32mb"})
    server.start()
    with redis.Redis.from_url(server.url) as client:
        assert client.config_get("maxmemory", "maxmemory-policy") == {
            "maxmemory": str(32 * 1024 * 1024),
            "maxmemory-policy": "noeviction",
        }


def test_another_process_may_stop_it(make_redis):
    server = make_redis()
    server.start()
    again = services.Redis(server.home, server.port)
    assert again.pid == server.pid
    assert again.stop() is True
    assert server.is_running is False


def test_a_note_about_a_process_that_is_another_now_is_no_process(make_redis):
    """Numbers of processes are used again: the note also holds when it was born."""
    server = make_redis()
    server.home.mkdir()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    server._pid_file.write_text(json.dumps({"pid": stranger.pid, "born": "long ago", "port": 1}))
    assert server.pid is None
    assert server.stop() is False
    assert stranger.poll() is None  # it was not harmed
    server._pid_file.write_text("torn")
    assert server.start() is True
    stranger.kill()
    stranger.wait()


def test_a_taken_port_is_named_with_the_remedy(make_redis):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        server = make_redis(port)
        with pytest.raises(services.CannotStart) as refused:
            server.start()
    assert str(refused.value) == (
        f"Redis: port {port} on 127.0.0.1 cannot be used (Address already in use)."
        f" Stop what listens there, or choose another: make services REDIS_PORT={port + 1}"
    )
    assert server.is_running is False


def test_what_dies_while_it_starts_is_quoted(make_redis):
    server = make_redis(settings={"maxmemory-policy": "nonsense"})
    with pytest.raises(services.CannotStart, match="ended while it started") as refused:
        server.start()
    assert "volatile-lru, volatile-lfu" in str(refused.value)
    assert server.is_running is False


def test_a_paused_server_is_there_and_answers_nothing(make_redis):
    server = make_redis()
    server.start()
    server.pause()
    with redis.Redis.from_url(server.url, socket_timeout=0.3) as client:
        with pytest.raises(redis.TimeoutError):
            client.ping()
        assert server.is_running
        server.resume()
        assert client.ping() is True


def test_a_program_that_does_not_listen_is_killed(tmp_path):
    class Stubborn(Service):
        name = "Stubborn"
        port_variable = "PORT"
        stop_signals = ((signal.SIGTERM, 0.3),)

        def is_ready(self):
            return (self.home / "up").exists()

        def _command(self):
            code = "import signal, time, pathlib; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
            code += "; pathlib.Path('up').touch(); time.sleep(60)"
            return [sys.executable, "-c", code]

    server = Stubborn(tmp_path / "home", free_port())
    server.start()
    child = server._child
    server.stop()
    assert child.returncode == -signal.SIGKILL
    assert not server._pid_file.exists()


def test_postgresql_takes_a_password_and_makes_databases(postgresql):
    postgresql.create_database("stack_one")
    postgresql.create_database("stack_one")
    with psycopg.connect(postgresql.database_url("stack_one")) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SELECT lower('ҐЄІЇ')").fetchone() == ("ґєії",)
        postgresql.drop_database("stack_one")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://ryad@127.0.0.1:{postgresql.port}/ryad", password="wrong")
    assert stat.S_IMODE(postgresql._password_file.stat().st_mode) == 0o600
    with pytest.raises(ValueError, match="not a plain database name"):
        postgresql.create_database('x"; DROP DATABASE ryad; --')


def test_postgresql_recovers_after_a_kill(postgresql):
    with psycopg.connect(postgresql.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
        backend = connection.info.backend_pid
        postgresql.kill()
        assert not postgresql.is_running
        assert not is_alive(backend)
    assert (postgresql.data / "postmaster.pid").exists()  # what a crash leaves
    assert postgresql.start() is True
    with psycopg.connect(postgresql.url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (1,)


def test_opensearch_runs_with_settings_of_its_own_and_keeps_documents(require_part, tmp_path):
    require_part("opensearch_server")
    settings = {"indexing_pressure.memory.limit": "2mb"}
    with services.OpenSearch(tmp_path, free_port(), settings, heap="256m") as server:
        assert ask(server.url)["version"]["number"] == node.version()
        found = ask(f"{server.url}/_nodes/settings?flat_settings=true")
        (only,) = found["nodes"].values()
        assert only["settings"]["indexing_pressure.memory.limit"] == "2mb"
        put = urllib.request.Request(
            f"{server.url}/things/_doc/1", b'{"a": 1}', {"Content-Type": "application/json"}, method="PUT"
        )
        urllib.request.urlopen(put).close()
        server.kill()
        server.start()
        assert ask(f"{server.url}/things/_doc/1")["_source"] == {"a": 1}


def test_a_java_that_is_too_old_is_named_with_the_remedies(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").touch()
    (tmp_path / "release").write_text('JAVA_VERSION="17.0.15"\n')
    monkeypatch.setattr(java, "_candidates", lambda: iter([tmp_path, tmp_path / "nothing"]))
    with pytest.raises(services.PartMissing) as refused:
        java.find()
    assert str(refused.value) == (
        f"OpenSearch needs Java 21 or newer (found: 17 in {tmp_path})."
        " Debian 13 and Ubuntu 24.04: apt-get install openjdk-21-jre-headless."
        " Debian 12 has none: uv sync --inexact --group java brings one as a Python package,"
        " or set JAVA_HOME to one of https://adoptium.net"
    )
    (tmp_path / "release").write_text('JAVA_VERSION="21"\nMODULES="java.base jdk.incubator.vector"\n')
    assert java.find() == tmp_path
    assert java.has_module(tmp_path, "jdk.incubator.vector")
    assert not java.has_module(tmp_path, "jdk.incubator")


def run_command(action, home, ports, **environment):
    command = [sys.executable, "-m", "stack.services", action, "--home", str(home)]
    for name, port in ports.items():
        command += [f"--{name}-port", str(port)]
    environment = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_one_missing_part_does_not_stop_the_others(require_part, tmp_path):
    """Without any Java and with PostgreSQL's port taken, Redis runs; the rest is told with its remedy."""
    require_part("redis_server")
    require_part("postgresql_server")
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "redis-server").symlink_to(services.Redis.find_program())
    blind = {"PATH": str(tools), "JAVA_HOME": str(tmp_path)}
    home = tmp_path / "services"
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ports = {
            "postgresql": other.getsockname()[1],
            "redis": free_port(),
            "opensearch": other.getsockname()[1],
        }
        try:
            started = run_command("start", home, ports, **blind)
            again = run_command("start", home, ports | {"redis": 1}, **blind)
            status = run_command("status", home, ports, **blind)
        finally:
            stopped = run_command("stop", home, ports, **blind)
    assert started.returncode == again.returncode == status.returncode == 1
    states = [line.split()[:2] for line in started.stdout.splitlines()[:3]]
    assert states == [["PostgreSQL", "failed"], ["Redis", "ready"], ["OpenSearch", "failed"]]
    assert f"make services POSTGRESQL_PORT={ports['postgresql'] + 1}" in started.stderr
    assert f"make services OPENSEARCH_PORT={ports['opensearch'] + 1}" in started.stderr
    assert (home / "env").read_text() == f"RYAD_REDIS_URL=redis://127.0.0.1:{ports['redis']}/0\n"
    assert stat.S_IMODE((home / "env").stat().st_mode) == 0o600
    assert f"127.0.0.1:{ports['redis']}" in again.stdout  # where it runs, whatever is asked now
    assert [line.split()[1] for line in status.stdout.splitlines()] == ["stopped", "ready", "stopped"]
    assert stopped.returncode == 0
    assert services.Redis(home / "redis", ports["redis"]).is_running is False


def test_a_free_port_is_free():
    port = free_port()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
