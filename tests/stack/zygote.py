"""Orders to a zygote: a process that has the site loaded and becomes, by forking, a worker, a clock or an action."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.parts import ROOT

PROCESS = Path(__file__).with_name("zygote_process.py")


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def kill(pid: int, number: int = signal.SIGKILL) -> None:
    """The process and what it has forked, unless they are gone already; returns when they are."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)
    end = time.monotonic() + 120
    while number == signal.SIGKILL and is_alive(pid):
        assert time.monotonic() < end, f"waited in vain for the death of {pid}"
        time.sleep(0.03)


class Zygote:
    """Loads the site of `environment` once; `fork` then takes milliseconds. What it writes goes to the file `log`."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, str(PROCESS)], env={**environment, "PYTHONPATH": str(ROOT)}, cwd=ROOT, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            )  # fmt: skip
        self._answer()

    def fork(self, *, log: Path, **order: Any) -> int:
        """The process id of a new process, leader of its own group, that carries out the order."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"log": str(log), **order}) + "\n")
        self._process.stdin.flush()
        pid: int = self._answer()["pid"]
        return pid

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()

    def _answer(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, f"the zygote ended: {self.log.read_text()[-3000:]}"
        return json.loads(line)
