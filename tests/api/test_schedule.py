"""When deliveries are tried again: pure figures."""

import datetime as dt

from api.webhooks import schedule

NOW = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)


def test_ten_attempts_fit_into_three_days_and_pauses_grow():
    at, attempts = NOW, 1
    while (following := schedule.next_attempt(attempts=attempts, begun_at=NOW, now=at)) is not None:
        at, attempts = following, attempts + 1
    assert attempts == 10
    assert dt.timedelta(hours=67) < at - NOW < dt.timedelta(hours=76)
    assert list(schedule.PAUSES) == sorted(schedule.PAUSES)


def test_pauses_are_shaken_by_a_twentieth():
    pauses = {schedule.next_attempt(attempts=2, begun_at=NOW, now=NOW) - NOW for _ in range(200)}
    assert len(pauses) > 100
    assert dt.timedelta(minutes=4.75) <= min(pauses)
    assert max(pauses) <= dt.timedelta(minutes=5.25)


def test_the_receivers_wish_to_wait_counts_where_it_is_longer():
    asked = schedule.next_attempt(attempts=1, begun_at=NOW, now=NOW, retry_after=7200)
    assert asked == NOW + dt.timedelta(hours=2)
    assert schedule.next_attempt(attempts=4, begun_at=NOW, now=NOW, retry_after=60) > NOW + dt.timedelta(
        minutes=100
    )


def test_a_day_long_wish_near_the_end_is_the_end():
    late = NOW + dt.timedelta(hours=70)
    assert schedule.next_attempt(attempts=3, begun_at=NOW, now=late, retry_after=86_400) is None


def test_an_unwell_endpoint_is_left_alone_longer_and_longer():
    held = [schedule.hold(failures).total_seconds() for failures in (1, 2, 3, 7, 500)]
    assert held == [5, 10, 20, 300, 300]
    assert schedule.hold(1, retry_after=900) == dt.timedelta(minutes=15)


def test_five_days_without_a_success_end_an_endpoint_but_not_one_bad_moment():
    old = NOW - dt.timedelta(days=5)
    assert schedule.is_hopeless(failing_since=old, failures=10, attempts=3, now=NOW)
    assert not schedule.is_hopeless(failing_since=old, failures=9, attempts=3, now=NOW)
    assert not schedule.is_hopeless(failing_since=old, failures=50, attempts=2, now=NOW)
    recent = old + dt.timedelta(minutes=1)
    assert not schedule.is_hopeless(failing_since=recent, failures=50, attempts=9, now=NOW)
