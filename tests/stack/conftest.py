"""A running site for tests with real servers: its own database, its own Redis, its workers and clocks as processes.

`site` is on a SQLite file, its processes forked from one that has loaded it, always in the same place;
`postgresql_site` is on a database of a private PostgreSQL. Inside the test, the models and services of this process
work on the site's database and publish to its broker.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from kombu import pools

from core import outbox
from core.broker.publishing import patience
from core.broker.transports import celery_settings
from core.outbox import registry
from marketplace.celery import QUEUES, app
from marketplace.settings import parts as settings_parts
from stack.process import free_port
from stack.services import PostgreSQL, Redis
from tests import migrated
from tests.parts import ROOT
from tests.stack.zygote import Zygote, is_alive


def wait_until(condition: Callable[[], Any], *, seconds: float = 40, why: Callable[[], Any] = str) -> Any:
    """What `condition` answers once that is true; fails with what `why` says if it does not become so."""
    end = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < end, why()
        time.sleep(0.05)
    return answer


def stays(condition: Callable[[], Any], *, seconds: float) -> bool:
    """Whether it is true all the while: for controls, in which nothing may happen."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not condition():
            return False
        time.sleep(0.1)
    return True


class Forked:
    """A child of the zygote, as `subprocess.Popen` would name it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """None while it lives; how it ended is not known."""
        return None if is_alive(self.pid) else 0

    def wait(self) -> None:
        wait_until(lambda: not is_alive(self.pid), why=lambda: f"{self.pid} lives")


class Site:
    """One installation: `home` is its RYAD_VAR, `redis` its broker; its processes end with the test."""

    def __init__(
        self, home: Path, redis: Redis, *, database_url: str = "", zygote: Zygote | None = None
    ) -> None:
        self.home = home
        self.redis = redis
        self.database_url = database_url
        self._zygote = zygote
        self._processes: list[subprocess.Popen[bytes] | Forked] = []

    @property
    def environment(self) -> dict[str, str]:
        return environment_of(self.home, self.redis.url, self.database_url)

    def worker(
        self,
        *,
        pool: str = "prefork",
        concurrency: int = 2,
        queues: tuple[str, ...] = QUEUES,
        **environment: str,
    ) -> subprocess.Popen[bytes] | Forked:
        """A real `celery worker`; further variables go into its environment (SITE_WITHOUT="lease")."""
        options = ["--pool", pool, "--concurrency", str(concurrency), "--queues", ",".join(queues)]
        return self._celery("worker", *options, "--loglevel", "INFO", **environment)

    def beat(self, **environment: str) -> subprocess.Popen[bytes] | Forked:
        return self._celery("beat", "--loglevel", "INFO", "--pidfile=", **environment)

    def _celery(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes] | Forked:
        process: subprocess.Popen[bytes] | Forked
        arguments = ("-A", "tests.stack.site_worker", "--skip-checks", *arguments)
        if self._zygote:
            pid = self._zygote.fork(
                kind="celery", log=self.home / "log", arguments=arguments, environment=environment
            )
            process = Forked(pid)
        else:
            with (self.home / "log").open("ab") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "celery", *arguments],
                    cwd=ROOT,
                    env={**self.environment, **environment},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        self._processes.append(process)
        return process

    @staticmethod
    def kill(process: subprocess.Popen[bytes] | Forked) -> None:
        """As `kill -9` of the process and of all that it forked."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        for process in self._processes:
            self.kill(process)

    # What happened -----------------------------------------------------------------------------------------

    def notes(self) -> Counter[str]:
        """How often each line was noted by a task, without the number of the process."""
        return Counter(line.rpartition(" ")[0] for line in self.raw_notes())

    def raw_notes(self) -> list[str]:
        path = self.home / "notes"
        return path.read_text().splitlines() if path.exists() else []

    def letters(self) -> list[str]:
        """What was mailed, by Message-ID: one file may hold several letters, and is there before the first of them."""
        lines = [line for path in (self.home / "mail").glob("*") for line in path.read_text().splitlines()]
        return sorted(line for line in lines if line.startswith("Message-ID:"))

    def tell(self) -> str:
        """For the message of a failed test."""
        log = (self.home / "log").read_text() if (self.home / "log").exists() else ""
        return "\n".join([*self.raw_notes(), log[-6000:]])

    def wait(self, condition: Callable[[], Any], *, seconds: float = 60) -> Any:
        return wait_until(condition, seconds=seconds, why=self.tell)


def environment_of(home: Path, redis_url: str, database_url: str = "") -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RYAD_")}
    return {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
        "RYAD_VAR": str(home),
        "RYAD_DEMO": "0",
        "RYAD_REDIS_URL": redis_url,
        "RYAD_DATABASE_URL": database_url,
        "SITE_HOME": str(home),
    }


