"""The circuit breaker: a part that fails again and again is left alone for a while, so that callers need not wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from search.errors import EngineUnavailable

FAILURES = 3
WINDOW_SECONDS = 20.0
PAUSE_SECONDS = 5.0


class Breaker:
    """Opens after `failures` within `window` seconds with no success between; while open, one call in `pause`
    seconds may try whether the part is back, all others are refused at once.
    """

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        window: float = WINDOW_SECONDS,
        pause: float = PAUSE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._window, self._pause, self._clock = failures, window, pause, clock
        self._lock = threading.Lock()
        self._failed: list[float] = []
        self._closed_until: float | None = None

    def enter(self) -> None:
        """Raises EngineUnavailable("engine_paused") if it is no use to try now."""
        with self._lock:
            if self._closed_until is None:
                return
            now = self._clock()
            if now < self._closed_until:
                raise EngineUnavailable("engine_paused")
            self._closed_until = now + self._pause  # this call is the probe; the next one is due after it

    def succeeded(self) -> None:
        with self._lock:
            self._failed.clear()
            self._closed_until = None

    def failed(self) -> None:
        with self._lock:
            now = self._clock()
            self._failed = [each for each in self._failed if now - each < self._window] + [now]
            if len(self._failed) >= self._most or self._closed_until is not None:
                self._closed_until = now + self._pause

    @property
    def is_open(self) -> bool:
        with self._lock:
            return self._closed_until is not None
