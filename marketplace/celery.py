"""The Celery app: queues, routes, the schedule, and a clock inside the embedded worker."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any, Final

from celery import Celery, bootsteps
from celery.beat import EmbeddedService, Scheduler
from celery.schedules import crontab
from click import Option
from kombu import Queue

from core.broker.transports import celery_settings  # its package teaches kombu the scheme sqlite-lease

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")

QUEUES: Final = ("imports", "index", "match", "notify", "default")

app = Celery("ryad")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_queues=[Queue(name) for name in QUEUES],
    task_default_queue="default",
    # A sender may name another queue: the outbox does so for each consumer, jobs for each job. Sweeps and deadlines
    # stay out of the queues of long work, behind which they would wait.
    task_routes={
        "api.deliver": {"queue": "notify"},
        "api.clean": {"queue": "default"},
        "cms.publish_due": {"queue": "default"},
        "buyer_requests.close_due": {"queue": "default"},
        "buyer_requests.tidy": {"queue": "default"},
        "buyer_requests.watch_auctions": {"queue": "default"},
        "buyer_requests.send_collections": {"queue": "notify"},
        "buyer_requests.*": {"queue": "match"},
        "catalog.sweep_expired": {"queue": "default"},
        "catalog.tend_tree": {"queue": "default"},
        "catalog.count_tree": {"queue": "default"},
        "catalog.sweep_photos": {"queue": "default"},
        "catalog.register_logos": {"queue": "default"},
        "catalog.tidy_clicks": {"queue": "default"},
        "vendors.refresh_quality": {"queue": "default"},
        "vendors.end_suspensions": {"queue": "default"},
        "vendors.measure_day": {"queue": "default"},
        "catalog.*": {"queue": "index"},
        "notifications.*": {"queue": "notify"},
        "price_lists.fetch_due": {"queue": "default"},
        "price_lists.sweep": {"queue": "default"},
        "price_lists.clean": {"queue": "default"},
        "price_lists.remind": {"queue": "default"},
        "price_lists.sweep_checks": {"queue": "default"},
        "price_lists.*": {"queue": "imports"},
        "reviews.*": {"queue": "notify"},
        "search.ask_vendors": {"queue": "default"},
        "search.build_missing": {"queue": "default"},
        "search.clean": {"queue": "default"},
        "search.count": {"queue": "default"},
        "search.refresh_demand": {"queue": "default"},
        "search.tell_watchers": {"queue": "notify"},
        "search.tidy_watches": {"queue": "default"},
        "search.refresh_suggestions": {"queue": "default"},
        "search.*": {"queue": "index"},
    },
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    result_backend=None,
    task_serializer="json",
    accept_content=["json"],
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    # What runs goes on when the broker goes: jobs, outbox and letters hold their leases in the database.
    worker_cancel_long_running_tasks_on_connection_loss=False,
    broker_connection_retry_on_startup=True,
    beat_scheduler="marketplace.celery:Timetable",
    beat_max_loop_interval=5,
    enable_utc=True,
    timezone="Europe/Kyiv",
)


@app.add_defaults
def _of_the_transport() -> dict[str, Any]:
    """Read when the first setting is asked for: this module is imported while Django's settings are being made."""
    from django.conf import settings

    return celery_settings(settings.CELERY_BROKER_URL)


#: A run that no worker took for so long is worth nothing: it expires. By the clock of the worker's machine, so one that
#: is ahead by more than this throws away every sweep.
WORTH_SECONDS: Final = 300


def _every(task: str, seconds: int) -> dict[str, Any]:
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, WORTH_SECONDS)}}


def _at(task: str, expires: int = 1800, **moment: Any) -> dict[str, Any]:
    """At moments of the row's own clock; a run that found no worker for half an hour is left to the next one."""
    return {"task": task, "schedule": crontab(**moment), "options": {"expires": expires}}


