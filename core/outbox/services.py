"""Writing facts into the outbox and carrying them to their consumers."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction
from django.db.models import Q

from core import clock
from core.models import OutboxEntry
from core.outbox import claims, registry
from core.outbox.outages import Outage, outage

if TYPE_CHECKING:
    import uuid

logger = logging.getLogger(__name__)

PATIENCE: Final = timedelta(days=1)  # with a database that is too busy for an entry
DOWN_PAUSE: Final = 5.0  # seconds before a consumer whose part is down is asked again
ERROR_LENGTH: Final = 2000


def emit(consumer: str, topic: str, payload: Mapping[str, Any]) -> None:
    """Write down that `consumer` must learn of a fact. Belongs in the transaction that makes the fact true."""
    emit_many([(consumer, topic, payload)])


def emit_many(facts: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
    """Write several facts (consumer, topic, payload) with one statement."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(
            "A fact is emitted in the transaction that makes it true: open one around the change."
        )
    now = clock.now()
    entries = [
        OutboxEntry(consumer=consumer, topic=topic, payload=dict(payload), visible_at=now)
        for consumer, topic, payload in facts
    ]
    OutboxEntry.objects.bulk_create(entries, batch_size=500)
    for consumer in sorted({entry.consumer for entry in entries}):
        _wake_on_commit(consumer)


class _Wake:
    """Sends the drain task once the transaction is durable; equal for equal consumers, so that one is enough."""

    def __init__(self, consumer: str) -> None:
        self.consumer = consumer
        self.__qualname__ = f"wake {consumer}"  # by which Django names a callback that failed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Wake) and other.consumer == self.consumer

    def __hash__(self) -> int:
        return hash(self.consumer)

    def __call__(self) -> None:
        from core.outbox.tasks import wake

        wake(self.consumer)


def _wake_on_commit(consumer: str) -> None:
    connection = transaction.get_connection()
    alive = set(connection.savepoint_ids)
    for savepoints, callback, *_ in connection.run_on_commit:
        # A wake-up noted in a savepoint that is still open or was the outermost block will live as long as ours.
        if isinstance(callback, _Wake) and callback.consumer == consumer and savepoints <= alive:
            return
    transaction.on_commit(_Wake(consumer), robust=True)


def drain(
    consumer: str,
    *,
    limit: int | None = None,
    deadline: float | None = None,
    until: Callable[[], bool] | None = None,
) -> int:
    """Hand everything that is due to the consumer's handler; returns how many entries were finished.

    `limit` is the size of a batch (the consumer's own by default). No new batch begins after `deadline`
    (`time.monotonic()`) nor once `until` holds. Must not run inside a transaction: a batch is claimed, committed, worked on, deleted.
    """
    listener = registry.consumer(consumer)
    finished = 0
    while (deadline is None or time.monotonic() < deadline) and not (until and until()):
        lease, entries = claims.claim(listener, limit=limit or listener.batch_now)
        if not entries:
            break
        done, went_down = _work(listener.handler, lease, entries)
        finished += done
        if went_down:
            break
    return finished


def _work(handler: registry.Handler, lease: uuid.UUID, entries: Sequence[claims.Entry]) -> tuple[int, bool]:
    """How many entries were finished, and whether the consumer's part is down."""
    with claims.Renewal(lease):
        pending = [list(entries)]
        finished = 0
        while pending:
            batch = pending.pop()
            try:
                handler(_facts(batch))
            except Exception as error:
                if not connection.in_atomic_block:  # as in tests
                    connection.close_if_unusable_or_obsolete()  # what is written of the entries needs one that works
                if _passes_by(error, batch):
                    left = [entry for group in [batch, *pending] for entry in group]
                    claims.put_back(lease, left, pause=DOWN_PAUSE, error=_text(error))
                    logger.warning("outbox: consumer is down, %d entries wait: %s", len(left), error)
                    return finished, True
                if len(batch) > 1:
                    middle = len(batch) // 2
                    pending += [batch[middle:], batch[:middle]]
                elif claims.fail(lease, batch[0], error=_text(error)):
                    logger.exception(
                        "outbox: entry %d is set aside after %d attempts", batch[0].id, batch[0].attempts
                    )
                else:
                    logger.warning(
                        "outbox: entry %d failed, attempt %d", batch[0].id, batch[0].attempts, exc_info=True
                    )
            else:
                claims.finish(lease, [entry.id for entry in batch])
                finished += len(batch)
    return finished, False


def _passes_by(error: Exception, batch: Sequence[claims.Entry]) -> bool:
    """Whether trying again costs no attempt: a part is down, or too busy for entries that are still young."""
    match outage(error):
        case Outage.DOWN:
            return True
        case Outage.BUSY:
            return clock.now() - min(entry.created_at for entry in batch) < PATIENCE
        case Outage.NONE:
            return False


def _facts(entries: Iterable[claims.Entry]) -> list[dict[str, Any]]:
    """The entries' facts in order, of identical ones the first."""
    unique = {json.dumps(entry.fact, sort_keys=True, ensure_ascii=False): entry.fact for entry in entries}
    return list(unique.values())


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:ERROR_LENGTH]


def drain_until_empty(
    consumers: Collection[str] | None = None,
    *,
    timeout: float = 300,
    on_wait: Callable[[], None] | None = None,
) -> bool:
    """Work until the consumers (all by default) have nothing left; for commands, which return when all is done.

    What a worker holds is waited for. False if entries are left: they failed and wait for their next attempt, or
    `timeout` seconds have passed. Entries set aside do not count. A handler may emit for another consumer, so all
    are looked at again until a whole round finds nothing.
    """
    names = list(registry.consumers()) if consumers is None else list(consumers)
    deadline = time.monotonic() + timeout
    while True:
        finished = sum(drain(name, deadline=deadline) for name in names)
        waiting = OutboxEntry.objects.filter(consumer__in=names, dead_at=None)
        if not finished:
            if not waiting.exists():
                return True
            if (
                not waiting.filter(lease__isnull=False).exists()
                and not waiting.filter(visible_at__lte=clock.now()).exists()
            ):
                return False
        if time.monotonic() >= deadline:
            return False
        if not finished:
            if on_wait is not None:
                on_wait()
            time.sleep(0.1)


def revive(ids: Collection[int]) -> int:
    """Give entries that were set aside a fresh start; returns how many there were."""
    return _revive(Q(pk__in=ids))


def revive_all(*, consumer: str | None = None) -> int:
    """The same for everything that was set aside, or for one consumer's."""
    return _revive(Q() if consumer is None else Q(consumer=consumer))


def _revive(which: Q) -> int:
    with transaction.atomic():
        dead = OutboxEntry.objects.filter(which, dead_at__isnull=False)
        names = set(dead.values_list("consumer", flat=True))
        revived = dead.update(dead_at=None, lease=None, attempts=0, visible_at=clock.now())
        for name in names:
            _wake_on_commit(name)
    return revived
