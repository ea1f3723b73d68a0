"""Has a stranger's file read by a child process within limits of time and memory, and sees to it that nothing stays."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.files import locks
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, Unavailable

log = structlog.get_logger(__name__)

_PREFIX: Final = "check-"
#: At once on one machine: more wait for nobody, they are asked to come back.
_SLOTS: Final = 2
_MEMORY: Final = 1_400 * 1024 * 1024  # a reader of workbooks may take 1.2 GB of address space below it
_DISK: Final = 300 * 1024 * 1024  # the largest file that unpacking may write
_LARGEST_REPORT: Final = 4 * 1024 * 1024
SHOWN: Final = 12
#: A folder that is still there after so long belongs to a process that died.
LEFT_SECONDS: Final = 600


class CheckBusy(Unavailable):
    """All places are taken."""

    message = _("Other price lists are being checked right now. Try again in a minute.")


class CheckFailed(DomainError):
    """The file cannot be read within the limits of this page."""

    status = 422
    message = _(
        "This file takes too long or too much memory to be checked here. Send a shorter piece of it: a few hundred rows say as much."
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """What the page takes: bytes of a file, rows that are looked at, seconds of work."""

    size: int
    rows: int
    seconds: int

    @classmethod
    def now(cls) -> Limits:
        return cls(
            settings.PRICE_LIST_CHECK_MAX_BYTES,
            settings.PRICE_LIST_CHECK_ROWS,
            settings.PRICE_LIST_CHECK_SECONDS,
        )


def root() -> Path:
    folder = Path(settings.VAR) / "checks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder for one file and whatever reading it writes; gone afterwards, whatever happens."""
    sweep()
    made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root()))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def sweep() -> int:
    """Removes what processes that were killed have left; returns how many folders."""
    gone = 0
    for left in root().glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > LEFT_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
                gone += 1
    return gone


def check(file: Path, *, name: str, language: str) -> dict[str, Any]:
    """The report of `child.report`. `file` lies in a folder of `folder()`. Raises CheckBusy, CheckFailed.

    Nothing of the file is logged, its name neither.
    """
    limits = Limits.now()
    order = {
        "file": str(file),
        "folder": str(file.parent),
        "name": name,
        "language": language,
        "locale": [str(path) for path in settings.LOCALE_PATHS],
        "currency": settings.BASE_CURRENCY,
        "memory": _MEMORY,
        "disk": _DISK,
        "rows": limits.rows,
        "shown": SHOWN,
    }
    started = time.monotonic()
    with _place():
        said = _run(order, folder=file.parent, seconds=limits.seconds)
    try:
        told: dict[str, Any] = json.loads(said)
    except ValueError:
        log.warning("price_lists.check_failed", seconds=round(time.monotonic() - started, 1))
        raise CheckFailed("check_failed") from None
    log.info("price_lists.checked", format=told["format"], seconds=round(time.monotonic() - started, 1))
    return told


def _run(order: dict[str, Any], *, folder: Path, seconds: float) -> bytes:
    """What the child says; nothing of a child that died or had to be killed, with all its own children."""
    asked = folder / "order.json"
    asked.write_text(json.dumps(order), encoding="utf-8")
    with asked.open("rb") as given, (folder / "report.json").open("w+b") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "price_lists.validator.child"],
            stdin=given,
            stdout=out,
            stderr=subprocess.DEVNULL,
            cwd=settings.ROOT,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": str(folder)},
            start_new_session=True,
        )
        try:
            child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return b""
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        out.seek(0)
        return out.read(_LARGEST_REPORT) if child.returncode == 0 else b""


@contextlib.contextmanager
def _place() -> Iterator[None]:
    """One of the few places of this machine. Locks of files go with their process, however it ends."""
    for number in range(_SLOTS):
        with (root() / f"place-{number}.lock").open("w") as file:
            if locks.lock(file, locks.LOCK_EX | locks.LOCK_NB):
                yield
                return
    raise CheckBusy("check_busy")
