"""`manage.py serve`: site, Celery worker and schedule on this machine with one command and a clean stop."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import socket
import sys
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from marketplace.celery import QUEUES
from marketplace.supervisor import Child, Supervisor


class Command(BaseCommand):
    help = "Runs the site and its worker together until Ctrl-C. Migrates the database first if needed."
    requires_system_checks = []  # the children check; twice would cost a second of every start

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
        )
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--web-workers", type=int, default=1, help="processes that answer pages")
        parser.add_argument("--threads", type=int, default=3, help="tasks that the worker runs at once")

    def handle(self, *_args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        _check_port(host, port)
        self._migrate()
        address = f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{port}"  # noqa: S104 - a comparison
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
            "RYAD_SITE_URL": os.environ.get("RYAD_SITE_URL") or address,
            "PYTHONUNBUFFERED": "1",
        }
        supervisor = Supervisor(
            [_web(host, port, options["web_workers"], environment), _worker(options["threads"], environment)],
            say=self._say,
        )
        connection.close()
        if not supervisor.run(is_ready=lambda: _answers(address), on_ready=lambda: self._greet(address)):
            raise CommandError("Ryad could not be started.")
        self._say("Stopped.")

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("Bringing the database up to date …")
            call_command("migrate", interactive=False, verbosity=0)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _greet(self, address: str) -> None:
        self._say(f"\nRyad is open at {address}/   (Ctrl-C stops it)")
        if settings.DEMO:
            for line in _demo_sign_ins():
                self._say(line)
        self._say("")


def _web(host: str, port: int, workers: int, environment: dict[str, str]) -> Child:
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", host, "--port", str(port)]
    command += ["--workers", str(workers), "--respawn-failed-workers", "--workers-kill-timeout", "5"]
    command += ["--no-ws", "--log-level", "warning", "marketplace.asgi:application"]
    return Child("web", command, environment)


def _worker(threads: int, environment: dict[str, str]) -> Child:
    command = [sys.executable, "-m", "celery", "-A", "marketplace", "--skip-checks", "--quiet", "worker"]
    command += ["--pool", "threads", "--concurrency", str(threads), "--queues", ",".join(QUEUES), "--clock"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    # Asked to stop, it finishes the tasks in hand; those that take longer go back into the queue.
    return Child("worker", command, environment, stop_signals=((signal.SIGTERM, 8), (signal.SIGQUIT, 2)))


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} on {host} is taken by another program. Stop it, or choose another port:"
                    f" make run PORT={port + 1}"
                ) from None
            raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror}") from None


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health/ready", timeout=2) as response:  # noqa: S310 - our own address
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _demo_sign_ins() -> list[str]:
    return []
