"""Several real processes on one SQLite file, one of them killed between its work and the delete."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest


@pytest.fixture
def run(tmp_path):
    """Starts a drainer with these words; `notes()` of it counts how often each fact was seen."""
    environment = {**os.environ, "OUTBOX_TEST_ROOM": str(tmp_path)}

    def run(*words):
        command = [sys.executable, str(Path(__file__).parent / "drainer.py"), *words]
        return subprocess.Popen(command, env=environment)

    def notes():
        return [line.split() for line in (tmp_path / "notes").read_text().splitlines()]

    run.notes = notes
    return run


def seen(run):
    return Counter(number for number, _pid in run.notes())


def test_concurrent_drains_see_each_fact_once(run):
    assert run("fill", "200").wait() == 0
    drainers = [run(), run(), run()]
    assert [drainer.wait(timeout=60) for drainer in drainers] == [0, 0, 0]
    assert seen(run) == Counter(str(number) for number in range(200))


def test_kill_9_between_work_and_delete_loses_nothing_and_repeats_only_the_batch(run):
    assert run("fill", "20").wait() == 0
    assert run("die").wait(timeout=60) == -signal.SIGKILL
    assert run().wait(timeout=60) == 0
    counts = seen(run)
    assert sorted(counts, key=int) == [str(number) for number in range(20)]
    assert sum(counts.values()) == 25


def test_a_long_batch_keeps_its_lease(run):
    assert run("fill", "5").wait() == 0
    drainers = [run("slow"), run("slow")]
    assert [drainer.wait(timeout=60) for drainer in drainers] == [0, 0]
    assert seen(run) == Counter(str(number) for number in range(5))


def test_exclusive_drains_take_turns(run):
    assert run("fill", "60").wait() == 0
    drainers = [run("exclusive"), run("exclusive")]
    assert [drainer.wait(timeout=60) for drainer in drainers] == [0, 0]
    assert seen(run) == Counter(str(number) for number in range(60))
