"""Offers that follow their categories, where there are many."""

from __future__ import annotations

import datetime as dt
from typing import Any

from celery import shared_task
from django.utils import timezone

from catalog.attributes import services as attributes
from catalog.bulk_edit import services as bulk_edit
from catalog.coverage import counting as coverage
from catalog.models import Category
from catalog.photos import fetching, registering, sweeping
from catalog.services import categories, clicks, freshness
from catalog.tree import counting, operations, revisions, undoing
from core.jobs.work import RETRIED_LATER, work_on


@shared_task(name=categories.FOLLOW, soft_time_limit=3600, time_limit=3600 + 300, **RETRIED_LATER)
def follow_category(*, job_id: str, category_id: int, **_: Any) -> None:
    """The index and the matcher learn of the offers of a category that was moved."""
    with work_on(job_id) as work:
        if work is not None:
            work.result = {
                "offers": categories.follow_category(category_id=category_id, report=work.progress)
            }


@shared_task(name=attributes.FOLLOW, soft_time_limit=3600, time_limit=3600 + 300, **RETRIED_LATER)
def follow_attributes(*, job_id: str, category_ids: list[int], **_: Any) -> None:
    """The index learns of the offers whose categories have other attributes now."""
    with work_on(job_id) as work:
        if work is not None:
            work.result = {
                "offers": attributes.follow_attributes(category_ids=category_ids, report=work.progress)
            }


@shared_task(name=categories.MERGE, soft_time_limit=3600, time_limit=3600 + 300, **RETRIED_LATER)
def merge_categories(*, job_id: str, source_id: int, target_id: int, **_: Any) -> None:
    """One category goes up in another; a job that was interrupted finishes the rest."""
    with work_on(job_id) as work:
        source = Category.objects.filter(pk=source_id).first()
        target = Category.objects.filter(pk=target_id).first()
        if work is not None and source is not None and target is not None:
            moved = categories.merge_category(source=source, target=target, report=work.progress)
            work.result = {"offers": moved}


@shared_task(name=freshness.FOLLOW_DAYS, soft_time_limit=3600, time_limit=3600 + 300, **RETRIED_LATER)
def follow_days(*, job_id: str, category_id: int, low: int, high: int, at: str, **_: Any) -> None:
    """The matcher learns of the offers that other days for a category brought back or took away."""
    with work_on(job_id) as work:
        if work is not None:
            told = freshness.follow_days(
                category_id=category_id,
                low=low,
                high=high,
                at=dt.datetime.fromisoformat(at),
                report=work.progress,
            )
            work.result = {"offers": told}


@shared_task(name="catalog.tidy_clicks", soft_time_limit=540, time_limit=600)
def tidy_clicks(**_: Any) -> None:
    """Nightly: clicks of yesterday stay as counts; old ones go."""
    clicks.forget_visitors()


@shared_task(name="catalog.sweep_expired", soft_time_limit=250, time_limit=290)
def sweep_expired(**_: Any) -> None:
    """Tells the matcher of offers that nobody confirmed for too long, and of those that came back."""
    freshness.sweep_expired()


@shared_task(name=fetching.KIND, soft_time_limit=600, time_limit=660, **RETRIED_LATER)
def fetch_photos(*, job_id: str, **_: Any) -> None:
    """A slice of what is due of photos; what is left is a job of its own, behind what others wait for."""
    ended_well = False
    with work_on(job_id) as work:
        if work is not None:
            work.result = dict(fetching.work(report=work.progress))
            ended_well = True
    if ended_well:  # what fails at once would fail again at once: the sweep of the next minute tries
        fetching.start()


@shared_task(name="catalog.sweep_photos", soft_time_limit=50, time_limit=60)
def sweep_photos(**_: Any) -> None:
    """Begins with photos that have become due."""
    fetching.start()


@shared_task(name="catalog.register_logos", soft_time_limit=100, time_limit=120)
def register_logos(**_: Any) -> None:
    """Vendors' new logos go into the queue of photos."""
    registering.register_logos()


@shared_task(name="catalog.tidy_photos", soft_time_limit=3600, time_limit=3600 + 300)
def tidy_photos(**_: Any) -> None:
    """Removes photos and files that nothing names; puts addresses into the queue that are to be asked again."""
    sweeping.tidy()


def _bulk_edit(job_id: str, edit_id: int, kind: str) -> None:
    with work_on(job_id) as work:
        if work is not None:
            work.result = bulk_edit.run(edit_id=edit_id, kind=kind, report=work.progress)


@shared_task(name=bulk_edit.PREPARE, soft_time_limit=3600, time_limit=3600 + 300, **RETRIED_LATER)
def bulk_prepare(*, job_id: str, edit_id: int, **_: Any) -> None:
    """Finds out what a change of many offers would change."""
    _bulk_edit(job_id, edit_id, bulk_edit.PREPARE)


@shared_task(name=bulk_edit.APPLY, soft_time_limit=3600, time_limit=3600 + 300, **RETRIED_LATER)
def bulk_apply(*, job_id: str, edit_id: int, **_: Any) -> None:
    """Carries a change of many offers out."""
    _bulk_edit(job_id, edit_id, bulk_edit.APPLY)


@shared_task(name=bulk_edit.UNDO, soft_time_limit=3600, time_limit=3600 + 300, **RETRIED_LATER)
def bulk_undo(*, job_id: str, edit_id: int, **_: Any) -> None:
    """Takes a change of many offers back."""
    _bulk_edit(job_id, edit_id, bulk_edit.UNDO)


@shared_task(name="catalog.tidy_bulk_edits", soft_time_limit=540, time_limit=600)
def tidy_bulk_edits(**_: Any) -> None:
    """Forgets changes of many offers that are too old to be taken back."""
    bulk_edit.forget_old_edits(before=timezone.now() - dt.timedelta(days=90))


@shared_task(name=coverage.KIND, soft_time_limit=3600, time_limit=3600 + 300, **RETRIED_LATER)
def count_coverage(*, job_id: str, **_: Any) -> None:
    """Counts anew of how many offers each attribute is known, in the categories where something changed."""
    with work_on(job_id) as work:
        if work is not None:
            work.result = coverage.count(report=work.progress)


@shared_task(name="catalog.refresh_coverage", soft_time_limit=50, time_limit=60)
def refresh_coverage(**_: Any) -> None:
    """Hourly: begins with the count, unless one runs or waits."""
    coverage.start()


@shared_task(name=operations.RUN, soft_time_limit=5 * 3600, time_limit=5 * 3600 + 300, **RETRIED_LATER)
def tree_operation(*, job_id: str, operation_id: int, **_: Any) -> None:
    """A category is moved, merged, split or deleted, or a taxonomy taken over."""
    with work_on(job_id) as work:
        if work is not None:
            work.result = operations.run(operation_id=operation_id, report=work.progress)


@shared_task(name=undoing.UNDO, soft_time_limit=5 * 3600, time_limit=5 * 3600 + 300, **RETRIED_LATER)
def undo_tree_operation(*, job_id: str, operation_id: int, **_: Any) -> None:
    """What was done to the tree is undone."""
    with work_on(job_id) as work:
        if work is not None:
            work.result = undoing.run_undo(operation_id=operation_id, report=work.progress)


@shared_task(name="catalog.tend_tree", soft_time_limit=50, time_limit=60)
def tend_tree(**_: Any) -> None:
    """Categories are shown, hidden and published when that was planned; what lost its worker goes on."""
    revisions.do_planned()
    undoing.revive()


@shared_task(name="catalog.count_tree", soft_time_limit=250, time_limit=290)
def count_tree(**_: Any) -> None:
    """The desk's counts of offers by category."""
    counting.count_tree()


@shared_task(name="catalog.tidy_tree", soft_time_limit=540, time_limit=600)
def tidy_tree(**_: Any) -> None:
    """Nightly: which offers were moved long ago is forgotten."""
    undoing.forget_old()
