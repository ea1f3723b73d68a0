"""The right to rebuild: one at a time, kept by a heartbeat, taken over from a process that died."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import structlog
from django.db import DatabaseError, InterfaceError, connection, transaction

from core import clock
from search.errors import RebuildLost, RebuildRunning
from search.locks import SLOT, lock_build
from search.models import IndexBuild
from search.selectors import REASON_LENGTH, rebuild_is_stale

log = structlog.get_logger(__name__)
HEARTBEAT_SECONDS: Final = 30.0
WRITE_SECONDS: Final = 1.0  # progress is written at most this often


class Build:
    """A rebuild in hand. Whatever it writes down is dropped once another has taken it over."""

    def __init__(self, token: uuid.UUID) -> None:
        self.token = token
        self._written_at = 0.0
        self._over = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="rebuild-heartbeat", daemon=True)

    def begun(self, *, generation: str, total: int) -> None:
        self._update(generation=generation, total=total)

    def progress(self, done: int) -> None:
        """Cheap to call often. Raises RebuildLost once the rebuild is somebody else's."""
        if time.monotonic() - self._written_at >= WRITE_SECONDS:
            self._written_at = time.monotonic()
            self._update(done=done)

    def check(self) -> None:
        """Raises RebuildLost if the rebuild is somebody else's."""
        self._update()

    def start(self) -> None:
        self._heart.start()

    def end(self, *, error: str = "", **fields: Any) -> None:
        self._over.set()
        self._heart.join()
        mine = IndexBuild.objects.filter(pk=SLOT, token=self.token, finished_at=None)
        mine.update(finished_at=clock.now(), error=error[:REASON_LENGTH], **fields)

    def _update(self, **fields: Any) -> None:
        mine = IndexBuild.objects.filter(pk=SLOT, token=self.token, finished_at=None)
        if not mine.update(heartbeat_at=clock.now(), **fields):
            raise RebuildLost

    def _beat(self) -> None:
        touched = False
        while not self._over.wait(HEARTBEAT_SECONDS):
            touched = True
            try:
                self._update()
            except RebuildLost:
                break  # the work learns of it at its next step
            except (DatabaseError, InterfaceError):
                # More beats fit in before it counts as dead, over a new connection if this one was cut.
                connection.close_if_unusable_or_obsolete()
        if touched:
            connection.close()


@contextmanager
def only_build(*, owner: str = "") -> Iterator[Build]:
    """The right to rebuild for the length of the block. Raises RebuildRunning if somebody has it who lives.

    The same `owner` (a job that was started again) takes over at once.
    """
    build = Build(_claim(owner))
    build.start()
    try:
        yield build
    except BaseException as error:
        build.end(error=f"{type(error).__name__}: {error}")
        raise
    build.end()


def _claim(owner: str) -> uuid.UUID:
    now = clock.now()
    fields = {
        "token": uuid.uuid4(),
        "owner": owner,
        "generation": "",
        "done": 0,
        "total": 0,
        "started_at": now,
        "heartbeat_at": now,
        "finished_at": None,
        "error": "",
    }
    with transaction.atomic():
        IndexBuild.objects.bulk_create(
            [IndexBuild(pk=SLOT, started_at=now, heartbeat_at=now, finished_at=now)], ignore_conflicts=True
        )
        held = lock_build()
        if held is not None and held.finished_at is None:
            if not rebuild_is_stale(held) and not (owner and held.owner == owner):
                raise RebuildRunning
            log.warning("search.rebuild_taken_over", generation=held.generation, since=str(held.heartbeat_at))
        IndexBuild.objects.filter(pk=SLOT).update(**fields)
    token: uuid.UUID = fields["token"]  # type: ignore[assignment]  # the dictionary holds all kinds of columns
    return token


def give_up() -> bool:
    """Takes the right from whoever has it; False if nobody has."""
    with transaction.atomic():
        held = lock_build()
        if held is None or held.finished_at is not None:
            return False
        IndexBuild.objects.filter(pk=SLOT).update(
            token=uuid.uuid4(), finished_at=clock.now(), error="abandoned"
        )
        return True
