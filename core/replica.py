"""Reads of pages from a replica where one is set up: who may, when it is too old or away, and what never goes there.

A page that is only read (GET, HEAD) may be a few seconds old, so its reads go to `replica`. Never there: workers and
commands, anything inside a transaction or that locks, whatever follows a write in the same request, people and
their sessions (`HOME_APPS`), and everything for a browser that wrote a moment ago, which must see what it wrote.
Statements written by hand use Django's default connection and so the primary.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger(__name__)

ALIAS: Final = "replica"
COOKIE: Final = "ryad_wrote"
#: How long a browser that wrote reads from the primary: above MAX_LAG plus the time between two looks.
FRESH_SECONDS: Final = 15
#: A replica that is further behind is not asked.
MAX_LAG: Final = 5.0
LOOK_EVERY: Final = 2.0
#: Who somebody is and what they may do is never taken from an old copy; jobs and outbox are state, not content.
HOME_APPS: Final = frozenset(
    {"accounts", "account", "auth", "contenttypes", "core", "mfa", "notifications", "sessions"}
)
HOME_MODELS: Final = frozenset({"vendors.membership", "vendors.invitation"})
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# What is replayed may equal what was received while nothing is received any more: then only the clock tells.
_LAG: Final = """
    SELECT CASE
        WHEN NOT pg_is_in_recovery() THEN 0
        WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
            AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver) THEN 0
        ELSE COALESCE(EXTRACT(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 1e9) END
"""

_reading: ContextVar[bool] = ContextVar("ryad_reads_from_replica", default=False)


class _Health:
    """What this process knows of the replica; looked at beside the requests, so that none waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._usable = False

    def usable(self) -> bool:
        if time.monotonic() - self._looked_at > LOOK_EVERY and self._lock.acquire(blocking=False):
            threading.Thread(target=self._look_and_release, name="replica-look", daemon=True).start()
        # Nobody has looked for long: where requests are rare, the last answer says nothing about now.
        return self._usable and time.monotonic() - self._looked_at < 3 * LOOK_EVERY

    def look(self) -> bool:
        """Asks the replica now how far it is behind."""
        try:
            with connections[ALIAS].cursor() as cursor:
                cursor.execute(_LAG)
                lag = float(cursor.fetchone()[0])
        except DatabaseError as error:
            self.away(error)
            return False
        if (usable := lag <= MAX_LAG) != self._usable:
            log.warning("replica.used" if usable else "replica.behind", seconds=round(lag, 1))
        self._usable, self._looked_at = usable, time.monotonic()
        return usable

    def away(self, error: Exception) -> None:
        if self._usable:
            log.warning("replica.away", error=type(error.__cause__ or error).__name__)
        self._usable, self._looked_at = False, time.monotonic()

    def _look_and_release(self) -> None:
        try:
            self.look()
        finally:
            connections[ALIAS].close()
            self._lock.release()


health = _Health()


class ReplicaRouter:
    """`DATABASE_ROUTERS` of an installation with a replica."""

    def db_for_read(self, model: type[Any], **hints: Any) -> str:  # noqa: ARG002 - Django's signature
        """`replica` inside a page that is only read, as long as it serves."""
        if (
            not _reading.get()
            or model._meta.app_label in HOME_APPS  # noqa: SLF001 - Django's documented API
            or model._meta.label_lower in HOME_MODELS  # noqa: SLF001 - as above
            or connections[DEFAULT_DB_ALIAS].in_atomic_block
            or not health.usable()
        ):
            return DEFAULT_DB_ALIAS
        try:
            connections[ALIAS].ensure_connection()
        except DatabaseError as error:
            health.away(error)
            return DEFAULT_DB_ALIAS
        return ALIAS

    def db_for_write(self, model: type[Any], **hints: Any) -> str:  # noqa: ARG002 - Django's signature
        """Always the primary; from here on the request reads there, too. Locks are asked for as writes."""
        _reading.set(False)
        return DEFAULT_DB_ALIAS

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:  # noqa: ARG002 - Django's signature
        """The two are one database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:  # noqa: ARG002 - Django's signature
        """A replica gets its tables by replication."""
        return db != ALIAS


class ReplicaMiddleware:
    """Marks requests that may read from the replica, and browsers that have just written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_safe = request.method in _SAFE
        token = _reading.set(is_safe and COOKIE not in request.COOKIES)
        try:
            with connections[ALIAS].execute_wrapper(_watched):
                response = self.get_response(request)
        finally:
            _reading.reset(token)
        if not is_safe:
            response.set_cookie(
                COOKIE,
                "1",
                max_age=FRESH_SECONDS,
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        return response


def _watched(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """A replica that breaks off in the middle of a page costs that page: it says 503, the next is from the primary."""
    from core.databases import is_outage

    try:
        return execute(sql, params, many, context)
    except DatabaseError as error:
        if is_outage(error):
            health.away(error)
        raise
