"""Offers that follow their categories, where there are many."""

from __future__ import annotations

import datetime as dt
from typing import Any

from celery import shared_task

from catalog.attributes import services as attributes
from catalog.models import Category
from catalog.photos import fetching, registering, sweeping
from catalog.services import categories, clicks, freshness
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
