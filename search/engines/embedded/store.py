"""Folders of the embedded index: generations, which one is live, and the lock that lets one process write.

root/CURRENT      name of the live generation
root/BUILDING     name of the generation being rebuilt, while that lasts
root/PREVIOUS     name of the generation that was live before, kept to go back to
root/g-…/         a tantivy index
root/lock         held by whoever writes
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from search.errors import EngineUnavailable
from search.fields import FIELDS

LOCK_SECONDS = 120
#: Part of a generation's name: an index built for another table of fields is no index.
SCHEMA_MARK = hashlib.sha256(repr(FIELDS).encode()).hexdigest()[:8]


class Store:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._threads = threading.RLock()

    def current(self) -> str | None:
        """The live generation, None where there is none that this code can read."""
        return self._usable("CURRENT")

    def building(self) -> str | None:
        return self._usable("BUILDING")

    def previous(self) -> str | None:
        """What was live before; never the live one, which a crash between two names may leave in both."""
        name = self._usable("PREVIOUS")
        return None if name == self._read("CURRENT") else name

    def size(self, generation: str) -> int:
        """Bytes on disk; files that a merge removes meanwhile count nothing."""
        total = 0
        for file in self.path(generation).iterdir():
            with contextlib.suppress(OSError):
                total += file.stat().st_size
        return total

    def path(self, generation: str) -> Path:
        return self.root / generation

    def open_generation(self) -> str:
        name = f"g-{time.time_ns():x}-{SCHEMA_MARK}"
        self.path(name).mkdir(parents=True)
        return name

    def set_building(self, generation: str | None) -> None:
        if generation is None:
            (self.root / "BUILDING").unlink(missing_ok=True)
        else:
            self._write("BUILDING", generation)

    def make_current(self, generation: str) -> None:
        replaced = self.current()
        if replaced is not None and replaced != generation:
            self._write("PREVIOUS", replaced)
        self._write("CURRENT", generation)
        self.set_building(None)
        self.sweep()

    def exchange(self, previous: str) -> None:
        """The previous generation becomes the live one, and the live one previous."""
        replaced = self.current()
        self._write("CURRENT", previous)
        if replaced is not None:
            self._write("PREVIOUS", replaced)

    def sweep(self) -> None:
        """Removes generations that nothing names. Open readers keep their mapped files."""
        kept = {self._read(name) for name in ("CURRENT", "BUILDING", "PREVIOUS")}
        for folder in self.root.glob("g-*"):
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One writer over all processes and threads; waits up to two minutes for its turn."""
        self.root.mkdir(parents=True, exist_ok=True)
        with self._threads, (self.root / "lock").open("w") as file:
            deadline = time.monotonic() + LOCK_SECONDS
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise EngineUnavailable("index_locked") from None
                    time.sleep(0.02)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def _usable(self, file: str) -> str | None:
        name = self._read(file)
        return name if name and name.endswith(SCHEMA_MARK) and self.path(name).is_dir() else None

    def _read(self, name: str) -> str | None:
        try:
            return (self.root / name).read_text(encoding="ascii").strip() or None
        except (OSError, ValueError):
            return None

    def _write(self, name: str, value: str) -> None:
        handle, partial = tempfile.mkstemp(dir=self.root, prefix=f".{name}-")
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(self.root / name)
