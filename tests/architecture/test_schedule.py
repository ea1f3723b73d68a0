"""What is scheduled exists, and each task has a queue that workers listen to."""

from marketplace.celery import QUEUES, app


def ours():
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def test_every_scheduled_task_exists():
    tasks = ours()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} - set(tasks) == set()


def test_every_task_goes_to_a_queue_of_ours():
    strays = {}
    for name, task in ours().items():
        queue = app.amqp.router.route({"queue": task.queue} if getattr(task, "queue", None) else {}, name)[
            "queue"
        ]
        if queue.name not in QUEUES:
            strays[name] = queue.name
    assert strays == {}


def test_every_task_is_acknowledged_late():
    assert [name for name, task in ours().items() if not task.acks_late] == []
