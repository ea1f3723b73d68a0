"""The broker's SQLite file: messages under lease, dead letters, purge. Knows nothing of kombu or Celery."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
import uuid
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

logger = logging.getLogger(__name__)

DEAD_LETTERS_KEPT: Final = 10_000  # a poison task in a loop must not fill the disk

_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    priority INTEGER NOT NULL,
    visible_at REAL NOT NULL,
    lease TEXT UNIQUE,
    losses INTEGER NOT NULL DEFAULT 0,
    payload TEXT NOT NULL,
    created_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS message_due ON message (queue, visible_at);
CREATE INDEX IF NOT EXISTS message_order ON message (queue, priority DESC, id);
CREATE TABLE IF NOT EXISTS dead_letter (
    id INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    priority INTEGER NOT NULL,
    losses INTEGER NOT NULL,
    payload TEXT NOT NULL,
    created_at REAL NOT NULL,
    died_at REAL NOT NULL,
    reason TEXT NOT NULL
);
"""

_NEXT_VISIBLE = """
SELECT id FROM message INDEXED BY message_order
WHERE queue = :queue AND visible_at <= :now
ORDER BY priority DESC, id LIMIT 1
"""

# A row that is due again while it still bears a lease was lost by whoever held it.
_CLAIM = f"""
UPDATE message
SET losses = losses + (lease IS NOT NULL), lease = :lease, visible_at = :until
WHERE id = ({_NEXT_VISIBLE})
RETURNING id, losses, payload
"""  # noqa: S608 - the inserted text is the constant above

