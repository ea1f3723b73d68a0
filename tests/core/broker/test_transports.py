"""What Celery is told about each transport, and how a publish ends when nobody answers."""

import time

import pytest
from kombu.exceptions import OperationalError

from core.broker import publishing
from core.broker.publishing import hand_over, patience
from core.broker.transports import VISIBILITY_TIMEOUT, celery_settings
from core.jobs.work import MAX_HOURS


@pytest.fixture(autouse=True)
def _patience():
    patience.forget()
    yield
    patience.forget()


@pytest.mark.parametrize("url", ["redis://10.0.0.1:6379/0", "rediss://:secret@redis.example/1"])
def test_redis_has_the_visibility_timeout_in_all_three_places(url):
    told = celery_settings(url)
    places = [told[name] for name in ("broker_transport_options", "result_backend_transport_options")]
    assert [place["visibility_timeout"] for place in places] == [VISIBILITY_TIMEOUT] * 2
    assert told["visibility_timeout"] == VISIBILITY_TIMEOUT
    assert told["worker_enable_remote_control"] is True


def test_no_wait_for_redis_is_without_an_end():
    options = celery_settings("redis://10.0.0.1:6379/0")["broker_transport_options"]
    assert 0 < options["socket_connect_timeout"] <= 2
    assert 1 < options["socket_timeout"] <= 5  # a blocking look for messages takes one second
    assert (options["max_retries"], options["retry_on_timeout"]) == (0, False)
    assert options["health_check_interval"] > 0
    assert options["socket_keepalive"] is True


@pytest.mark.parametrize("url", ["sqlite-lease:///srv/ryad/broker.sqlite3", "memory://"])
def test_what_has_no_broadcast_has_no_remote_control(url):
    told = celery_settings(url)
    assert told["worker_enable_remote_control"] is False
    assert told["broker_transport_options"] == {
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "lease_seconds": 30,
        "max_losses": 3,
    }


def test_a_job_may_be_in_hand_no_longer_than_its_message():
    assert MAX_HOURS * 3600 <= VISIBILITY_TIMEOUT


def test_a_broker_that_refuses_is_asked_again_each_time():
    asked = []

    def refuse():
        asked.append(1)
        raise OperationalError("refused")

    assert [type(hand_over(refuse)) for _ in range(3)] == [OperationalError] * 3
    assert len(asked) == 3


def test_a_broker_that_does_not_answer_is_left_alone_for_a_while(monkeypatch):
    monkeypatch.setattr(publishing, "SLOW_SECONDS", 0.01)
    monkeypatch.setattr(publishing, "PAUSE_SECONDS", 0.2)
    asked = []

    def silent():
        asked.append(1)
        time.sleep(0.02)
        raise TimeoutError

    assert isinstance(hand_over(silent), TimeoutError)
    assert isinstance(hand_over(silent), TimeoutError)
    assert len(asked) == 1
    time.sleep(0.25)
    assert hand_over(lambda: asked.append(2)) is None
    assert asked == [1, 2]


def test_a_mistake_of_ours_is_not_taken_for_a_broker_that_is_down():
    def mistaken():
        raise KeyError("queue")

    with pytest.raises(KeyError):
        hand_over(mistaken)
