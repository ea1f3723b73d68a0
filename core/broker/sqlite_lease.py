"""The kombu transport over MessageStore: what Celery calls when its broker URL starts with sqlite-lease."""

# mypy: disallow-untyped-calls=False
# kombu ships its code for type checkers, half of it without annotations.

from __future__ import annotations

import os
import sqlite3
import threading
import time
from datetime import UTC, datetime
from queue import Empty
from typing import Any, Final

from kombu.transport import virtual
from kombu.utils.json import dumps, loads

from core.broker import broker_path
from core.broker.leases import LeaseKeeper
from core.broker.store import MessageStore

QUICKEST_POLL: Final = 0.01
SLOWEST_POLL: Final = 0.05  # an idle look costs 5 µs, so this one is about 0.1 % of a core
RETURN_PAUSE: Final = 2.0  # before a message that a task gave back is tried again


class QoS(virtual.QoS):
    """What is delivered and not yet finished; every outcome goes to the file by the message's lease."""

    def ack(self, delivery_tag: str) -> None:
        self.channel.settle(delivery_tag, "finish")
        super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        self.channel.settle(delivery_tag, "give_back" if requeue else "bury")
        self._quick_ack(delivery_tag)

    def restore_unacked(self) -> list[Any]:
        self._flush()
        for delivery_tag in list(self._delivered):
            self.channel.settle(delivery_tag, "release")
        self._delivered.clear()
        return []


class Channel(virtual.Channel):
    """One channel: its own connection to the file and its own lease keeper.

    Transport options: `lease_seconds`, `max_losses`, `visibility_timeout` (seconds that one delivery may be held
    at most; must be above the longest task).
    """

    QoS = QoS
    supports_fanout = False
    do_restore = True

    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        options = connection.client.transport_options
        self._pid = os.getpid()
        self._unacknowledged_queues: set[str] = set()
        self._store = MessageStore(
            broker_path(connection.client.hostname),
            lease_seconds=options.get("lease_seconds", 30),
            max_losses=options.get("max_losses", 3),
        )
        self._keeper = LeaseKeeper(self._store, hold_seconds=options.get("visibility_timeout", 6 * 3600))

    def _put(self, queue: str, message: dict[str, Any], **_: Any) -> None:
        self._store.put(
            queue, dumps(message), priority=self._get_message_priority(message), visible_at=_due_time(message)
        )

    def _poll(self, cycle: Any, callback: Any, timeout: float | None = None) -> Any:  # noqa: ARG002 - kombu's signature
        if not self._store.due(self._active_queues):
            raise Empty
        return cycle.get(callback)

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:  # noqa: ARG002 - kombu's signature
        claim = self._store.claim(queue)
        if claim is None:
            raise Empty
        if queue in self._unacknowledged_queues:
            self._store.finish(claim.lease)
        else:
            self._keeper.hold(claim.lease)
        message: dict[str, Any] = loads(claim.payload)
        message["properties"]["delivery_tag"] = claim.lease
        message["properties"]["delivery_info"]["redelivered"] = claim.losses > 0
        return message

    def basic_consume(self, queue: str, no_ack: bool, *args: Any, **kwargs: Any) -> Any:
        if no_ack:
            self._unacknowledged_queues.add(queue)
        return super().basic_consume(queue, no_ack, *args, **kwargs)

    def basic_get(self, queue: str, no_ack: bool = False, **kwargs: Any) -> Any:
        message = super().basic_get(queue, no_ack=no_ack, **kwargs)
        if message is not None and no_ack:
            self.settle(message.delivery_tag, "finish")
        return message

    def settle(self, delivery_tag: str, outcome: str) -> None:
        """Write down how a delivery ended: finish, give_back, bury or release."""
        if self._pid != os.getpid():
            return  # a forked child tidies up at its exit; the message is the parent's
        self._keeper.drop(delivery_tag)
        if outcome == "finish":
            self._store.finish(delivery_tag)
        elif outcome == "give_back":
            self._store.give_back(delivery_tag, after_seconds=RETURN_PAUSE)
        elif outcome == "bury":
            self._store.bury(delivery_tag, reason="rejected by its consumer")
        else:
            self._store.release(delivery_tag)
        if self.connection is not None:
            self.connection.wake.set()

    def _size(self, queue: str) -> int:
        return self._store.size(queue)

    def _purge(self, queue: str) -> int:
        return self._store.purge(queue)

    def close(self) -> None:
        super().close()
        if self._pid == os.getpid():
            self._keeper.stop()
            self._store.close()


class Transport(virtual.Transport):
    """Polls the file, at once after a task ends and ever slower while nothing comes."""

    Channel = Channel
    can_parse_url = True
    driver_type = "sqlite"
    driver_name = "sqlite3"
    connection_errors: tuple[Any, ...] = (*virtual.Transport.connection_errors, sqlite3.OperationalError)

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self.wake = threading.Event()

    def drain_events(self, connection: Any, timeout: float | None = None, **_: Any) -> None:  # noqa: ARG002 - kombu's signature
        cycle = self.cycle
        assert cycle is not None  # made by kombu's constructor
        end = None if timeout is None else time.monotonic() + timeout
        pause = QUICKEST_POLL
        while True:
            self.wake.clear()
            try:
                cycle.get(self._deliver, timeout=timeout)
            except Empty:
                left = SLOWEST_POLL if end is None else end - time.monotonic()
                if left <= 0:
                    raise TimeoutError from None  # what kombu's callers know as socket.timeout
                woken = self.wake.wait(min(pause, left))
                pause = QUICKEST_POLL if woken else min(pause * 1.5, SLOWEST_POLL)
            else:
                return

    def driver_version(self) -> str:
        return sqlite3.sqlite_version


def _due_time(message: dict[str, Any]) -> float | None:
    """Celery's eta header as Unix seconds, so that a message with a countdown waits here and not in a worker."""
    eta = (message.get("headers") or {}).get("eta")
    if not eta:
        return None
    moment = eta if isinstance(eta, datetime) else datetime.fromisoformat(eta)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