# Each of them reads from the database what is due, so that a run too many, of a second clock, does nothing.
app.conf.beat_schedule = {
    **{
        f"pulse of {name}": {
            **_every("pulse.beat", 30),
            "kwargs": {"queue": name},
            "options": {"queue": name, "expires": WORTH_SECONDS},
        }
        for name in QUEUES
    },
    "outbox": _every("outbox.sweep", 15),
    "pages that are due": _every("cms.publish_due", 60),
    "letters": _every("notifications.send_mail", 60),
    "push messages": _every("notifications.send_push", 60),
    "webhooks": _every("api.deliver", 60),
    "stale jobs": _every("jobs.sweep", 15),
    "an index that is missing": _every("search.build_missing", 20),
    "imports that stand still": _every("price_lists.sweep", 60),
    "categories that people decided": _every("price_lists.learn_categories", 300),
    "links of price lists that are due": _every("price_lists.fetch_due", 60),
    "files of checks that died": _every("price_lists.sweep_checks", 300),
    "requests past their deadline": _every("buyer_requests.close_due", 15),
    "auctions": _every("buyer_requests.watch_auctions", 5),
    "news of standing requests": _every("buyer_requests.tell_standing", 900),
    "matches that come too late by now": _at("buyer_requests.rejudge_dated", hour=0, minute=10),
    "bids by rules that waited": _every("buyer_requests.bid_waiting", 300),
    "collections of requests, and turns": _every("buyer_requests.send_collections", 60),
    "digests": _every("notifications.send_digests", 300),
    "news of saved searches and watched prices": _every("search.tell_watchers", 60),
    "uploads that were left": _at("uploads.sweep", minute=50),
    "categories that are planned": _every("catalog.tend_tree", 60),
    "offers by category, for the desk": _every("catalog.count_tree", 120),
    "operations on the tree of long ago": _at("catalog.tidy_tree", hour=3, minute=25),
    "offers that expire, for the matcher": _every("catalog.sweep_expired", 300),
    "photos that are due": _every("catalog.sweep_photos", 60),
    "logos of vendors": _every("catalog.register_logos", 600),
    "offers that expire, for their vendors": _at("price_lists.remind", minute=35),
    "old jobs": _at("jobs.clean", minute=20),
    "index and database compared": _at("search.verify", hour=2, minute=30),
    "queries that many ask": _at("search.refresh_suggestions", hour=2, minute=50),
    "searches by day": _at("search.count", minute=5),
    "figures of the day": _every("trends.count", 900),
    "demand that nobody meets": _at("search.refresh_demand", hour=3, minute=0),
    "tombstones in the index": _at("search.sweep_tombstones", hour=3, minute=10),
    "old webhooks": _at("api.clean", minute=15),
    "old price lists": _at("price_lists.clean", hour=3, minute=25),
    "what is watched": _at("search.tidy_watches", hour=3, minute=35),
    "old searches": _at("search.clean", hour=3, minute=40),
    "photos and their files": _at("catalog.tidy_photos", hour=3, minute=55),
    "of how many offers attributes are known": _at("catalog.refresh_coverage", minute=45),
    "old changes of many offers": _at("catalog.tidy_bulk_edits", hour=3, minute=50),
    "visitors of clicks": _at("catalog.tidy_clicks", hour=4, minute=0),
    "where bids came from": _at("buyer_requests.tidy", hour=4, minute=5),
    "vendors' quality": _at("vendors.refresh_quality", hour=4, minute=10),
    "suspensions that are over": _every("vendors.end_suspensions", 60),
    "vendors' score cards": _at("vendors.measure_day", hour=4, minute=20),
    "reviews that waited": _at("reviews.show_due", minute=10),
    "how deals went": _at("reviews.ask", hour=10, minute=0),
    "ended sessions": _at("accounts.clean", hour=4, minute=10),
}

app.autodiscover_tasks()
app.autodiscover_tasks(["core.outbox", "core.jobs", "core.trends"])


class Timetable(Scheduler):
    """Celery's schedule for a clock that may be set back: left alone, it would wait until the old time comes again.

    In memory: what is due is read from the database, so a restarted clock has nothing to remember, and no file
    that a kill could tear.
    """

    _seen_at: dt.datetime | None = None

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Celery's own, after what ran "later than now" counts as run now."""
        now = self.app.now()
        if self._seen_at is not None and now < self._seen_at:
            for entry in self.schedule.values():
                entry.last_run_at = min(entry.last_run_at, now)
            self._heap = None  # is made anew from the entries
        self._seen_at = now
        return float(super().tick(*args, **kwargs))


class Clock(bootsteps.StartStopStep):
    """The schedule as a thread of the embedded worker (`--clock`).

    Celery's own `--beat` forks a process that goes on alone when the worker is killed, and keeps a file that a
    kill can tear. Nothing needs that file: what is due is read from the database by each periodic task.
    """

    def __init__(self, worker: Any, clock: bool = False, **options: Any) -> None:
        self.enabled = clock
        self._thread: Any = None
        super().__init__(worker, **options)

    def start(self, worker: Any) -> None:
        self._thread = EmbeddedService(worker.app, thread=True, scheduler_cls=Timetable)
        self._thread.start()

    def stop(self, worker: Any) -> None:  # noqa: ARG002 - bootsteps' signature
        if self._thread is not None:
            self._thread.stop()
            self._thread = None


app.steps["worker"].add(Clock)
app.user_options["worker"].add(
    Option(("--clock",), is_flag=True, default=False, help="Run the schedule in a thread of this worker.")
)
