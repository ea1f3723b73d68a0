"""The site's Celery app as tests run it in processes of their own: quick sweeps, tasks that note what happens to them.

SITE_WITHOUT switches protections off, for the controls: `sweep`, `lease`, `fixup` (words with a space between).
"""

import contextlib
import datetime as dt
import os
import time
from pathlib import Path

from marketplace.celery import app

if True:  # the rooms' modules need the apps
    import django

    django.setup()

from celery import signals
from celery.fixups.django import DjangoWorkerFixup
from django.db import connection

from core import outbox
from core.jobs import services as jobs
from core.jobs import work as job_work
from core.jobs.work import work_on
from core.models import OutboxEntry
from core.outbox import claims
from notifications import kinds

HOME = Path(os.environ["SITE_HOME"])
WITHOUT = os.environ.get("SITE_WITHOUT", "").split()

jobs.STALE_AFTER = dt.timedelta(seconds=3)
jobs.UNCLAIMED_AFTER = dt.timedelta(seconds=2)
job_work.HEARTBEAT_SECONDS = 0.5
job_work.WRITE_SECONDS = 0.1
claims.LEASE = dt.timedelta(seconds=3)
kinds.register("site.news", label="News", subject="News", body="")

app.conf.beat_max_loop_interval = 0.2
for entry in app.conf.beat_schedule.values():
    if entry["task"] in {
        "jobs.sweep",
        "outbox.sweep",
        "notifications.send_mail",
        "notifications.send_digests",
    }:
        entry["schedule"] = 1
        entry["options"]["expires"] = 5
if "sweep" in WITHOUT:
    app.conf.beat_schedule = {
        name: entry
        for name, entry in app.conf.beat_schedule.items()
        if entry["task"] not in {"jobs.sweep", "outbox.sweep", "notifications.send_mail"}
    }
if seconds := os.environ.get("SITE_VISIBILITY_SECONDS"):
    app.conf.broker_transport_options = {
        **app.conf.broker_transport_options,
        "visibility_timeout": float(seconds),
        "unacked_restore_interval": 0.5,
        "unacked_restore_throttle": 1,
    }


def note(line):
    # One short write with O_APPEND is atomic: several processes share the file.
    descriptor = os.open(HOME / "notes", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{line} {os.getpid()}\n".encode())
    os.close(descriptor)


@signals.task_prerun.connect
def _note_sweeps(task, **_):
    if task.name == "jobs.sweep":
        note("sweep")


if "lease" in WITHOUT:
    jobs.STALE_AFTER = dt.timedelta(seconds=-60)  # whoever has a job in hand counts as lost
    lease_entries = claims.claim

    def claim_without_lease(consumer, *, limit):
        lease, entries = lease_entries(consumer, limit=limit)
        OutboxEntry.objects.filter(lease=lease).update(visible_at="2000-01-01T00:00Z", attempts=0)
        return lease, entries

    claims.claim = claim_without_lease

if "fixup" in WITHOUT:
    DjangoWorkerFixup.install = lambda self: self

if "SITE_PARENT_CONNECTS" in os.environ:
    connection.ensure_connection()


@app.task(name="site.work")
def work(*, job_id, name, seconds=0, **_):
    with work_on(job_id) as hand:
        if hand is None:
            note(f"refused {name}")
            return
        note(f"begin {name}")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.1)
            hand.check_cancelled()
        note(f"end {name}")


@app.task(name="site.bounded", soft_time_limit=1, time_limit=10)
def bounded(*, job_id, name, seconds=0, **_):
    with work_on(job_id) as hand:
        if hand is not None:
            note(f"begin {name}")
            time.sleep(seconds)
            note(f"end {name}")


@app.task(name="site.plain")
def plain(*, name, **_):
    note(f"plain {name}")


@app.task(name="site.backend")
def backend(*, seconds=0.0, **_):
    """Which process talks to the database through which connection of the server's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), pg_sleep(%s)", [seconds])
        note(f"backend {cursor.fetchone()[0]}")


def hear(facts):
    time.sleep(0.3)
    for fact in facts:
        note(f"fact {fact['n']}")


with contextlib.suppress(ValueError):
    outbox.register("site", hear, queue="default", batch=5)
