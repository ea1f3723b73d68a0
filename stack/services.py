"""`python -m stack.services start|stop|status`: PostgreSQL, Redis and OpenSearch for this working copy.

Tests and benchmarks that need instances of their own take the classes: `PostgreSQL(home, port)`, `Redis(home, port)`,
`OpenSearch(home, port)`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stack.opensearch import OpenSearch
from stack.postgresql import PostgreSQL
from stack.process import CannotStart, PartMissing, Service, free_port
from stack.redis_server import Redis

__all__ = ["CannotStart", "OpenSearch", "PartMissing", "PostgreSQL", "Redis", "Service", "free_port"]

ROOT: Final = Path(__file__).resolve().parents[1]
HOME: Final = ROOT / "var" / "services"
#: Not the usual ones: a server that the system runs keeps its own.
POSTGRESQL_PORT: Final = 15432
REDIS_PORT: Final = 16379
OPENSEARCH_PORT: Final = 19200


@dataclass(frozen=True)
class Outcome:
    """What became of one service, for the table."""

    service: Service
    state: str
    seconds: float = 0.0
    error: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 if all is as it was asked to be, 1 otherwise (`status`: if one does not answer)."""
    parser = argparse.ArgumentParser(prog="python -m stack.services", description=__doc__)
    parser.add_argument("action", choices=["start", "stop", "status"])
    add_options(parser)
    options = parser.parse_args(arguments)
    services = from_options(options)
    act = {"start": _start, "stop": _stop, "status": _status}[options.action]
    outcomes = _all_at_once(act, services)
    _print_table(outcomes, with_time=options.action == "start")
    if options.action == "start":
        path = write_environment(options.home.absolute(), outcomes)
        print(f"\nAddresses: {short(path)}   (set -a; . {short(path)}; set +a)   Stop: make services-stop")
    for outcome in outcomes:
        if outcome.error:
            sys.stderr.write(f"\n{outcome.error}\n")
    good = "stopped" if options.action == "stop" else "ready"
    return 0 if all(outcome.state == good for outcome in outcomes) else 1


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--home", type=Path, default=HOME, help="folder of their data (default: var/services)"
    )
    parser.add_argument("--postgresql-port", type=int, default=POSTGRESQL_PORT)
    parser.add_argument("--redis-port", type=int, default=REDIS_PORT)
    parser.add_argument("--opensearch-port", type=int, default=OPENSEARCH_PORT)
    parser.add_argument("--opensearch-heap", default="1g", help="memory of its Java (default: 1g)")


def from_options(options: argparse.Namespace) -> tuple[PostgreSQL, Redis, OpenSearch]:
    home = options.home.absolute()
    return (
        PostgreSQL(home / "postgresql", options.postgresql_port),
        Redis(home / "redis", options.redis_port),
        OpenSearch(home / "opensearch", options.opensearch_port, heap=options.opensearch_heap),
    )


def write_environment(home: Path, outcomes: Sequence[Outcome]) -> Path:
    """The site's variables of those that answer, in `home`/env; readable by its owner, for a password is in it."""
    names = {PostgreSQL: "RYAD_DATABASE_URL", Redis: "RYAD_REDIS_URL", OpenSearch: "RYAD_OPENSEARCH_URL"}
    ready = [outcome.service for outcome in outcomes if outcome.state == "ready"]
    return note_environment(home, {names[type(service)]: service.url for service in ready})


def note_environment(home: Path, variables: Mapping[str, str]) -> Path:
    """Writes them to `home`/env for a shell to take in; only the owner may read it."""
    path = home / "env"
    home.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
    return path


def _all_at_once(act: Callable[[Service], Outcome], services: Sequence[Service]) -> list[Outcome]:
    with ThreadPoolExecutor(len(services)) as pool:
        return list(pool.map(act, services))


def _start(service: Service) -> Outcome:
    began = time.monotonic()
    service.port = service.noted_port or service.port
    try:
        service.start()
    except PartMissing as error:
        return Outcome(service, "missing", error=str(error))
    except CannotStart as error:
        return Outcome(service, "failed", error=str(error))
    return Outcome(service, "ready", time.monotonic() - began)


def _stop(service: Service) -> Outcome:
    service.stop()
    return Outcome(service, "stopped")


def _status(service: Service) -> Outcome:
    service.port = service.noted_port or service.port
    if not service.is_running:
        return Outcome(service, "stopped")
    return Outcome(service, "ready" if service.is_ready() else "does not answer")


def _print_table(outcomes: Sequence[Outcome], *, with_time: bool) -> None:
    for outcome in outcomes:
        service = outcome.service
        where = f"127.0.0.1:{service.port}" if service.is_running else ""
        took = f"{outcome.seconds:5.1f} s" if with_time and outcome.state == "ready" else ""
        pid = service.pid or ""
        print(f"{service.name:11} {outcome.state:16} {where:16} {pid!s:>8} {took}".rstrip())


def short(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


if __name__ == "__main__":
    sys.exit(main())
