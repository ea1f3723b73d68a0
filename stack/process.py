"""A server as a process of ours: start, readiness, clean stop, pid files that a crash may leave behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Final, Self

LOOPBACK: Final = "127.0.0.1"
_PAUSE: Final = 0.1
_LOG_LINES: Final = 12


class CannotStart(Exception):
    """A service cannot run here; the message says why and what to do."""


class PartMissing(CannotStart):
    """A program that the service needs is not installed; the message names the package that brings it."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Service:
    """One server on loopback with its files below `home`. `start` returns when it answers.

    It outlives the process that started it; any other process can `stop` it through the same `home`.
    As a context manager it runs inside the block.
    """

    name: ClassVar[str]
    port_variable: ClassVar[str]  # of the Makefile
    start_seconds: ClassVar[float] = 120
    stop_signals: ClassVar[Sequence[tuple[signal.Signals, float]]] = ((signal.SIGTERM, 30),)

    def __init__(self, home: Path, port: int) -> None:
        self.home = Path(home).absolute()
        self.port = port
        self._child: subprocess.Popen[bytes] | None = None

    # What each kind of server says of itself ----------------------------------------------------------------

    @property
    def url(self) -> str:
        raise AttributeError(f"{type(self).__name__} has no address")

    def is_ready(self) -> bool:
        """Whether it answers now."""
        raise AttributeError(f"{type(self).__name__} cannot be asked")

    @classmethod
    def find_program(cls) -> Path:
        """What it is started with. Raises PartMissing, which names the package that brings it."""
        raise PartMissing(f"{cls.__name__} has no program")

    def _prepare(self) -> None:
        """Make what must be there before the first start. Raises CannotStart."""

    def _command(self) -> Sequence[str]:
        raise AttributeError(f"{type(self).__name__} has no command")

    def _environment(self) -> Mapping[str, str]:
        return os.environ

    def _user(self) -> str | None:
        """The system user it runs as, if that is not ours."""
        return None

    def _finish(self) -> None:
        """What is left to do once it answers. Raises CannotStart."""

    # Life ---------------------------------------------------------------------------------------------------

    def start(self) -> bool:
        """Returns when it answers; False if it was running already. Raises CannotStart."""
        if self.is_running:
            self._wait_until_ready()
            self._finish()
            return False
        self.home.mkdir(parents=True, exist_ok=True)
        self._check_port()
        self._prepare()
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own command lines
                self._command(),
                cwd=self._folder(),
                env=dict(self._environment()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is not meant for it
                user=(user := self._user()),
                group=user,
                extra_groups=() if user else None,
            )
        self._note(self._child.pid)
        try:
            self._wait_until_ready()
            self._finish()
        except BaseException:
            self.kill()
            raise
        return True

    def stop(self) -> bool:
        """Ask it to end and wait; kill it if it does not listen. False if it was not running."""
        pid = self.pid
        if pid is None:
            self._pid_file.unlink(missing_ok=True)
            return False
        for number, seconds in self.stop_signals:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            if self._wait_until_gone(seconds):
                break
        else:
            self.kill()
        self._collect()
        self._pid_file.unlink(missing_ok=True)
        return True

    def kill(self) -> None:
        """End it and its children at once, as a crash would; what it left is met by the next start."""
        pid = self.pid
        if pid is None:
            return
        family = [pid, *_descendants(pid)]
        for member in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        self._wait_until_gone(10)
        end = time.monotonic() + 10
        while any(is_alive(member) for member in family) and time.monotonic() < end:
            time.sleep(_PAUSE)
        self._collect()

    def pause(self) -> None:
        """Hold it still without closing its connections: it is there and answers nothing."""
        self._signal_family(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal_family(signal.SIGCONT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.resume()
        self.stop()

    @property
    def pid(self) -> int | None:
        """Its process, if that is alive and the one that was started here: numbers are used again."""
        if self._child is not None:
            self._child.poll()  # another process may have ended it: its exit status is for us to take
        try:
            noted = json.loads(self._pid_file.read_text())
            pid, born = int(noted["pid"]), str(noted["born"])
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return pid if is_alive(pid) and _born(pid) == born else None

    @property
    def is_running(self) -> bool:
        return self.pid is not None

    @property
    def noted_port(self) -> int | None:
        """The port it was started with, while it runs."""
        return int(json.loads(self._pid_file.read_text())["port"]) if self.is_running else None

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def _pid_file(self) -> Path:
        return self.home / "process.json"

    def _folder(self) -> Path:
        return self.home

    def _note(self, pid: int) -> None:
        self._pid_file.write_text(json.dumps({"pid": pid, "born": _born(pid), "port": self.port}))

    def _signal_family(self, number: signal.Signals) -> None:
        if (pid := self.pid) is not None:
            for member in [pid, *_descendants(pid)]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(member, number)

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, self.port))
            except OSError as error:
                raise CannotStart(
                    f"{self.name}: port {self.port} on {LOOPBACK} cannot be used ({error.strerror})."
                    f" Stop what listens there, or choose another:"
                    f" make services {self.port_variable}={self.port + 1}"
                ) from None

    def _collect(self) -> None:
        """Take the exit status of a child that has ended."""
        if self._child is not None:
            self._child.wait()
            self._child = None

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + self.start_seconds
        while not self.is_ready():
            if not self.is_running:
                raise CannotStart(
                    f"{self.name} ended while it started. Its last words:\n{self._last_words()}"
                )
            if time.monotonic() > end:
                raise CannotStart(
                    f"{self.name} does not answer after {self.start_seconds:.0f} s."
                    f" Its last words:\n{self._last_words()}"
                )
            time.sleep(_PAUSE)

    def _wait_until_gone(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self.is_running:
            if time.monotonic() > end:
                return False
            time.sleep(_PAUSE / 2)
        return True

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except OSError:
            return "  (none)"
        return "\n".join(f"  {line}" for line in lines[-_LOG_LINES:]) or "  (none)"


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat after the name, which may itself hold spaces; empty if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def is_alive(pid: int) -> bool:
    """Whether the process runs: one that ended and was not collected by its parent does not."""
    if Path("/proc/self/stat").exists():
        return (_stat(pid) or ["Z"])[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _born(pid: int) -> str:
    """When the process began, in a form that is only good for comparing."""
    if stat := _stat(pid):
        return f"{_boot()}:{stat[19]}"
    listing = subprocess.run(  # noqa: S603 - fixed arguments
        ["ps", "-o", "lstart=", "-p", str(pid)],  # noqa: S607 - where there is no /proc, ps lies anywhere
        capture_output=True,
        text=True,
        check=False,
    )
    return listing.stdout.strip()


def _boot() -> str:
    # Ticks since the start of the machine repeat from one start to the next.
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _descendants(pid: int) -> list[int]:
    """PostgreSQL's backends are in sessions of their own: a process group does not reach them."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        if stat := _stat(int(entry.name)):
            parents.setdefault(int(stat[1]), []).append(int(entry.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found
