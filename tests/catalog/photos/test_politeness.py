"""Hosts are asked for few photos at once, with pauses, in turns."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from catalog.photos.politeness import AT_ONCE, PAUSE, Lines, pause_after


def lines_of(*names: str, photos: int = 3) -> Lines:
    lines = Lines()
    for pk, name in enumerate(names, start=1):
        lines.open(SimpleNamespace(pk=pk))
        lines.add(pk, [f"{name}{number}" for number in range(photos)])
    return lines


def test_one_host_is_asked_for_two_at_once_with_a_pause_between():
    lines = lines_of("a")
    assert lines.take(10.0) == "a0"
    assert lines.take(10.0) is None
    assert round(lines.wait(10.0), 3) == PAUSE
    assert lines.take(10.0 + PAUSE) == "a1"
    assert AT_ONCE == 2
    assert lines.take(20.0) is None  # two are under way
    assert lines.wait(20.0) is None
    lines.finished(1)
    assert lines.take(20.0) == "a2"


def test_hosts_take_turns_and_do_not_wait_for_each_other():
    lines = lines_of("a", "b")
    assert [lines.take(1.0), lines.take(1.0), lines.take(1.0)] == ["a0", "b0", None]
    assert [lines.take(2.0), lines.take(2.0)] == ["a1", "b1"]


def test_a_host_that_is_closed_is_over_once_nothing_of_it_is_under_way():
    lines = lines_of("a")
    lines.take(1.0)
    assert lines.close(1) == ["a1", "a2"]
    assert lines.take(2.0) is None
    assert lines.over() == []
    assert lines.short(5) == []
    lines.finished(1)
    assert [host.pk for host in lines.over()] == [1]
    assert len(lines) == 0


def test_pauses_double_up_to_half_a_day_and_are_never_shorter_than_asked_for():
    minutes = [pause_after(failures).total_seconds() / 60 for failures in (1, 2, 3, 20)]
    for pause, meant in zip(minutes, (5, 10, 20, 720), strict=True):
        assert meant * 0.9 <= pause <= meant * 1.2
    assert pause_after(1, retry_after=7200) == dt.timedelta(hours=2)
