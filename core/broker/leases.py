"""Keeping leases alive: one background thread that renews what this process is working on."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.broker.store import MessageStore

logger = logging.getLogger(__name__)


class LeaseKeeper:
    """Renews held leases three times per lease period until they are dropped or held for `hold_seconds`.

    The limit is for tasks that hang: a thread in the background would keep them from redelivery for ever.
    """

    def __init__(self, store: MessageStore, *, hold_seconds: float) -> None:
        self._store = store
        self._hold_seconds = hold_seconds
        self._held: dict[str, float] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._pid = os.getpid()

    def hold(self, lease: str) -> None:
        """Begin to renew; the thread starts with the first lease, so that mere senders have none."""
        with self._lock:
            self._held[lease] = time.monotonic()
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="broker-leases", daemon=True)
                self._thread.start()

    def drop(self, lease: str) -> None:
        with self._lock:
            self._held.pop(lease, None)

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stop.set()
        if self._thread is not None and self._pid == os.getpid():
            self._thread.join(timeout=5)
        self._thread = None

    def _run(self) -> None:
        while not self._stop.wait(self._store.lease_seconds / 3):
            try:
                self._renew()
            except sqlite3.Error:
                logger.exception("broker: leases could not be renewed, trying again")

    def _renew(self) -> None:
        now = time.monotonic()
        with self._lock:
            overdue = [lease for lease, since in self._held.items() if now - since > self._hold_seconds]
            current = [lease for lease in self._held if lease not in overdue]
        for lease in overdue:
            logger.error(
                "broker: a task has held its message for over %.0f s; it may be redelivered",
                self._hold_seconds,
            )
            self.drop(lease)
        for lease in self._store.renew(current):
            with self._lock:
                was_held = self._held.pop(lease, None) is not None
            if was_held:  # else it was finished while we renewed
                logger.warning(
                    "broker: a lease was lost while its task ran (machine asleep?); the task may run twice"
                )
