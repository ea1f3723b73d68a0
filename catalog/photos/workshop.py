"""Has photos made by a child process that is kept between them, within limits of time and memory."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from django.conf import settings

from catalog.photos.child import NOT_STORED

#: Of address space. Measured with 40 megapixels: a WebP needs 620 to 800, all other formats less than 450.
_MEGABYTES: Final = 800
#: Of a processor. 40 megapixels take 2 at most.
_WORKING: Final = 5
#: Of time: the machine may have other things to do.
_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Work:
    """What came of a photo: its files by side, or the `error` why there are none."""

    width: int = 0
    height: int = 0
    files: dict[int, bytes] | None = None
    error: str = ""


class Workshop:
    """`with Workshop() as workshop: workshop.make(path, sizes=…)`. For one thread."""

    def __init__(
        self, *, seconds: float = _SECONDS, working: int = _WORKING, megabytes: int = _MEGABYTES
    ) -> None:
        self._seconds = seconds
        self._working = working
        self._megabytes = megabytes
        self._child: subprocess.Popen[bytes] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="ryad-photo-")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._folder.cleanup()

    def make(self, path: Path, *, sizes: Sequence[int]) -> Work:
        """Never raises for what the picture does to its reader; OSError where there is no room for its files."""
        said = self._ask({"path": str(path), "folder": self._folder.name, "sizes": list(sizes)})
        if said is None:
            self._stop()
            return Work(error="too_heavy")
        if said.get("error") == NOT_STORED:
            raise OSError(NOT_STORED)
        if "error" in said:
            return Work(error=said["error"])
        files = {}
        for side in said["sides"]:
            made = Path(self._folder.name) / f"{side}.webp"
            files[int(side)] = made.read_bytes()
            made.unlink()
        return Work(said["width"], said["height"], files)

    def _ask(self, order: dict[str, Any]) -> dict[str, Any] | None:
        """The child's answer; None if it died or took too long."""
        child = self._running()
        if child.stdin is None or child.stdout is None:
            return None
        try:
            child.stdin.write(json.dumps(order).encode() + b"\n")
            child.stdin.flush()
        except OSError:
            return None
        if not select.select([child.stdout], [], [], self._seconds)[0]:
            return None
        line = child.stdout.readline()  # written at once, and short
        return json.loads(line) if line.endswith(b"\n") else None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._stop()
            self._child = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "catalog.photos.child", str(self._megabytes), str(self._working)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=settings.ROOT,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": self._folder.name},
                start_new_session=True,
            )
        return self._child

    def _stop(self) -> None:
        if self._child is None:
            return
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._child = None
