"""What an import takes while it runs: its phases, its memory, its children's, and the server's processor time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

_TICKS = os.sysconf("SC_CLK_TCK")
_PHASES = {
    "inspect_run": "look at the file",
    "stage_run": "read, understand, stage",
    "diff_run": "compare",
    "suggest_categories": "suggest categories",
    "guard_run": "guard",
    "apply_run": "apply, history, outbox",
    "place_here": "place goods",
}


class Phases:
    """Processor time of each step while in the block, told in microseconds a row."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def __enter__(self) -> Self:
        from price_lists.services import imports

        self._before = {name: getattr(imports, name) for name in _PHASES}
        for name, work in self._before.items():
            setattr(imports, name, self._timed(_PHASES[name], work))
        return self

    def __exit__(self, *_: object) -> None:
        from price_lists.services import imports

        for name, work in self._before.items():
            setattr(imports, name, work)

    def _timed(self, phase: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def measured(**given: Any) -> Any:
            used = time.process_time()
            try:
                return work(**given)
            finally:
                self.spent[phase] = self.spent.get(phase, 0.0) + time.process_time() - used

        return measured

    def told(self, rows: int) -> dict[str, float]:
        return {phase: round(seconds / rows * 1e6, 1) for phase, seconds in self.spent.items()}


class Children:
    """The highest memory of a child while in the block; getrusage would count this process before the child's exec."""

    def __init__(self) -> None:
        self.peak_mb = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            for task in Path("/proc/self/task").glob("*/children"):
                try:
                    pids = task.read_text(encoding="ascii").split()
                    told = [_status(pid) for pid in pids if _command(pid) != _command("self")]
                except OSError:
                    continue  # gone meanwhile
                self.peak_mb = max([self.peak_mb, *(each.get("VmHWM", 0) for each in told)])


def peak_of() -> dict[str, int]:
    """Of this process, in MB: the peak with the pages of files that it maps, and what it holds itself at the end."""
    found = _status("self")
    return {"peak_mb": found["VmHWM"], "own_mb_at_the_end": found["RssAnon"]}


def server_seconds(connection: Any) -> float:
    """Processor seconds so far of the server's process behind the connection; 0 where none is on this machine."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _status(pid: str) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return {
        line.split(":")[0]: int(line.split()[1]) // 1024
        for line in lines
        if line.startswith(("VmHWM:", "RssAnon:"))
    }


def _command(pid: str) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
