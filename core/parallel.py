"""Work that waits for others' servers, in a few threads with a database connection each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections


def work_off(step: Callable[[], bool], *, threads: int) -> None:
    """Calls `step` again and again in each of `threads` until it says that nothing is left. With one: in the caller's.

    What a step raises ends its thread and is raised here when all have ended.
    """
    if threads <= 1:
        while step():
            pass
        return

    def run() -> None:
        try:
            while step():
                pass
        finally:
            connections.close_all()  # of this thread

    with ThreadPoolExecutor(threads, thread_name_prefix="outgoing-work") as pool:
        for future in [pool.submit(run) for _ in range(threads)]:
            future.result()


class OneRun:
    """Lets one run of some work go on at a time in this process, so that waiting for slow servers takes one thread of a
    worker and never all of them. Who comes meanwhile is not kept waiting: the run that goes on looks once more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs = self._asked = False

    def go(self, work: Callable[[], int]) -> int:
        """What the runs of `work` returned, added up; 0 where another thread's run goes on and was asked to look again."""
        with self._lock:
            self._asked = True
            if self._runs:
                return 0
            self._runs = True
        done = 0
        while True:
            with self._lock:
                if not self._asked:
                    self._runs = False
                    return done
                self._asked = False
            try:
                done += work()
            except BaseException:
                with self._lock:
                    self._runs = False
                raise
