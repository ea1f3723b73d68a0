"""Keeps a few child processes running and ends them cleanly: what stands behind `manage.py serve`."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Final

LONGEST_PAUSE: Final = 30.0
HEALTHY_AFTER: Final = 60.0  # seconds of life after which the next death counts as the first
STARTS_BEFORE_GIVING_UP: Final = 3  # of a child that has never been ready
_PR_SET_PDEATHSIG: Final = 1


@dataclass
class Child:
    """A process to keep alive. `stop_signals`: what to send in turn, with seconds to wait after each."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    stop_signals: Sequence[tuple[signal.Signals, float]] = ((signal.SIGTERM, 10),)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    restart_at: float = field(default=0.0)

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.restart_at = 0.0
        # A session of its own: Ctrl-C at the terminal reaches the supervisor alone, which then stops in order.
        self.process = subprocess.Popen(  # noqa: S603 - our own command lines
            self.command,
            env=dict(self.environment),
            start_new_session=True,
            preexec_fn=_die_with_parent(),  # noqa: PLW1509 - the supervisor has one thread
        )

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.is_running:
            self.process.send_signal(number)

    def kill_group(self) -> None:
        """End what is left of the child and of its own children."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Supervisor:
    """Starts the children, restarts what dies, stops all on SIGINT or SIGTERM; a second signal hurries.

    `in_turn`: the first child alone until it is ready, then the others, so that it has the processor to itself.
    """

    def __init__(
        self, children: Sequence[Child], *, say: Callable[[str], None], in_turn: bool = False
    ) -> None:
        self.children = children
        self._say = say
        self._in_turn = in_turn
        self._stop = Event()
        self._hurry = Event()

    def run(
        self, *, is_ready: Callable[[], bool], on_ready: Callable[[], None], start_seconds: float = 120
    ) -> bool:
        """Run until a signal comes; True if that is how it ended, False if the children could not be started."""
        handlers = {
            number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            for child in self.children[:1] if self._in_turn else self.children:
                child.start()
            return self._watch(is_ready, on_ready, time.monotonic() + start_seconds)
        finally:
            self._stop_all()
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def _on_signal(self, *_: object) -> None:
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    def _watch(self, is_ready: Callable[[], bool], on_ready: Callable[[], None], ready_by: float) -> bool:
        ready = False
        while not self._stop.wait(0.25 if ready else 0.05):
            if not ready and is_ready():
                ready = True
                on_ready()
                for child in self.children:
                    if child.process is None:
                        child.start()
            if not ready and time.monotonic() > ready_by:
                self._say("The site did not answer in time.")
                return False
            for child in self.children:
                died = child.process is not None and not child.is_running
                if died and not self._revive(child, ready=ready):
                    return False
        return True

    def _revive(self, child: Child, *, ready: bool) -> bool:
        now = time.monotonic()
        assert child.process is not None
        if not child.restart_at:
            child.kill_group()  # a dead parent may leave its own children behind
            child.deaths = 1 if now - child.started_at > HEALTHY_AFTER else child.deaths + 1
            if not ready and child.deaths >= STARTS_BEFORE_GIVING_UP:
                self._say(f"The {child.name} process does not start; its messages above say why.")
                return False
            pause = min(2.0 ** (child.deaths - 1), LONGEST_PAUSE)
            child.restart_at = now + pause
            self._say(
                f"The {child.name} process ended ({_describe(child.process.returncode)});"
                f" starting it again in {pause:.0f} s."
            )
        elif now >= child.restart_at:
            child.start()
        return True

    def _stop_all(self) -> None:
        waiting = [child for child in self.children if child.is_running]
        deadlines = {child.name: 0.0 for child in waiting}
        left = {child.name: list(child.stop_signals) for child in waiting}
        while waiting and not self._hurry.is_set():
            now = time.monotonic()
            for child in waiting:
                if now < deadlines[child.name]:
                    continue
                if not left[child.name]:
                    child.kill_group()
                    continue
                number, seconds = left[child.name].pop(0)
                child.signal(number)
                deadlines[child.name] = now + seconds
            time.sleep(0.05)
            waiting = [child for child in waiting if child.is_running]
        for child in self.children:
            child.kill_group()


def _describe(returncode: int) -> str:
    return f"signal {-returncode}" if returncode < 0 else f"exit status {returncode}"


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux: a child gets SIGTERM when its supervisor is killed, so that nothing is left on the port."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up before the fork: afterwards as little as possible may run

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask
