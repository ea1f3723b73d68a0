"""Versions of a source: going back to one, reading them again for reports and comparisons, and forgetting old ones.

A version is an import run: the file's bytes, what its columns mean and the rules that it was read with.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from core.jobs.selectors import latest_job
from core.jobs.services import start_job
from core.jobs.work import Work
from core.models import Job
from price_lists import reports
from price_lists.enums import RunState
from price_lists.errors import RunNotPossible
from price_lists.mapping.model import Mapping
from price_lists.models import ImportRun, PriceList, Source
from price_lists.readings.building import build_reading
from price_lists.readings.comparing import build_comparison
from price_lists.readings.files import comparison_path, forget_of, forget_old, reading_path
from price_lists.services.imports import start
from price_lists.services.staged import forget_staged, having_rows

if TYPE_CHECKING:
    from accounts.models import User

KIND = "price_lists.versions"
TASK = "price_lists.read_versions"
KEPT_DAYS = 90
KEPT_VERSIONS = 10
#: A check's preview is about the catalogue of that day.
PREVIEW_DAYS = 7
#: Bytes and rows of files that a request itself reads again: about half a second (a packed list is small for its rows).
READ_AT_ONCE, ROWS_AT_ONCE = 3_000_000, 10_000
#: Versions that one sweep removes; the next goes on.
_AT_ONCE = 500
_OVER = (RunState.APPLIED, RunState.FAILED, RunState.CANCELLED, RunState.CHECKED)


def live_run(source: Source) -> ImportRun | None:
    """The run that the catalogue's offers of the source come from."""
    applied = ImportRun.objects.filter(source=source, state=RunState.APPLIED)
    return applied.order_by("-finished_at", "-pk").first()


def can_restore(run: ImportRun, live: ImportRun | None) -> bool:
    """Whether the run is a version that one can go back to, or a checked one that can be applied after all."""
    if run.state == RunState.CHECKED:
        return True
    return run.state == RunState.APPLIED and live is not None and run.pk != live.pk


def restore_version(*, run: ImportRun, user: User | None = None) -> ImportRun:
    """Opens an import that reads the run's file again with its mapping; it waits at its preview for a yes.

    Comparison and guard are those of any import. Raises RunNotPossible for a run that one cannot go back to.
    """
    if not can_restore(run, live_run(run.source)):
        raise RunNotPossible("run_not_restorable")
    mapping = Mapping.from_json(run.mapping or {})
    currency = mapping.currency or run.read_as.get("currency", "")
    inspection = (run.inspection or {}) | {"drift": None, "remembered": True}
    with transaction.atomic():
        again = ImportRun.objects.create(
            vendor=run.vendor,
            source=run.source,
            price_list=run.price_list,
            state=RunState.READING,
            inspection=inspection,
            mapping=replace(mapping, currency=currency).to_json(),
            restores=None if run.state == RunState.CHECKED else run.pk,
            started_by=user,
        )
        start(run=again, owner=user.typed_id if user else "")
    return again


def is_read(run: ImportRun) -> bool:
    return reading_path(run).exists()


def is_compared(older: ImportRun, newer: ImportRun) -> bool:
    return comparison_path(older, newer).exists()


def read_again(*, runs: list[ImportRun], owner: str, wait: bool = False) -> Job | None:
    """Has one run read again, or two compared. Small files are done at once (None), others by a job.

    Without `wait` nothing bigger is begun: the caller asks first whether that is wanted. Raises Refusal.
    """
    done = is_read(runs[0]) if len(runs) == 1 else is_compared(runs[0], runs[1])
    if done:
        return None
    unread = [run for run in runs if not is_read(run)]
    small = sum(run.price_list.size for run in unread) <= READ_AT_ONCE
    if small and sum(rows_of(run) for run in unread) <= ROWS_AT_ONCE:
        _build(runs)
        return None
    job = latest_job(subject=_subject(runs), kind=KIND)
    if job is not None and not job.is_over:
        return job
    if not wait:
        return job
    return start_job(
        kind=KIND,
        task=TASK,
        kwargs={"run_ids": [run.pk for run in runs]},
        queue="imports",
        owner=owner,
        subject=_subject(runs),
        total=sum(rows_of(run) for run in runs),
    )


def work_versions(*, run_ids: list[int], work: Work) -> dict[str, Any]:
    """The job's part: reads what is not read yet, and compares two."""
    found = ImportRun.objects.select_related("vendor", "source", "price_list").in_bulk(run_ids)
    runs = [found[pk] for pk in run_ids if pk in found]
    if len(runs) < len(run_ids):
        raise RunNotPossible("run_gone")
    _build(runs, work)
    return {"runs": run_ids}


def _build(runs: list[ImportRun], work: Work | None = None) -> None:
    before = 0

    def progress(rows: int) -> None:
        if work is not None:
            work.progress(before + rows)

    for run in runs:
        build_reading(run, progress)
        before += rows_of(run)
    if len(runs) == 2:
        build_comparison(runs[0], runs[1])


def rows_of(run: ImportRun) -> int:
    """About how many rows its file has."""
    return int(run.staged_rows or run.counts.get("offers", 0))


def _subject(runs: list[ImportRun]) -> str:
    return "price_list_versions:" + "-".join(str(run.pk) for run in runs)


def sweep_versions(*, now: dt.datetime | None = None) -> int:
    """Removes versions past their time with their files, previews of old checks and derived files.

    Kept are: what is younger than 90 days, the newest ten of a source that were applied, the live one, and what
    is still being worked on. Returns how many versions went.
    """
    now = now or timezone.now()
    forget_old()
    checks = ImportRun.objects.filter(
        having_rows(), state=RunState.CHECKED, finished_at__lt=now - dt.timedelta(days=PREVIEW_DAYS)
    )
    for run in checks[:_AT_ONCE]:
        forget_staged(run=run)
    past = now - dt.timedelta(days=KEPT_DAYS)
    old = (
        PriceList.objects.filter(created_at__lt=past)
        .order_by("source_id")
        .values_list("source_id", flat=True)
    )
    gone = 0
    for source_id in old.distinct():
        gone += _sweep_source(source_id, past, _AT_ONCE - gone)
        if gone >= _AT_ONCE:
            break
    return gone


def _sweep_source(source_id: int, past: dt.datetime, most: int) -> int:
    applied = ImportRun.objects.filter(source=source_id, state=RunState.APPLIED).order_by(
        "-finished_at", "-pk"
    )
    kept: list[int] = []
    for price_list_id in applied.values_list("price_list_id", flat=True).iterator(chunk_size=100):
        if price_list_id not in kept:
            kept.append(price_list_id)
        if len(kept) == KEPT_VERSIONS:
            break
    old = PriceList.objects.filter(source=source_id, created_at__lt=past).exclude(pk__in=kept)
    used = ImportRun.objects.filter(source=source_id).exclude(state__in=_OVER, created_at__lt=past)
    old = old.exclude(pk__in=used.values("price_list_id"))
    gone = 0
    for price_list in old.order_by("pk")[:most]:
        forget_version(price_list)
        gone += 1
    return gone


def forget_version(price_list: PriceList) -> None:
    """Removes a file with everything that was made of it. The file goes first: a crash leaves nothing unnamed."""
    runs = list(price_list.runs.all())
    if price_list.file:
        price_list.file.storage.delete(str(price_list.file.name))
    for run in runs:
        forget_staged(run=run, problems=True)
        reports.forget(run)
        forget_of(run.pk)
    price_list.delete()