@contextlib.contextmanager
def database_of(settings: dict[str, Any]) -> Iterator[None]:
    """The models of this process work on another database."""
    before, settings_before = connections["default"], connections.settings["default"]
    connections.settings["default"] = connections.configure_settings({"default": settings})["default"]
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = settings_before
        connections["default"] = before


@contextlib.contextmanager
def broker_of(url: str) -> Iterator[None]:
    """Tasks that this process sends go to another broker."""
    wanted = {"broker_url": url, "broker_write_url": url, "broker_read_url": url, **celery_settings(url)}
    before = {name: app.conf.get(name) for name in wanted}
    _forget_connections()
    app.conf.update(wanted)
    patience.forget()
    try:
        yield
    finally:
        _forget_connections()
        app.conf.update(before)
        patience.forget()


def _forget_connections() -> None:
    app.amqp._producer_pool = app._pool = None
    pools.reset()  # Kombu keeps them by address, which is that of the next test too


def _sqlite(path: Path) -> dict[str, Any]:
    return settings_parts.databases(path, url="", replica="", pool=1, statement_seconds=30)["default"]


def _postgresql(url: str) -> dict[str, Any]:
    settings = settings_parts.databases(Path(), url=url, replica="", pool=1, statement_seconds=60)["default"]
    settings["OPTIONS"].pop("pool", None)  # this process closes its one connection itself
    return settings


@pytest.fixture
def redis_server(require_part: Callable[[str], Any], tmp_path: Path) -> Iterator[Redis]:
    """A private Redis, running; the test may stop, kill, empty or pause it."""
    require_part("redis_server")
    with _redis(tmp_path, free_port()) as server:
        yield server


@contextlib.contextmanager
def _redis(folder: Path, port: int) -> Iterator[Redis]:
    server = Redis(folder / "redis", port)
    server.start()
    try:
        yield server
    finally:
        server.resume()
        server.stop()


@pytest.fixture(scope="session")
def postgresql_server(
    require_part: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A private PostgreSQL, running, for the whole session."""
    require_part("postgresql_server")
    home = tmp_path_factory.mktemp("postgresql")
    with PostgreSQL(home, free_port(), {"fsync": "off", "shared_buffers": "64MB"}) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_database(postgresql_server: PostgreSQL) -> str:
    """Every table and the rows of the migrations, in a database of the private PostgreSQL: its name, of which tests make copies."""
    name = "migrated"
    postgresql_server.create_database(name)
    migrated.migrate(postgresql_server.database_url(name))
    return name


@pytest.fixture(scope="session")
def place(
    require_part: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, int, Zygote]]:
    """Where `site` always is, so that its processes can be forked: its home, its Redis's port, and the zygote."""
    require_part("redis_server")
    home, port = tmp_path_factory.mktemp("place") / "site", free_port()
    home.mkdir()
    zygote = Zygote(environment_of(home, Redis(home, port).url), home.parent / "zygote.log")
    yield home, port, zygote
    zygote.close()


@pytest.fixture
def site(place: tuple[Path, int, Zygote], tmp_path: Path, django_db_blocker: Any) -> Iterator[Site]:
    """An installation on a SQLite file and a private Redis."""
    home, port, zygote = place
    shutil.rmtree(home)
    migrated.copy_to(home / "ryad.sqlite3")
    with (
        _redis(tmp_path, port) as server,
        _open(Site(home, server, zygote=zygote), _sqlite(home / "ryad.sqlite3"), django_db_blocker) as opened,
    ):
        yield opened


@pytest.fixture
def postgresql_site(
    postgresql_server: PostgreSQL,
    migrated_database: str,
    redis_server: Redis,
    tmp_path: Path,
    django_db_blocker: Any,
) -> Iterator[Site]:
    """An installation on a database of a private PostgreSQL, and a private Redis."""
    home = tmp_path / "site"
    home.mkdir()
    name = f"site_{time.monotonic_ns()}"
    with psycopg.connect(postgresql_server.database_url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_database}")
    url = postgresql_server.database_url(name)
    with _open(Site(home, redis_server, database_url=url), _postgresql(url), django_db_blocker) as opened:
        yield opened
    postgresql_server.drop_database(name)


@contextlib.contextmanager
def _open(site: Site, database: dict[str, Any], blocker: Any) -> Iterator[Site]:
    outbox.register(
        "site", _nobody, queue="default", batch=5
    )  # facts for it are worked on in the worker's process
    try:
        with blocker.unblock(), database_of(database), broker_of(site.redis.url):
            yield site
            site.close()
    finally:
        site.close()
        registry.unregister("site")


def _nobody(_facts: list[dict[str, Any]]) -> None:
    raise AssertionError("The outbox is drained by the workers here, not by the test.")
