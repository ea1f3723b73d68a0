"""`python -m stack.run_full`: the site with the demo row on PostgreSQL, Redis and OpenSearch, until Ctrl-C.

What it had to start it also stops; services that ran before (`make services`) stay.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from stack import services
from stack.process import CannotStart, Service

ROOT: Final = services.ROOT
#: Its own database, numbers and names: other work on the same services is not disturbed.
NAME: Final = "ryad_full"
REDIS_NUMBER: Final = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 after a stop that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m stack.run_full", description=__doc__)
    services.add_options(parser)
    parser.add_argument("--data", type=Path, default=ROOT / "var" / "full", help="the site's own folder")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    postgresql, redis, opensearch = services.from_options(options)
    interrupted = _Interruptions()
    try:
        with _running([postgresql, redis, opensearch]):
            postgresql.create_database(NAME)
            ours = {
                "RYAD_VAR": str(options.data.absolute()),
                "RYAD_DATABASE_URL": postgresql.database_url(NAME),
                "RYAD_REDIS_URL": redis.database_url(REDIS_NUMBER),
                "RYAD_OPENSEARCH_URL": opensearch.url,
                "RYAD_OPENSEARCH_PREFIX": NAME,
            }
            noted = services.short(services.note_environment(options.data.absolute(), ours))
            sys.stdout.write(f"Commands for this row, in another terminal: set -a; . {noted}; set +a\n")
            sys.stdout.flush()
            environment = {**os.environ, **ours}
            quiet = {"RYAD_LOG_LEVEL": "WARNING", **environment}
            for command, its_environment in (
                (["serve", "--migrate"], environment),
                (["load_demo"], quiet),
                (["serve", "--host", options.host, "--port", str(options.port)], environment),
            ):
                status = interrupted.run([sys.executable, str(ROOT / "manage.py"), *command], its_environment)
                if status or interrupted.number:
                    return 0 if interrupted.number and status in {0, -interrupted.number} else 1
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


class _Interruptions:
    """Ctrl-C reaches all processes of the terminal; a signal to this one alone is handed on to what runs now."""

    def __init__(self) -> None:
        self.number: signal.Signals | None = None
        self._child: subprocess.Popen[bytes] | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def run(self, command: Sequence[str], environment: dict[str, str]) -> int:
        if self.number:
            return -self.number
        # A session of its own: it hears of Ctrl-C through us, once.
        self._child = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)  # noqa: S603
        return self._child.wait()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.number = signal.Signals(number)
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(number)


@contextmanager
def _running(wanted: Sequence[Service]) -> Iterator[None]:
    """Starts what does not run yet, and stops that at the end."""
    started: list[Service] = []

    def start(service: Service) -> None:
        service.port = service.noted_port or service.port
        if service.start():
            started.append(service)

    try:
        with ThreadPoolExecutor(len(wanted)) as pool:
            for done in [pool.submit(start, service) for service in wanted]:
                done.result()
        yield
    finally:
        if started:
            sys.stdout.write("Stopping what was started for it …\n")
            with ThreadPoolExecutor(len(started)) as pool:
                list(pool.map(Service.stop, started))


if __name__ == "__main__":
    sys.exit(main())
