"""Whether the process lives, and whether it can serve: each part is asked at the same time and for a bounded time.

Without its database or with an old schema the site is not ready (503). Without the search engine, Redis or a worker
pages work and say so: then it is `degraded` (200), which is a matter for people and not for the load balancer.
"""

from __future__ import annotations

import hmac
import ipaddress
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache as remembered
from typing import Any, Final
from urllib.parse import quote

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from buyer_requests.sealing import opening
from core import broker, metrics, pulse
from core.limits import client_address
from core.outbox import selectors as outbox
from search.engines import get_engine

if settings.REDIS_URL:
    import redis  # here and not in a look: two threads that import it at once lock each other out

log = structlog.get_logger(__name__)

SECONDS: Final = 2.0  # the longest that the answer may wait for all parts together
#: A finding answers whoever asks within so long: anybody may ask, and a flood of probes must cost what one does.
KEPT_SECONDS: Final = 1.0
OLD_BACKLOG_SECONDS: Final = 300
LEAST_FREE_BYTES: Final = 1 << 30
LEAST_FREE_SHARE: Final = 0.05

PART: Final = metrics.gauge(
    "ryad_part_up", "1 where the part was well when readiness was last asked for, else 0.", ["part"]
)


class Unwell(Exception):
    """A part answers, but something is wrong with it; the message says what."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at a part gave. `detail` is for those who run the site."""

    state: str  # ok, failing or hanging
    milliseconds: int
    detail: str = ""

    @property
    def is_well(self) -> bool:
        return self.state == "ok"


def _database() -> str:
    return _ask("default")


def _replica() -> str:
    return _ask("replica")


def _ask(alias: str) -> str:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")
    return connections[alias].vendor


def _migrations() -> str:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    missing = sorted(f"{app}.{name}" for app, name in _newest_migrations() - applied)
    if missing:
        raise Unwell(f"not applied: {', '.join(missing)}")
    return "all applied"


@remembered
def _newest_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of each app in this code; one that is applied has all before it applied, too."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _cache() -> str:
    token = str(time.time_ns())
    key = f"health:{threading.get_ident()}"
    cache.set(key, token, 60)
    if cache.get(key) != token:
        raise Unwell("the cache does not give back what it was given")
    return type(cache).__name__


def _broker() -> str:
    url = settings.CELERY_BROKER_URL
    if url.startswith(f"{broker.SCHEME}://"):
        file = broker.broker_path(url)
        if not file.exists():
            raise Unwell("no worker has made the broker's file yet")
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=1)) as store:
            store.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return broker.SCHEME
    if url.startswith(("redis://", "rediss://")):
        with closing(redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)) as client:
            client.ping()
        return "redis"
    return url.partition("://")[0]


def _search() -> str:
    engine = get_engine()
    status = engine.status()
    if not status.exists:
        raise Unwell("there is no index yet: manage.py search rebuild")
    return f"{engine.name}: {status.documents} documents in {status.generation or 'one index'}"


def _workers() -> str:
    from marketplace.celery import QUEUES

    seen, now = pulse.last_served(), timezone.now()
    ages = {queue: now - seen[queue] if queue in seen else None for queue in QUEUES}
    lost = [queue for queue, age in ages.items() if age is None or age > pulse.LOST_AFTER]
    if lost:
        raise Unwell(f"no worker at: {', '.join(lost)}")
    return ", ".join(f"{queue} {age.total_seconds():.0f} s ago" for queue, age in ages.items() if age)


def _outbox() -> str:
    waiting, wrong = [], []
    for line in outbox.backlogs():
        age = (timezone.now() - line.oldest_at).total_seconds() if line.oldest_at else 0
        waiting.append(f"{line.consumer}: {line.waiting} waiting, oldest {age:.0f} s, {line.dead} set aside")
        if age > OLD_BACKLOG_SECONDS or line.dead:
            wrong.append(line.consumer)
    if wrong:
        raise Unwell("; ".join(waiting))
    return "; ".join(waiting) or "empty"


def _seals() -> str:
    gone = sorted(opening.without_secret().values_list("key_id", flat=True))
    if gone:
        keys = ", ".join(sorted(set(gone)))
        raise Unwell(f"{len(gone)} requests have sealed bids under secrets that the settings lack: {keys}")
    return "every secret of sealed bids is there"


