"""What a process of these tests is made to do: stop at a point, count its steps, hurry, live in another time, or lack
one of the protections that the product has. Applied after the fork, before the process does its work.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import time
from datetime import timedelta
from pathlib import Path

from django.db import connections

VAR = Path(os.environ.get("RYAD_VAR", "/nonexistent"))
POINTS = VAR / "points"
TRACE = VAR / "trace"


def apply(*, points=(), trace=(), off=(), hurry=True, clock=0.0):
    connections.settings["default"]["OPTIONS"]["application_name"] = f"ryad-{os.getpid()}"
    if hurry:
        _hurry()
    for name in off:
        OFF[name]()
    for point in points:
        _stop_at(**point)
    for target in trace:
        _count(target)
    if clock:
        _shift(clock)


def _replace(target, wrap):
    """`wrap` gets what "module:Class.method" or "module:function" names; its answer takes the place."""
    module, _colon, path = target.partition(":")
    holder = importlib.import_module(module)
    *outer, name = path.split(".")
    for part in outer:
        holder = getattr(holder, part)
    setattr(holder, name, wrap(getattr(holder, name)))


def _stop_at(*, label, target, call=1, after=False):
    """At the `call`th call the process notes its id and waits until it is killed or the test lets it go on."""
    calls = iter(range(1, 1_000_000))

    def wrap(function):
        @functools.wraps(function)
        def stopping(*args, **kwargs):
            here = next(calls) == call
            if here and not after:
                _wait(label)
            result = function(*args, **kwargs)
            if here and after:
                _wait(label)
            return result

        return stopping

    _replace(target, wrap)


def _wait(label):
    note = POINTS / f"{label}.{os.getpid()}"
    note.write_text(json.dumps({"pid": os.getpid()}))
    note.rename(POINTS / label)
    while not (POINTS / f"{label}.go").exists():
        time.sleep(0.01)


def _count(target):
    def wrap(function):
        @functools.wraps(function)
        def counted(*args, **kwargs):
            descriptor = os.open(TRACE, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(descriptor, f"{target}\n".encode())
            os.close(descriptor)
            return function(*args, **kwargs)

        return counted

    _replace(target, wrap)


def _hurry():
    """Leases, heartbeats, pauses and sweeps a tenth to a thirtieth as long, in the same proportions."""
    from core.jobs import services as jobs
    from core.jobs import work
    from core.outbox import claims
    from core.outbox import services as outbox
    from marketplace.celery import app
    from price_lists.services import applying, imports, staged, staging
    from search import selectors as search_selectors
    from search.indexing import builds

    claims.LEASE = timedelta(seconds=2)
    outbox.DOWN_PAUSE = 0.3
    jobs.STALE_AFTER = timedelta(seconds=2)
    jobs.UNCLAIMED_AFTER = timedelta(seconds=3)
    work.HEARTBEAT_SECONDS = 0.5
    work.WRITE_SECONDS = 0.1
    work.RETRY_SECONDS = 0.5
    imports._GRACE = timedelta(seconds=2)
    search_selectors.STALE_AFTER = timedelta(seconds=3)
    builds.HEARTBEAT_SECONDS = 0.5
    staging.BATCH = applying.CHUNK = staged.CHUNK = 100
    app.conf.beat_max_loop_interval = 0.2
    for name, entry in app.conf.beat_schedule.items():
        if isinstance(entry["schedule"], int | float):
            seconds = 0.5 if name in {"outbox", "stale jobs"} else 1.0
            entry["schedule"] = seconds
            entry["options"] = entry.get("options", {}) | {"expires": 10}


def _shift(seconds):
    """The process's own clock is wrong by so much; the database's is right."""
    from django.utils import timezone

    right, now = time.time, timezone.now
    time.time = lambda: right() + seconds
    timezone.now = lambda: now() + timedelta(seconds=seconds)


# Protections, each taken away ---------------------------------------------------------------------------------


def _no_sweeps():
    """Nothing looks for what a dead worker left or a lost wake-up never started."""
    from marketplace.celery import app

    for name in ("outbox", "stale jobs", "imports that stand still"):
        app.conf.beat_schedule.pop(name)


def _no_chunk_transaction():
    """Offers are committed before the checkpoint that belongs to them."""

    def wrap(function):
        @functools.wraps(function)
        def committing(*args, **kwargs):
            from django.db import connection

            written = function(*args, **kwargs)
            connection.connection.commit()
            return written

        return committing

    _replace("price_lists.services.applying:write_offers", wrap)


def _no_staging_key():
    """Staged rows are committed before their checkpoint, and nothing folds two of one key into one."""

    def wrap(function):
        @functools.wraps(function)
        def committing(model, columns, rows, tail=""):
            from django.db import connection

            function(model, columns, rows, tail)
            connection.connection.commit()

        return committing

    _replace("price_lists.services.staging:insert_rows", wrap)


def _no_turns():
    """Every queued import of a vendor goes at once, on the diff that it has."""

    def take(_function):
        def taken(run):
            from price_lists.enums import RunState
            from price_lists.models import ImportRun

            ImportRun.objects.filter(pk=run.pk).update(state=RunState.APPLYING)
            run.refresh_from_db(fields=["state"])
            return True

        return taken

    _replace("price_lists.services.imports:take_turn", take)
    _replace("price_lists.services.imports:_take_up", lambda _function: lambda run, work: None)


def _one_turn_for_all():
    """Imports of all vendors hold one lock while a chunk is written, as a table lock would."""

    def wrap(function):
        @functools.wraps(function)
        def locking(*args, **kwargs):
            from django.db import connection

            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(4711)")
                cursor.execute("SELECT pg_sleep(0.05)")
            return function(*args, **kwargs)

        return locking

    _replace("price_lists.services.applying:write_offers", wrap)


def _no_claims():
    """Whoever is handed a job does it, whether somebody has it in hand or not."""

    def take(_function):
        def taken(job_id):
            from core.models import Job, JobState

            Job.objects.filter(pk=job_id).update(state=JobState.RUNNING)
            return Job.objects.get(pk=job_id)

        return taken

    _replace("core.jobs.services:claim", take)


def _no_fence():
    """A worker whose job was taken over writes on as if it were its own."""

    def wrap(_function):
        def mine(self):
            from core.models import Job

            return Job.objects.filter(pk=self.job.pk)

        return mine

    _replace("core.jobs.work:Work._mine", wrap)


def _forget_on_claim():
    """Outbox entries go when they are taken, not when they are done."""

    def wrap(function):
        @functools.wraps(function)
        def claimed(*args, **kwargs):
            from core.models import OutboxEntry

            lease, entries = function(*args, **kwargs)
            OutboxEntry.objects.filter(pk__in=[entry.id for entry in entries]).delete()
            return lease, entries

        return claimed

    _replace("core.outbox.claims:claim", wrap)


def _no_lease():
    """Whoever asks gets an entry, whether somebody works on it or not."""
    from core.outbox import claims

    claims.LEASE = timedelta(0)
    _replace("core.outbox.claims:_somebody_works", lambda _function: lambda consumer: False)
    _replace("core.outbox.claims:Renewal._run", lambda _function: lambda self: None)


def _no_lease_end():
    """A lease is for ever."""
    from core.outbox import claims

    claims.LEASE = timedelta(days=1)


def _not_told_once():
    """A notice does not say that it was told, and the key of a message does not tell it from its double."""

    def keyless(function):
        @functools.wraps(function)
        def send(messages):
            import uuid
            from dataclasses import replace

            return function([replace(message, key=f"{message.key}-{uuid.uuid4()}") for message in messages])

        return send

    def forgetful(function):
        @functools.wraps(function)
        def untold(pairs, now):
            from buyer_requests.models import VendorNotice

            VendorNotice.objects.filter(request__in={request for request, _vendor in pairs}).update(
                state="new"
            )
            return function(pairs, now)

        return untold

    _replace("buyer_requests.telling.delivering:notify_many", keyless)
    _replace("buyer_requests.telling.delivering:untold", forgetful)


def _own_clock():
    """Leases and heartbeats are judged by each machine's own clock."""
    from django.utils import timezone

    from core import clock

    clock.now = lambda: timezone.now()  # noqa: PLW0108 - looked up at each call: the clock is shifted later


