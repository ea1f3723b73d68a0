"""The lease on outbox entries: taking, prolonging, finishing and putting back, each one short statement."""

from __future__ import annotations

import logging
import random
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from django.db import DatabaseError, InterfaceError, connection, transaction

from core import clock
from core.models import OutboxEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from core.outbox.registry import Consumer

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=60)  # after a crash the batch is taken up again no later than this
MAX_ATTEMPTS: Final = 8
LONGEST_PAUSE: Final = 600.0  # seconds between two attempts


@dataclass(frozen=True, slots=True)
class Entry:
    """An outbox row in hand; `attempts` counts this one."""

    id: int
    topic: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime

    @property
    def fact(self) -> dict[str, Any]:
        return {**self.payload, "topic": self.topic}


def claim(consumer: Consumer, *, limit: int) -> tuple[uuid.UUID, list[Entry]]:
    """Lease the oldest due entries of a consumer, at most `limit`, and count the attempt.

    Entries that failed before, or whose worker died, come one at a time: in company, one entry that kills its
    worker would use up the attempts of all the others. One that has killed its worker each time is set aside.
    """
    lease = uuid.uuid4()
    with transaction.atomic():
        if consumer.is_exclusive and _somebody_works(consumer):
            return lease, []
        entries = _lease(consumer, lease, fresh=True, limit=limit)
        while not entries:
            entries = _lease(consumer, lease, fresh=False, limit=1)
            if not entries or entries[0].attempts <= MAX_ATTEMPTS:
                break
            _set_aside(lease, entries.pop())
    return lease, entries


def _set_aside(lease: uuid.UUID, entry: Entry) -> None:
    logger.error(
        "outbox: entry %d is set aside: its worker died in each of %d attempts", entry.id, MAX_ATTEMPTS
    )
    OutboxEntry.objects.filter(lease=lease, pk=entry.id).update(
        lease=None,
        dead_at=clock.now(),
        attempts=MAX_ATTEMPTS,
        last_error="The worker was lost in the midst of it, each time.",
    )


def _somebody_works(consumer: Consumer) -> bool:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # on SQLite the transaction itself is exclusive (IMMEDIATE)
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"outbox:{consumer.name}"])
    return OutboxEntry.objects.filter(
        consumer=consumer.name, dead_at=None, lease__isnull=False, visible_at__gt=clock.now()
    ).exists()


def _lease(consumer: Consumer, lease: uuid.UUID, *, fresh: bool, limit: int) -> list[Entry]:
    now = clock.now()
    fields: Any = OutboxEntry._meta  # noqa: SLF001 - Django's documented API
    # MATERIALIZED: a planner that ran the subquery again would lease more rows than it was asked for.
    # SQLite knows no row locks; there the write lock of the transaction does the same.
    statement = f"""
        WITH due AS MATERIALIZED (
            SELECT id FROM core_outboxentry
            WHERE consumer = %s AND dead_at IS NULL AND visible_at <= %s AND attempts {"= 0" if fresh else "> 0"}
            ORDER BY id LIMIT %s {"FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""}
        )
        UPDATE core_outboxentry SET lease = %s, visible_at = %s, attempts = attempts + 1
        WHERE id IN (SELECT id FROM due)
        RETURNING id, topic, payload, attempts, created_at
    """  # noqa: S608 - nothing from outside is inserted
    adapt = connection.ops.adapt_datetimefield_value
    parameters = [
        consumer.name,
        adapt(now),
        limit,
        fields.get_field("lease").get_db_prep_value(lease, connection),
        adapt(now + LEASE),
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    decode = fields.get_field("payload").from_db_value
    return [
        Entry(id_, topic, decode(raw, None, connection), attempts, _moment(created_at))
        for id_, topic, raw, attempts, created_at in sorted(rows, key=lambda row: row[0])
    ]


def _moment(value: datetime | str) -> datetime:
    """SQLite hands out what it stores: text, in UTC."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def finish(lease: uuid.UUID, ids: Collection[int]) -> None:
    """Delete what was done, unless another worker holds it by now."""
    OutboxEntry.objects.filter(lease=lease, pk__in=ids).delete()


def put_back(lease: uuid.UUID, entries: Sequence[Entry], *, pause: float, error: str) -> None:
    """Undo the claim of entries that could not be tried (a part is down): no attempt is counted."""
    for attempts in {entry.attempts for entry in entries}:
        ids = [entry.id for entry in entries if entry.attempts == attempts]
        OutboxEntry.objects.filter(lease=lease, pk__in=ids).update(
            lease=None,
            visible_at=clock.now() + timedelta(seconds=pause),
            attempts=attempts - 1,
            last_error=error,
        )


def fail(lease: uuid.UUID, entry: Entry, *, error: str) -> bool:
    """Note a failed attempt; the entry is tried again later, or set aside: then the answer is True."""
    now = clock.now()
    is_dead = entry.attempts >= MAX_ATTEMPTS
    OutboxEntry.objects.filter(lease=lease, pk=entry.id).update(
        lease=None,
        last_error=error,
        dead_at=now if is_dead else None,
        visible_at=now + timedelta(seconds=pause_after(entry.attempts)),
    )
    return is_dead


def pause_after(attempts: int) -> float:
    """Seconds until the next attempt: 2, 4, 8 ... up to ten minutes, each plus up to a half at random."""
    return min(2.0**attempts, LONGEST_PAUSE) * random.uniform(1.0, 1.5)  # noqa: S311 - only spreads load


class Renewal:
    """Prolongs a lease while the handler works; its thread ticks only if the work is long."""

    def __init__(self, lease: uuid.UUID) -> None:
        self._lease = lease
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox-lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        touched = False
        while not self._done.wait(LEASE.total_seconds() / 3):
            touched = True
            try:
                OutboxEntry.objects.filter(lease=self._lease).update(visible_at=clock.now() + LEASE)
            except (DatabaseError, InterfaceError):
                # The next tick comes well before the lease ends, over a new connection if this one was cut.
                connection.close_if_unusable_or_obsolete()
        if touched:
            connection.close()
