"""What PostgreSQL asks of the processes that use it: patience where work is long, and saying when it is away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from celery import signals
from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    connections,
)
from django.db.models import Model
from django.db.models.signals import post_migrate, pre_migrate

#: Seconds after which the same request is worth sending again.
RETRY_AFTER: Final = 10
_REFUSED_FOR_GOOD: Final = ("42", "3D", "28")  # of SQLSTATE: no such table or database, no such user


def is_outage(error: BaseException | None) -> bool:
    """Whether a database that does not answer, has no room or time for a statement, or a deadlock is the cause.

    The same request may well succeed in a moment. A missing table is no outage, though drivers call both
    operational.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return not state.startswith(_REFUSED_FOR_GOOD) and not str(error).startswith("no such ")


@contextmanager
def long_statements(seconds: int | None = None) -> Iterator[None]:
    """Lets each statement of the block take that long (workers' time by default); nothing on SQLite."""
    if connection.vendor != "postgresql":
        yield
        return
    allowed = settings.WORKER_STATEMENT_SECONDS if seconds is None else seconds
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [f"{allowed}s"])
    try:
        yield
    finally:
        # A connection that broke meanwhile has forgotten it by itself.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")


def refresh_statistics(*models: type[Model]) -> None:
    """Tells PostgreSQL's planner of tables that were just filled, some 0.2 s each; nothing on SQLite.

    Autovacuum comes a minute later, and may have seen a table while it was empty: what joins thousands of rows would be
    planned as if there were one. Who vacuums a table at this moment does the same for it, so nobody is waited for.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in models:
            table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - Django's documented way
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {table}")


def watch() -> None:
    """Workers get their time for statements, migrations as long as they take. Called once by the composition root."""
    signals.worker_init.connect(_be_a_worker, dispatch_uid="core.databases")
    pre_migrate.connect(_take_your_time, dispatch_uid="core.databases")
    post_migrate.connect(_be_quick_again, dispatch_uid="core.databases")


def _be_a_worker(**_: Any) -> None:
    """Before the worker's first connection, so that those of its pool and of its children are alike."""
    for alias in connections:
        options = connections.settings[alias].get("OPTIONS", {})
        if "statement_timeout=" in options.get("options", ""):
            kept = [each for each in options["options"].split(" -c ") if "statement_timeout=" not in each]
            told = [
                part if part.startswith("-c ") else f"-c {part}"
                for part in (*kept, f"statement_timeout={settings.WORKER_STATEMENT_SECONDS}s")
            ]
            options["options"] = " ".join(told)


def _take_your_time(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    # The limit on waiting for locks stays: a migration that waits makes everybody wait behind it.
    if connections[using].vendor == "postgresql" and not connections[using].in_atomic_block:
        with connections[using].cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")


def _be_quick_again(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    # The connection may go back to a pool.
    if connections[using].vendor == "postgresql" and not connections[using].in_atomic_block:
        with connections[using].cursor() as cursor:
            cursor.execute("RESET statement_timeout")
            cursor.execute("RESET lock_timeout")
