"""The supervisor with real processes: order, restarts, clean and hurried stops, nothing left behind."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from marketplace.supervisor import Child, Supervisor

SLEEP = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
)


def child(name, code, **options):
    return Child(name, [sys.executable, "-c", code], os.environ, **options)


@pytest.fixture
def supervise():
    """Runs a supervisor here and `meanwhile` in a thread; returns how it ended and what it said."""

    def supervise(*children, meanwhile=lambda: None, is_ready=lambda: True, **options):
        said = []
        supervisor = Supervisor(children, say=said.append)
        thread = threading.Thread(target=meanwhile)
        ended = supervisor.run(
            is_ready=is_ready, on_ready=lambda: (said.append("ready"), thread.start()), **options
        )
        if thread.is_alive():
            thread.join()
        return ended, said

    return supervise


def interrupt(number=signal.SIGTERM):
    os.kill(os.getpid(), number)


def until(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_children_and_the_old_handlers_come_back(supervise, number):
    before = signal.getsignal(number)
    one, two = child("one", SLEEP), child("two", SLEEP)
    assert supervise(one, two, meanwhile=lambda: interrupt(number)) == (True, ["ready"])
    assert [one.process.returncode, two.process.returncode] == [-signal.SIGTERM, -signal.SIGTERM]
    assert signal.getsignal(number) == before


def test_a_child_that_dies_is_started_again(supervise):
    web = child("web", SLEEP)

    def meanwhile():
        first = web.process.pid
        os.kill(first, signal.SIGKILL)
        until(lambda: web.process.pid != first and web.is_running)
        interrupt()

    ended, said = supervise(web, meanwhile=meanwhile)
    assert ended is True
    assert said == ["ready", "The web process ended (signal 9); starting it again in 1 s."]


def test_a_child_that_never_starts_is_given_up(supervise):
    ended, said = supervise(child("web", "raise SystemExit(3)"), is_ready=lambda: False)
    assert ended is False
    assert said == [
        "The web process ended (exit status 3); starting it again in 1 s.",
        "The web process ended (exit status 3); starting it again in 2 s.",
        "The web process does not start; its messages above say why.",
    ]


def test_a_site_that_does_not_answer_is_given_up_and_stopped(supervise):
    web = child("web", SLEEP)
    assert supervise(web, is_ready=lambda: False, start_seconds=0.2) == (
        False,
        ["The site did not answer in time."],
    )
    assert not web.is_running


def test_a_stubborn_child_is_killed_with_its_own_children(supervise, tmp_path):
    family = (
        f"""
import subprocess, sys
inner = subprocess.Popen([sys.executable, "-c", {SLEEP!r}])
open({str(tmp_path / "inner")!r}, "w").write(str(inner.pid))
"""
        + STUBBORN
    )
    web = child("web", family, stop_signals=((signal.SIGTERM, 0.2), (signal.SIGTERM, 0.2)))

    def meanwhile():
        until(lambda: (tmp_path / "inner").exists() and (tmp_path / "inner").read_text())
        time.sleep(0.3)
        interrupt()

    assert supervise(web, meanwhile=meanwhile)[0] is True
    assert web.process.returncode == -signal.SIGKILL
    inner = int((tmp_path / "inner").read_text())
    until(lambda: not is_alive(inner))


def test_a_second_signal_hurries(supervise, tmp_path):
    flag = str(tmp_path / "up")
    web = child(
        "web",
        STUBBORN.replace("print(1, flush=True)", f"open({flag!r}, 'w')"),
        stop_signals=((signal.SIGTERM, 60),),
    )

    def meanwhile():
        until(Path(flag).exists)
        interrupt()
        time.sleep(0.3)
        interrupt()

    assert supervise(web, meanwhile=meanwhile)[0] is True
    assert web.process.returncode == -signal.SIGKILL


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells a child that its parent died"
)
def test_children_end_when_the_supervisor_is_killed(tmp_path):
    code = f"""
import sys
from marketplace.supervisor import Child, Supervisor
import os
web = Child("web", [sys.executable, "-c", {SLEEP!r}], os.environ)
def note():
    open({str(tmp_path / "pid")!r}, "w").write(str(web.process.pid))
Supervisor([web], say=print).run(is_ready=lambda: True, on_ready=note)
"""
    outer = child("outer", code)
    outer.start()
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    web = int((tmp_path / "pid").read_text())
    assert is_alive(web)
    outer.process.kill()
    outer.process.wait()
    until(lambda: not is_alive(web))


def is_alive(pid):
    """Running, and not merely a zombie that its new parent has not collected yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
