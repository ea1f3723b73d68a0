"""Site, Celery workers and schedule on this machine with one command and a clean stop.

Runs without Django's apps: loading them takes over two seconds, which would all be added to every start.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from marketplace import processes
from marketplace.supervisor import Child, Supervisor

PARTICIPATION: Final = {
    "listing": "vendor with a site of its own",
    "hosted": "vendor with a shop in the row",
    "cart": "vendor in the common cart",
}
ROOT: Final = Path(__file__).resolve().parents[1]


class CannotServe(Exception):
    """The site cannot be started; the message says why and what to do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--web-workers", type=int, default=1, help="processes that answer pages")
    parser.add_argument("--threads", type=int, default=3, help="tasks that the embedded worker runs at once")


def main(arguments: Sequence[str]) -> int:
    """What `manage.py serve` does; the exit status is 0 after a stop that was asked for."""
    parser = argparse.ArgumentParser(
        prog="manage.py serve",
        description="Runs the site and its worker together until Ctrl-C. Migrates the database first if needed.",
    )
    add_arguments(parser)
    parser.add_argument("--migrate", action="store_true", help="only bring the database up to date")
    parser.add_argument("--check", action="store_true", help="only ask a running site whether it is ready")
    options = parser.parse_args(arguments)
    if options.check:
        return 0 if _answers(_address(options.host, options.port)) else 1
    try:
        if options.migrate:
            _migrate()
            return 0
        serve(host=options.host, port=options.port, web_workers=options.web_workers, threads=options.threads)
    except CannotServe as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def serve(*, host: str, port: int, web_workers: int, threads: int) -> None:
    """Run until SIGINT or SIGTERM. Raises CannotServe."""
    _check_port(host, port)
    address = _address(host, port)
    environment = {
        "RYAD_SITE_URL": address,
        "RYAD_LOG_LEVEL": "WARNING",
        **os.environ,
        "PYTHONUNBUFFERED": "1",
    }
    _migrate()
    web = processes.web(host=host, port=port, workers=web_workers, environment=environment)
    supervisor = Supervisor([web, *_workers(threads, environment)], say=_say, in_turn=True)
    if not supervisor.run(is_ready=lambda: _answers(address), on_ready=lambda: _greet(address)):
        raise CannotServe("Ryad could not be started.")
    _say("Stopped.")


def _workers(threads: int, environment: dict[str, str]) -> Sequence[Child]:
    from django.conf import settings

    if settings.CELERY_BROKER_URL.startswith("sqlite-lease:"):
        return [processes.embedded_worker(threads=threads, environment=environment)]
    return processes.crews(environment=environment)


def _address(host: str, port: int) -> str:
    """Where this machine reaches a site that listens on `host`."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - a comparison
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _greet(address: str) -> None:
    from django.conf import settings

    _say(f"\nRyad is open at {address}/   (Ctrl-C stops it)")
    if settings.DEMO:
        for line in demo_sign_ins():
            _say(line)
    _say("")


def demo_sign_ins() -> Iterator[str]:
    """Who may sign in to the demo row, one line each."""
    demo = json.loads((ROOT / "marketplace" / "demo" / "people.json").read_text())
    roles = {vendor["owner"]: PARTICIPATION[vendor["participation"]] for vendor in demo["vendors"]}
    yield f"Demo sign-ins, all with the password {demo['password']}"
    for person in demo["people"]:
        role = "operator" if person.get("is_staff") else roles.get(person["key"], "buyer")
        yield f"  {person['email']:24} {role:34} {person['name']}, {person['company']}"


def _migrate() -> None:
    """Migrate unless this code has migrated this database before; what it was is noted in a stamp beside the data."""
    from django.conf import settings

    stamp = Path(settings.VAR) / ".migrated"
    if stamp.exists() and stamp.read_text() == _state():
        return
    _say("Bringing the database up to date …")
    command = [sys.executable, "-m", "marketplace.migration"]
    if subprocess.run(command, check=False, cwd=ROOT).returncode:  # noqa: S603 - our own command line
        raise CannotServe("The database could not be migrated; the messages above say why.")
    stamp.write_text(_state())


def _state() -> str:
    """Of code and database: changes with a migration of ours, a library's version, another or an emptied database."""
    digest = hashlib.sha256(_migrations().encode())
    digest.update(_applied().encode())
    return digest.hexdigest()


def _applied() -> str:
    """Which database it is and how many migrations it has seen. Raises CannotServe if it does not answer."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        file = Path(database["NAME"])
        if not file.exists():
            return str(file)
        with closing(sqlite3.connect(file, timeout=20)) as store:
            return f"{file} {_count(store, sqlite3.OperationalError)}"
    import psycopg

    where = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    try:
        server = psycopg.connect(
            host=database["HOST"],
            port=database["PORT"] or None,
            user=database["USER"],
            password=database["PASSWORD"],
            dbname=database["NAME"],
            connect_timeout=10,
        )
    except psycopg.OperationalError as error:
        raise CannotServe(f"The database at {where} does not answer: {error}") from None
    with closing(server):
        return f"{where} {_count(server, psycopg.errors.UndefinedTable)}"


def _count(connection: Any, no_table: type[Exception]) -> int:
    try:
        return connection.execute("SELECT count(*) FROM django_migrations").fetchone()[0]
    except no_table:
        return 0


def _migrations() -> str:
    """Changes when a migration of ours comes or goes, when the lock file brings another version of a library, or when
    operators may do something new.
    """
    digest = hashlib.sha256((ROOT / "uv.lock").read_bytes())
    digest.update((ROOT / "cms" / "services.py").read_bytes())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode())
    return digest.hexdigest()


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotServe(
                    f"Port {port} on {host} is taken by another program."
                    f" Stop it, or choose another port: make run PORT={port + 1}"
                ) from None
            raise CannotServe(f"Cannot listen on {host}:{port}: {error.strerror}.") from None


def _answers(address: str) -> bool:
    from django.conf import settings

    # Asked under a name that the site answers to, as if its proxy had ended TLS: prod redirects everything else.
    host = next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"), "127.0.0.1")
    request = urllib.request.Request(  # noqa: S310 - our own address
        f"{address}/health/ready", headers={"Host": host, "X-Forwarded-Proto": "https"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310 - our own address
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False