def _no_versions():
    """The index takes whatever comes last."""

    def wrap(function):
        @functools.wraps(function)
        def plain(document):
            head, _newline, body = function(document).partition(b"\n")
            place = json.loads(head)["index"]["_id"]
            return b'{"index":{"_id":"%s"}}\n' % place.encode() + body

        return plain

    _replace("search.engines.opensearch.bulk:bulk_lines", wrap)


def _no_outages():
    """A part that is down is the entry's own fault: it costs an attempt, and the attempts are soon used up."""
    from core.outbox import claims

    _replace("core.outbox.services:_passes_by", lambda _function: lambda error, batch: False)
    claims.pause_after = lambda attempts: 0.05


def _no_outages_in_imports():
    """A cut connection is an error of the import like any other."""
    from price_lists.services import imports

    class Never(Exception):
        pass

    imports.OperationalError = imports.InterfaceError = Never


def _no_patience():
    """A part that is away costs the job an attempt like any other end of its worker."""
    from core.jobs import services as jobs

    jobs.PATIENCE = timedelta(0)


def _no_breaker():
    _replace("search.engines.opensearch.breaker:Breaker.failed", lambda _function: lambda self: None)


def _no_fallback():
    def refuse(_function):
        def refused(query):
            raise RuntimeError("no other answer")

        return refused

    _replace("search.fallback:search", refuse)


def _no_outage_page():
    _replace("core.outages:is_outage", lambda _function: lambda error: False)


def _no_rebuild_right():
    """A rebuild that died keeps its place: nobody ever takes it over."""
    _replace("search.indexing.builds:rebuild_is_stale", lambda _function: lambda build: False)


OFF = {
    "sweeps": _no_sweeps,
    "chunk transaction": _no_chunk_transaction,
    "staging transaction": _no_staging_key,
    "turns": _no_turns,
    "vendors apart": _one_turn_for_all,
    "job claim": _no_claims,
    "job fence": _no_fence,
    "delete after work": _forget_on_claim,
    "outbox lease": _no_lease,
    "end of the lease": _no_lease_end,
    "told once": _not_told_once,
    "database clock": _own_clock,
    "versions": _no_versions,
    "outages apart": _no_outages,
    "outages of imports": _no_outages_in_imports,
    "patience of jobs": _no_patience,
    "breaker": _no_breaker,
    "fallback": _no_fallback,
    "outage page": _no_outage_page,
    "rebuild taken over": _no_rebuild_right,
}
