"""Machines whose clocks are an hour apart: nobody takes work out of the hands of a worker that lives, and what a dead
one held is not held for an hour. Each time is judged by the database's clock; the controls judge by their own.
"""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.stack.faults.installation import kill, wait_until
from tests.stack.faults.test_import_killed import APPLY

HOUR = 3600.0
JOB = (
    "SELECT state, attempts FROM core_job WHERE kind = 'price_lists.import' ORDER BY created_at DESC LIMIT 1"
)
OFF = {True: [], False: ["database clock"]}


@pytest.mark.parametrize("protected", [True, False])
@pytest.mark.parametrize("wrong", ["worker behind", "sweep ahead"])
def test_a_living_import_is_not_taken_over(stocked, second_list, wrong, protected):
    point = {"label": "slow", "target": f"{APPLY}:_Applying._apply_rows", "call": 2}
    theirs, ours = (-HOUR, 0.0) if wrong == "worker behind" else (0.0, HOUR)
    stocked.worker(queues=["imports"], clock=False, points=[point], skew=theirs, off=OFF[protected])
    run = stocked.do("upload", path=second_list)
    stocked.reached("slow")
    stocked.worker(skew=ours, off=OFF[protected])
    if protected:
        time.sleep(
            3.5
        )  # the sweep comes round several times, and a heartbeat is missing for longer than is allowed
        assert stocked.rows(JOB) == [("running", 1)]
        stocked.let_go("slow")
        stocked.wait_state(run, "applied")
        wait_until(lambda: stocked.rows(JOB) == [("done", 1)])
    else:
        wait_until(lambda: stocked.rows(JOB)[0][1] > 1, what="its job in other hands")


@pytest.mark.parametrize("protected", [True, False])
def test_what_a_dead_worker_held_is_free_after_its_lease_whatever_its_clock_said(stocked, protected):
    stocked.do("rebuild")
    stocked.do("change_offers", ids=[1, 2, 3], price=66_0000)
    point = {"label": "here", "target": "search.indexing.writing:index_offers"}
    stocked.start("drain", points=[point], skew=HOUR, off=OFF[protected])
    kill(stocked.reached("here"))
    stocked.worker()
    if protected:
        stocked.wait_drained()
        assert stocked.do("verify") == {}
    else:
        with pytest.raises(AssertionError, match="in vain"):
            stocked.wait_drained(seconds=8)


@pytest.mark.parametrize("protected", [True, False])
def test_a_frozen_worker_that_wakes_up_writes_nothing_more(stocked, second_list, protected):
    """Its machine stood still between two chunks; another worker took the import over and finished it."""
    point = {"label": "frozen", "target": f"{APPLY}:_Applying._apply_rows", "call": 3}
    off = [] if protected else ["job fence"]
    stocked.worker(queues=["imports"], clock=False, points=[point], off=off)
    run = stocked.do("upload", path=second_list)
    frozen = stocked.reached("frozen")
    os.kill(frozen, signal.SIGSTOP)
    stocked.worker()
    stocked.wait_state(run, "applied")
    before = stocked.rows("SELECT id, version FROM catalog_offer ORDER BY id")
    stocked.let_go("frozen")
    os.kill(frozen, signal.SIGCONT)
    same = "SELECT id, version FROM catalog_offer ORDER BY id"
    if protected:
        time.sleep(2)
        assert stocked.rows(same) == before
    else:
        wait_until(lambda: len(stocked.rows(same)) > len(before), what="goods that are there twice")
