"""One run of some work at a time in a process: who comes meanwhile does not wait, and nothing is left."""

from __future__ import annotations

import threading

import pytest

from core.parallel import OneRun


def test_who_comes_while_a_run_goes_on_does_not_wait_and_is_served_by_it():
    one, begun, go_on, runs = OneRun(), threading.Event(), threading.Event(), []

    def work():
        runs.append(len(runs))
        begun.set()
        assert go_on.wait(10)
        return 1

    made = []
    first = threading.Thread(target=lambda: made.append(one.go(work)))
    first.start()
    assert begun.wait(10)
    assert [one.go(work), one.go(work)] == [0, 0]
    go_on.set()
    first.join(10)
    assert (runs, made) == ([0, 1], [2])
    assert one.go(work) == 1


def test_a_run_that_breaks_holds_nobody_up():
    one = OneRun()
    with pytest.raises(ZeroDivisionError):
        one.go(lambda: 1 // 0)
    assert one.go(lambda: 3) == 3