_BURY = """
INSERT INTO dead_letter (queue, priority, losses, payload, created_at, died_at, reason)
SELECT queue, priority, losses, payload, created_at, :now, :reason FROM message WHERE lease = :lease
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A message in hand: `lease` is needed to renew, finish or give it back."""

    lease: str
    payload: str
    losses: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that is not delivered any more, with the reason; times are Unix seconds."""

    id: int
    queue: str
    payload: str
    losses: int
    reason: str
    created_at: float
    died_at: float


class MessageStore:
    """One connection to a broker file, usable from any thread of the process that made it.

    A claimed message stays in the file until it is finished, so a killed holder loses nothing: the row becomes
    visible again `lease_seconds` after the last renewal. After `max_losses` such losses it is set aside, because
    it most likely kills whoever works on it.
    """

    def __init__(self, path: Path | str, *, lease_seconds: float = 30, max_losses: int = 3) -> None:
        self.path = Path(path)
        self.lease_seconds = lease_seconds
        self.max_losses = max_losses
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._seen_version: int | None = None
        self._next_due: dict[str, float] = {}
        self._changed_here = True
        _stores.add(self)

    # -- sending ---------------------------------------------------------------------------------------------

    def put(self, queue: str, payload: str, *, priority: int = 0, visible_at: float | None = None) -> None:
        """Store a message; before `visible_at` (Unix seconds) nobody receives it."""
        now = time.time()
        self._write(
            "INSERT INTO message (queue, priority, visible_at, payload, created_at) VALUES (?, ?, ?, ?, ?)",
            (queue, priority, now if visible_at is None else max(visible_at, now), payload, now),
        )

    # -- receiving -------------------------------------------------------------------------------------------

    def due(self, queues: Sequence[str]) -> bool:
        """Is anything to be received? Costs a few microseconds while nothing happens in the file.

        `PRAGMA data_version` tells whether another connection has written, without reading a page; only then
        (or after a write of our own, or when the earliest waiting message's time comes) are the rows looked at.
        """
        with self._lock:
            version = self._execute("PRAGMA data_version").fetchone()[0]
            if version != self._seen_version or self._changed_here:
                self._seen_version, self._changed_here = version, False
                self._next_due.clear()
            now = time.time()
            return any(self._due_at(queue) <= now for queue in queues)

    def _due_at(self, queue: str) -> float:
        if queue not in self._next_due:
            row = self._execute("SELECT min(visible_at) FROM message WHERE queue = ?", (queue,)).fetchone()
            self._next_due[queue] = float("inf") if row[0] is None else row[0]
        return self._next_due[queue]

    def claim(self, queue: str) -> Claim | None:
        """Take the next visible message of the queue under a new lease; highest priority first, then oldest."""
        with self._lock:
            while True:
                now = time.time()
                if self._execute(_NEXT_VISIBLE, {"queue": queue, "now": now}).fetchone() is None:
                    return None  # a read first: an idle poll must not take the write lock
                lease = uuid.uuid4().hex
                row = self._write(
                    _CLAIM, {"queue": queue, "now": now, "lease": lease, "until": now + self.lease_seconds}
                ).fetchone()
                if row is None:
                    return None  # another process was quicker
                _, losses, payload = row
                if losses < self.max_losses:
                    return Claim(lease, payload, losses)
                self.bury(lease, reason=f"lost by {losses} workers in a row")

    def renew(self, leases: Iterable[str]) -> list[str]:
        """Prolong the leases; returns those that are no longer ours."""
        until = time.time() + self.lease_seconds
        lost = []
        with self._lock:
            for lease in leases:
                cursor = self._write("UPDATE message SET visible_at = ? WHERE lease = ?", (until, lease))
                if cursor.rowcount == 0:
                    lost.append(lease)
        return lost

    def finish(self, lease: str) -> bool:
        """Delete a message that was worked on; False if the lease had been lost to somebody else."""
        return self._write("DELETE FROM message WHERE lease = ?", (lease,)).rowcount == 1

    def release(self, lease: str) -> None:
        """Give a message back unworked, for anybody to take at once; does not count as a loss."""
        self._write("UPDATE message SET visible_at = ?, lease = NULL WHERE lease = ?", (time.time(), lease))

    def give_back(self, lease: str, *, after_seconds: float) -> None:
        """Give a message back after a failed attempt: counted as a loss, visible again after a pause."""
        with self._lock:
            row = self._write(
                "UPDATE message SET visible_at = ?, losses = losses + 1 WHERE lease = ? RETURNING losses",
                (time.time() + after_seconds, lease),
            ).fetchone()
            if row is not None and row[0] >= self.max_losses:
                self.bury(lease, reason=f"given back {row[0]} times")
            else:
                self._write("UPDATE message SET lease = NULL WHERE lease = ?", (lease,))

    # -- dead letters ----------------------------------------------------------------------------------------

    def bury(self, lease: str, *, reason: str) -> None:
        """Set a claimed message aside for a person to look at."""
        with self._lock:
            self._execute("BEGIN IMMEDIATE")
            try:
                self._write(_BURY, {"lease": lease, "now": time.time(), "reason": reason})
                self._write("DELETE FROM message WHERE lease = ?", (lease,))
                self._write(
                    "DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - ?",
                    (DEAD_LETTERS_KEPT,),
                )
            except BaseException:
                self._execute("ROLLBACK")
                raise
            self._execute("COMMIT")
        logger.error("broker: message set aside as a dead letter: %s", reason)

    def dead_letters(self, *, limit: int = 100) -> list[DeadLetter]:
        """The newest dead letters first."""
        rows = self._fetch(
            "SELECT id, queue, payload, losses, reason, created_at, died_at FROM dead_letter ORDER BY id DESC LIMIT ?",
            (limit,),
        )
        return [DeadLetter(*row) for row in rows]

    def revive(self, dead_letter_id: int) -> bool:
        """Put a dead letter back into its queue with its losses forgotten; False if there is none such."""
        with self._lock:
            self._execute("BEGIN IMMEDIATE")
            try:
                moved = self._write(
                    "INSERT INTO message (queue, priority, visible_at, payload, created_at)"
                    " SELECT queue, priority, ?, payload, created_at FROM dead_letter WHERE id = ?",
                    (time.time(), dead_letter_id),
                ).rowcount
                self._write("DELETE FROM dead_letter WHERE id = ?", (dead_letter_id,))
            except BaseException:
                self._execute("ROLLBACK")
                raise
            self._execute("COMMIT")
        return moved == 1

    def purge_dead_letters(self) -> int:
        """Forget all dead letters; returns how many there were."""
        return self._write("DELETE FROM dead_letter").rowcount

    # -- whole queues ----------------------------------------------------------------------------------------

    def size(self, queue: str) -> int:
        """Messages waiting, those in somebody's hands not counted."""
        rows = self._fetch(
            "SELECT count(*) FROM message WHERE queue = ? AND (lease IS NULL OR visible_at <= ?)",
            (queue, time.time()),
        )
        return int(rows[0][0])

    def sizes(self) -> dict[str, tuple[int, int]]:
        """Per queue: waiting, in hand."""
        rows = self._fetch(
            "SELECT queue, sum(lease IS NULL OR visible_at <= :now), sum(lease IS NOT NULL AND visible_at > :now)"
            " FROM message GROUP BY queue ORDER BY queue",
            {"now": time.time()},
        )
        return {queue: (waiting, in_hand) for queue, waiting, in_hand in rows}

    def purge(self, queue: str) -> int:
        """Delete what waits in the queue, leaving what is being worked on; returns how many."""
        return self._write(
            "DELETE FROM message WHERE queue = ? AND (lease IS NULL OR visible_at <= ?)", (queue, time.time())
        ).rowcount

    # -- the connection --------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the connection; the next call opens another one."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
                self._seen_version = None

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # A power cut may lose the last messages, never the file: what must not be lost is in the outbox.
            connection.execute("PRAGMA synchronous = NORMAL")
            if (
                connection.execute(
                    "SELECT count(*) FROM sqlite_master WHERE name = 'dead_letter'"
                ).fetchone()[0]
                == 0
            ):
                connection.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")
        except BaseException:
            connection.close()
            raise
        return connection

    def _execute(self, statement: str, parameters: Any = ()) -> sqlite3.Cursor:
        if self._connection is None:
            self._connection = self._open()
        return self._connection.execute(statement, parameters)

    def _write(self, statement: str, parameters: Any = ()) -> _Written:
        with self._lock:
            cursor = self._execute(statement, parameters)
            # RETURNING rows are fetched at once: an open cursor would keep the write transaction open.
            rows = cursor.fetchall() if cursor.description else []
            self._changed_here = True
            return _Written(cursor.rowcount if not rows else len(rows), rows)

    def _fetch(self, statement: str, parameters: Any = ()) -> list[Any]:
        with self._lock:
            return self._execute(statement, parameters).fetchall()

    def _forget_after_fork(self) -> None:
        # SQLite connections do not survive a fork, and closing the copy could checkpoint under the parent's feet.
        if self._connection is not None:
            _abandoned.append(self._connection)
        self._connection = None
        self._seen_version = None
        self._lock = threading.RLock()


@dataclass(frozen=True, slots=True)
class _Written:
    rowcount: int
    rows: list[Any]

    def fetchone(self) -> Any:
        return self.rows[0] if self.rows else None


_stores: weakref.WeakSet[MessageStore] = weakref.WeakSet()
_abandoned: list[sqlite3.Connection] = []


def _after_fork() -> None:
    for store in list(_stores):
        store._forget_after_fork()  # noqa: SLF001 - the class's own other half


os.register_at_fork(after_in_child=_after_fork)
