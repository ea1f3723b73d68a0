"""The schedule goes on when the clock of its machine is set, forwards or back."""

from __future__ import annotations

import datetime as dt

import pytest
from celery import Celery
from celery.beat import Scheduler

from marketplace.celery import Timetable
from marketplace.celery import app as ours

HOUR = dt.timedelta(hours=1)


class Watch:
    """The machine's clock, and what a schedule of two sweeps sends by it."""

    def __init__(self, kind):
        self.at = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
        app = Celery("watched", broker="memory://", set_as_current=False)
        app.now = lambda: self.at
        sent = self.sent = []

        class Watched(kind):
            def apply_entry(self, entry, producer=None):
                sent.append(entry.name)

        self.schedule = Watched(app=app, schedule={}, lazy=True)
        self.schedule.add(name="quick", task="quick", schedule=15)
        self.schedule.add(name="slow", task="slow", schedule=60)

    def sent_within(self, seconds):
        """What is sent in so many seconds from now."""
        self.sent.clear()
        for _second in range(seconds):
            self.at += dt.timedelta(seconds=1)
            while self.schedule.tick() == 0:
                pass
        return sorted(set(self.sent))


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_all_that_is_due_is_sent_after_a_jump(jump):
    watch = Watch(Timetable)
    assert watch.sent_within(61) == ["quick", "slow"]
    watch.at += jump
    assert watch.sent_within(62) == ["quick", "slow"]
    assert watch.sent.count("quick") in {4, 5}


def test_celery_alone_would_wait_until_the_old_time_comes_again():
    watch = Watch(Scheduler)
    assert watch.sent_within(61) == ["quick", "slow"]
    watch.at -= HOUR
    assert watch.sent_within(62) == []


def test_it_is_the_one_that_serves():
    assert ours.conf.beat_scheduler == "marketplace.celery:Timetable"


@pytest.mark.parametrize("entry", ours.conf.beat_schedule)
def test_a_worker_whose_clock_is_minutes_ahead_takes_what_is_sent(entry):
    """It judges by its own clock whether a message has expired."""
    assert ours.conf.beat_schedule[entry]["options"]["expires"] >= 300
