"""Tasks: named after their room, on one of the five queues, bounded in time; what is scheduled exists and expires."""

import inspect
from importlib.util import find_spec

import pytest

from core.broker.transports import VISIBILITY_TIMEOUT
from marketplace.celery import QUEUES, app

app.loader.import_default_modules()
TASKS = {name: task for name, task in sorted(app.tasks.items()) if not name.startswith(("celery.", "tests."))}


def test_there_are_tasks_in_every_room_that_has_work():
    assert {name.partition(".")[0] for name in TASKS} >= {
        "accounts", "buyer_requests", "jobs", "notifications", "outbox", "price_lists", "search",
    }  # fmt: skip


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_named_after_its_room(name):
    """Or after its chapter of core: `outbox.drain` stands in core/outbox, `pulse.beat` speaks for core/pulse.py."""
    room, prefix = TASKS[name].__module__.removesuffix(".tasks"), name.partition(".")[0]
    assert TASKS[name].__module__.endswith(".tasks")
    assert room in {prefix, f"core.{prefix}"} or (room == "core" and find_spec(f"core.{prefix}"))


def queue_of(name):
    return app.amqp.router.route({}, name)["queue"].name


@pytest.mark.parametrize("name", TASKS)
def test_a_task_goes_to_one_of_the_queues_that_workers_listen_to(name):
    assert queue_of(name) in QUEUES


def test_long_work_has_queues_of_its_own():
    assert queue_of("price_lists.advance") == "imports"
    assert queue_of("notifications.send_mail") == "notify"
    assert queue_of("outbox.sweep") == "default"
    assert {queue_of(name) for name in TASKS if name.endswith(".clean")} == {"default"}


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_bounded_in_time(name):
    """Softly first, so that it can write down what happened; both before its message is delivered once more."""
    task = TASKS[name]
    assert task.soft_time_limit is not None
    assert task.soft_time_limit < task.time_limit < VISIBILITY_TIMEOUT


@pytest.mark.parametrize("name", TASKS)
def test_a_task_takes_names_alone_and_forgives_those_it_does_not_know(name):
    """A message of a newer version of the code must not fail for one more argument."""
    parameters = inspect.signature(TASKS[name].run).parameters.values()
    kinds = [parameter.kind for parameter in parameters]
    assert kinds[-1:] == [inspect.Parameter.VAR_KEYWORD]
    assert set(kinds[:-1]) <= {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_acknowledged_late_and_leaves_no_result(name):
    task = TASKS[name]
    assert (task.acks_late, task.reject_on_worker_lost, task.ignore_result) == (True, True, True)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_that_retries_spreads_its_retries(name):
    task = TASKS[name]
    if getattr(task, "autoretry_for", ()):
        assert (task.retry_jitter, bool(task.retry_backoff)) == (True, True)
        assert task.max_retries in range(1, 11)


@pytest.mark.parametrize("entry", app.conf.beat_schedule)
def test_what_is_scheduled_exists_and_expires(entry):
    scheduled = app.conf.beat_schedule[entry]
    assert scheduled["task"] in TASKS
    assert 0 < scheduled["options"]["expires"] <= 3600


def test_a_sweep_never_waits_behind_the_work_that_it_is_to_wake():
    long_work = {"imports", "index", "match"}
    assert [name for name in TASKS if name.endswith(".sweep") and queue_of(name) in long_work] == []