def _disk() -> str:
    usage = shutil.disk_usage(settings.VAR)
    said = f"{usage.free >> 20} MiB of {usage.total >> 20} MiB free"
    if usage.free < LEAST_FREE_BYTES or usage.free < usage.total * LEAST_FREE_SHARE:
        raise Unwell(said)
    return said


#: Without these nothing can be served.
NEEDED: Final = frozenset({"database", "migrations"})
PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "database": _database,
    "migrations": _migrations,
    "replica": _replica,
    "cache": _cache,
    "broker": _broker,
    "search": _search,
    "workers": _workers,
    "outbox": _outbox,
    "seals": _seals,
    "disk": _disk,
}


class _Look:
    """One look at a part in a thread of its own, which may outlive the answer that asked for it."""

    def __init__(self, name: str, check: Callable[[], str]) -> None:
        self.check = check
        self.begun = time.monotonic()
        self.ended: float | None = None
        self.finding: Finding | None = None
        self.thread = threading.Thread(target=self._run, name=f"health-{name}", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            state, detail = "ok", self.check()
        except Exception as error:  # noqa: BLE001 - whatever a part does wrong is what is asked for here
            state, detail = "failing", f"{type(error).__name__}: {error}".strip()
        finally:
            for connection in connections.all(initialized_only=True):
                try:
                    connection.close()
                except DatabaseError:
                    continue  # it was not well anyway
        self.finding = Finding(state, self.milliseconds, detail)
        self.ended = time.monotonic()

    def answers(self, check: Callable[[], str]) -> bool:
        """Whether nobody needs to look again: it goes on, or has just ended."""
        if self.ended is None:
            return self.thread.is_alive()
        return self.check is check and time.monotonic() - self.ended < KEPT_SECONDS

    @property
    def milliseconds(self) -> int:
        return round((time.monotonic() - self.begun) * 1000)


_looks: dict[str, _Look] = {}
_lock = threading.Lock()


def look(parts: Mapping[str, Callable[[], str]], *, seconds: float = SECONDS) -> dict[str, Finding]:
    """Asks all parts at once, each for all who want to know within a second. One that hangs is asked again only when
    its last look has ended, so that probes never pile up threads.
    """
    with _lock:
        for name, check in parts.items():
            if name not in _looks or not _looks[name].answers(check):
                _looks[name] = _Look(name, check)
        looks = {name: _looks[name] for name in parts}
    until = time.monotonic() + seconds
    for one in looks.values():
        one.thread.join(max(0.0, until - time.monotonic()))
    return {
        name: one.finding or Finding("hanging", one.milliseconds, "no answer in time")
        for name, one in looks.items()
    }


def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Each part's state and milliseconds; why, only for operators and those who watch over the site."""
    parts = {name: check for name, check in PARTS.items() if name != "replica" or "replica" in connections}
    found = look(parts)
    for name, finding in found.items():
        PART.labels(name).set(finding.is_well)
    is_down = any(not found[name].is_well for name in NEEDED)
    is_told = is_watching(request) or (not is_down and _is_operator(request))
    answer: dict[str, Any] = {
        "status": "down" if is_down else "ok" if all(one.is_well for one in found.values()) else "degraded",
        "parts": {
            name: {"state": one.state, "ms": one.milliseconds} | ({"detail": one.detail} if is_told else {})
            for name, one in found.items()
        },
    }
    response = JsonResponse(answer, status=503 if is_down else 200)
    if is_down:
        log.error("health.down", parts={name: one.detail for name, one in found.items() if not one.is_well})
        response._has_been_logged = True  # noqa: SLF001 - Django's mark: its own line would say less
    return response


def is_watching(request: HttpRequest) -> bool:
    """Who monitors: bears the token, or calls from a network that the settings name."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if settings.MONITORING_TOKEN and hmac.compare_digest(given.encode(), settings.MONITORING_TOKEN.encode()):
        return True
    if "X-Forwarded-For" in request.headers and not settings.TRUSTED_PROXIES:
        return False  # through a proxy that the settings do not know of: the address is not the caller's
    try:
        caller = ipaddress.ip_network(client_address(request), strict=False)
    except ValueError:
        return False
    return any(
        caller.version == network.version and caller.subnet_of(network)
        for network in settings.MONITORING_NETWORKS
    )


def _is_operator(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.has_perm("core.view_job")


urlpatterns = [path("live", live), path("ready", ready)]
