"""What Celery must be told about each transport; everything that differs between them is here."""

from __future__ import annotations

import socket
from typing import Any, Final

#: Seconds a delivery may be held before it counts as lost: above the longest task, reading and applying a price
#: list of a million rows. A worker that dies holds no work up that long: jobs, outbox and letters have leases of
#: their own in the database, and their sweeps are quicker.
VISIBILITY_TIMEOUT: Final = 6 * 3600
#: Seconds that a page may lose to a broker that does not answer; the row it wrote is found by a sweep.
CONNECT_SECONDS: Final = 1.0
#: Kilobytes after which a child of a process pool is replaced, once its task is done: the reading of a workbook of
#: a million rows leaves memory that Python does not give back.
CHILD_MAX_KILOBYTES: Final = 700_000
CHILD_MAX_TASKS: Final = 2_000


def celery_settings(url: str) -> dict[str, Any]:
    """Celery's settings for the broker at `url`."""
    if url.startswith(("redis://", "rediss://")):
        return _redis()
    return {
        # Our transport and kombu's memory have no broadcast, which remote control needs.
        "worker_enable_remote_control": False,
        "broker_connection_timeout": 5,
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY_TIMEOUT,
            "lease_seconds": 30,
            "max_losses": 3,
        },
    }


def _redis() -> dict[str, Any]:
    return {
        "worker_enable_remote_control": True,
        "broker_connection_timeout": CONNECT_SECONDS,
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY_TIMEOUT,
            # Names of lists and sets in Redis, which the cache may share.
            "global_keyprefix": "ryad:queue:",
            "socket_connect_timeout": CONNECT_SECONDS,
            # A blocking look for messages takes one second, so three mean that nobody answers.
            "socket_timeout": 3.0,
            "socket_keepalive": True,
            "socket_keepalive_options": _keepalive(),
            "health_check_interval": 20,
            "retry_on_timeout": False,
            # Publishing tries once: kombu's own default goes on for as long as the connection timeout and pauses
            # two seconds between attempts.
            "max_retries": 0,
            "interval_start": 0,
            "interval_step": 0.1,
            "interval_max": 0.2,
            "connect_retries_timeout": CONNECT_SECONDS,
            # Strict queues of one priority: one list in Redis for each.
            "queue_order_strategy": "round_robin",
            "unacked_restore_interval": 10,
        },
        # The same number in the two other places where Celery or kombu may look for it; a smaller one anywhere
        # would deliver long imports twice.
        "result_backend_transport_options": {"visibility_timeout": VISIBILITY_TIMEOUT},
        "visibility_timeout": VISIBILITY_TIMEOUT,
        # The worker itself waits for Redis as long as it takes.
        "broker_connection_retry": True,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_pool_limit": 10,
        "worker_max_tasks_per_child": CHILD_MAX_TASKS,
        "worker_max_memory_per_child": CHILD_MAX_KILOBYTES,
    }


def _keepalive() -> dict[int, int]:
    """A half-open connection is noticed within a minute; systems without these options have their own defaults."""
    wanted = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}
    return {getattr(socket, name): value for name, value in wanted.items() if hasattr(socket, name)}
