"""Which photo may be asked for now: at most two of one host at once, with a pause between them. Pure: the time is given."""

from __future__ import annotations

import datetime as dt
import random
from collections import deque
from collections.abc import Iterable
from typing import Any, Final

#: Of one host at once, and seconds between two beginnings.
AT_ONCE: Final = 2
PAUSE: Final = 0.1
_FIRST: Final = dt.timedelta(minutes=5)
_LONGEST: Final = dt.timedelta(hours=12)
#: A host that fails so often in a row is left alone for a while.
PATIENCE: Final = 3
#: Then nothing more is expected of an address for a week.
MOST_ATTEMPTS: Final = 6


class Line:
    """The photos of one host that were claimed, and how many of them are under way."""

    def __init__(self, host: Any) -> None:
        self.host = host
        self.photos: deque[Any] = deque()
        self.under_way = 0
        self.free_at = 0.0
        self.is_closed = False


class Lines:
    """The lines of all hosts that one worker is at. Times are seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._lines: dict[int, Line] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def open(self, host: Any) -> None:
        self._lines[host.pk] = Line(host)

    def add(self, host_id: int, photos: Iterable[Any]) -> None:
        self._lines[host_id].photos.extend(photos)

    def short(self, fewer_than: int) -> list[Any]:
        """Hosts whose line is to be filled up."""
        return [
            line.host for line in self._lines.values() if not line.is_closed and len(line.photos) < fewer_than
        ]

    def take(self, now: float) -> Any | None:
        """A photo that may be asked for now, counted as under way. Hosts take turns."""
        for pk, line in list(self._lines.items()):
            if line.photos and line.under_way < AT_ONCE and line.free_at <= now:
                line.under_way += 1
                line.free_at = now + PAUSE
                self._lines[pk] = self._lines.pop(pk)  # to the end
                return line.photos.popleft()
        return None

    def wait(self, now: float) -> float | None:
        """Seconds until a pause ends after which there is something to take; None: nothing is held by a pause."""
        held = [
            line.free_at - now
            for line in self._lines.values()
            if line.photos and line.under_way < AT_ONCE and line.free_at > now
        ]
        return min(held, default=None)

    def finished(self, host_id: int) -> None:
        self._lines[host_id].under_way -= 1

    def close(self, host_id: int) -> list[Any]:
        """Nothing more is asked of the host; what stood in its line."""
        line = self._lines[host_id]
        left, line.photos, line.is_closed = list(line.photos), deque(), True
        return left

    def over(self) -> list[Any]:
        """Hosts of which nothing is left or under way; they are forgotten."""
        done = [line.host for line in self._lines.values() if not line.photos and not line.under_way]
        for host in done:
            del self._lines[host.pk]
        return done

    def hosts(self) -> list[Any]:
        return [line.host for line in self._lines.values()]


def pause_after(failures: int, *, retry_after: int | None = None) -> dt.timedelta:
    """5 minutes after the first failure, twice as long after each further one; never less than the server asks."""
    doubled = _FIRST * (1 << min(max(failures, 1) - 1, 10))
    pause = min(doubled, _LONGEST) * random.uniform(0.9, 1.2)  # noqa: S311 - only spreads load
    return max(pause, dt.timedelta(seconds=retry_after or 0))


def check_after(*, days: float) -> dt.timedelta:
    """Some days, give or take, so that photos of one import drift apart."""
    return dt.timedelta(days=days) * random.uniform(0.85, 1.15)  # noqa: S311 - only spreads load
