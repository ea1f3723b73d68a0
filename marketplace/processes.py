"""The command lines of the site's processes: the web server, the workers of each queue, the schedule.

docker-compose.yml starts the same ones in containers of their own; a test compares.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from marketplace.celery import QUEUES
from marketplace.supervisor import Child

_CELERY: Final = ("celery", "-A", "marketplace", "--skip-checks", "--quiet")
# Celery warns root of messages that run code when they are read. Ours are JSON and nothing else is accepted.
_PYTHON: Final = (sys.executable, "-W", "ignore:You're running the worker with superuser privileges")
# Asked to stop, it finishes the tasks in hand; those that take longer go back into the queue.
_STOP: Final = ((signal.SIGTERM, 8), (signal.SIGQUIT, 2))


@dataclass(frozen=True)
class Crew:
    """A worker and the queues it serves. Processes for what computes, threads for what waits for others."""

    name: str
    queues: tuple[str, ...]
    pool: str
    concurrency: int

    def arguments(self) -> list[str]:
        """Of `celery`, after the program's own name."""
        return [
            *_CELERY[1:], "worker", "--hostname", f"{self.name}@%h", "--queues", ",".join(self.queues),
            "--pool", self.pool, "--concurrency", str(self.concurrency), "--without-gossip", "--without-mingle",
        ]  # fmt: skip


#: On a broker that several machines share. Add more of the same where their queue grows.
CREWS: Final = (
    Crew("imports", ("imports",), "prefork", 1),
    # One follows changes while the other rebuilds or compares the index, which takes minutes.
    Crew("index", ("index",), "prefork", 2),
    Crew("match", ("match",), "prefork", 1),
    Crew("notify", ("notify", "default"), "threads", 4),
)


def web(*, host: str, port: int, workers: int, environment: dict[str, str]) -> Child:
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", host, "--port", str(port)]
    command += ["--workers", str(workers), "--respawn-failed-workers", "--workers-kill-timeout", "5"]
    # HTTP/1.1 alone: HTTP/2 may divide the Cookie header, and Django joins its pieces so that sessions are lost.
    command += ["--http", "1", "--no-ws", "--log-level", "warning", "marketplace.asgi:application"]
    return Child("web", command, environment)


def embedded_worker(*, threads: int, environment: dict[str, str]) -> Child:
    """All queues and the schedule in one process: the broker in a file belongs to this machine alone."""
    command = [*_PYTHON, "-m", *_CELERY, "worker"]
    command += ["--pool", "threads", "--concurrency", str(threads), "--queues", ",".join(QUEUES), "--clock"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    return Child("worker", command, environment, stop_signals=_STOP)


def crews(*, environment: dict[str, str]) -> Sequence[Child]:
    """A worker for each kind of work, and Celery's own schedule."""
    workers = [
        Child(
            f"{crew.name} worker",
            [*_PYTHON, "-m", "celery", *crew.arguments(), "--loglevel", "WARNING"],
            environment,
            stop_signals=_STOP,
        )
        for crew in CREWS
    ]
    beat = [sys.executable, "-m", *_CELERY, "beat", "--loglevel", "WARNING"]
    return [*workers, Child("schedule", beat, environment)]
