"""Imports on workers."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from core import clock
from core.jobs.work import RETRIED_LATER, work_on
from price_lists import services
from price_lists.deciding import counting
from price_lists.freshness import reminders
from price_lists.models import ImportRun, Source
from price_lists.readers import unpacking
from price_lists.remembering import recording
from price_lists.services import placing, versions
from price_lists.sources import fetching, following, forgetting, registering
from price_lists.title_rules import services as title_rules
from price_lists.validator import checking
from vendors.models import Vendor


@shared_task(name="price_lists.advance", soft_time_limit=5 * 3600, time_limit=5 * 3600 + 600, **RETRIED_LATER)
def advance(*, job_id: str, run_id: int, **_: Any) -> None:
    """Brings an import as far as it goes without a person."""
    with work_on(job_id) as work:
        run = ImportRun.objects.select_related("vendor", "source", "price_list").filter(pk=run_id).first()
        if work is not None and run is not None:
            services.advance(run=run, work=work)


@shared_task(name="price_lists.follow_links", soft_time_limit=3600, time_limit=3600 + 300, **RETRIED_LATER)
def follow_links(*, job_id: str, link_ids: list[int], **_: Any) -> None:
    """Brings offers to the categories that their vendor's paths lead to."""
    with work_on(job_id) as work:
        if work is not None:
            work.result = {"moved": services.follow_links(link_ids, work=work)}


@shared_task(
    name="price_lists.follow_title_rules", soft_time_limit=3600, time_limit=3600 + 300, **RETRIED_LATER
)
def follow_title_rules(*, job_id: str, **_: Any) -> None:
    """Hides and shows offers as the rules about names are now."""
    with work_on(job_id) as work:
        if work is not None:
            work.result = {"hidden": title_rules.follow_rules(work=work)}


@shared_task(name="price_lists.forget_partial", soft_time_limit=3600, time_limit=3600 + 300, **RETRIED_LATER)
def forget_partial(*, job_id: str, source_id: int, **_: Any) -> None:
    """What a source of prices or stock said no longer counts."""
    with work_on(job_id) as work:
        source = Source.objects.filter(pk=source_id).first()
        if work is not None and source is not None:
            work.result = {"offers": forgetting.forget_partial(source=source, work=work)}


@shared_task(name="price_lists.fetch", soft_time_limit=900, time_limit=960, **RETRIED_LATER)
def fetch(*, source_id: int, **_: Any) -> None:
    """Asks the link of one source, if it is due and nobody else is at it."""
    fetching.fetch(source_id=source_id)


@shared_task(name="price_lists.fetch_due", soft_time_limit=50, time_limit=60)
def fetch_due(**_: Any) -> None:
    """Sends a task for each link that is due; tells people of fetched versions that stand still.

    Links of people who have left are paused first: an account that is closed tells no room of it.
    """
    registering.pause_links_of_leavers()
    for source_id in fetching.due(now=clock.now()):
        registering.send_fetch(source_id=source_id)
    fetching.tell_of_standing_runs()


@shared_task(name="price_lists.sweep_checks", soft_time_limit=100, time_limit=120)
def sweep_checks(**_: Any) -> None:
    """Removes strangers' files whose check died with its process."""
    checking.sweep()


@shared_task(name="price_lists.learn_categories", soft_time_limit=1500, time_limit=1800)
def learn_categories(**_: Any) -> None:
    """Learns from what people decided about categories since the last time, if they did."""
    services.learn_categories()


@shared_task(name="price_lists.ask_again", soft_time_limit=1500, time_limit=1800, **RETRIED_LATER)
def ask_again(*, job_id: str, vendor_id: int, version: int, **_: Any) -> None:
    """What waits for a category in one vendor's lists is asked about with what was learnt."""
    with work_on(job_id) as work:
        vendor = Vendor.objects.filter(pk=vendor_id).first()
        if work is not None and vendor is not None:
            work.result = {"placed": services.ask_again(vendor=vendor, version=version)}
            counting.count_waiting(vendor=vendor)


@shared_task(name="price_lists.place_goods", soft_time_limit=1500, time_limit=1800, **RETRIED_LATER)
def place_goods(*, job_id: str, vendor_id: int, **_: Any) -> None:
    """After an import: goods under mixed paths are placed, and what waits for a category is counted anew."""
    with work_on(job_id) as work:
        vendor = Vendor.objects.filter(pk=vendor_id).first()
        if work is not None and vendor is not None:
            work.result = {"placed": placing.place_and_count(vendor=vendor)}


@shared_task(name="price_lists.sweep", soft_time_limit=100, time_limit=120)
def sweep(**_: Any) -> None:
    """Finds imports that stand still."""
    services.sweep()


@shared_task(name="price_lists.read_versions", soft_time_limit=3600, time_limit=3600 + 300, **RETRIED_LATER)
def read_versions(*, job_id: str, run_ids: list[int], **_: Any) -> None:
    """Reads versions again for their reports and comparisons."""
    with work_on(job_id) as work:
        if work is not None:
            work.result = versions.work_versions(run_ids=run_ids, work=work)


@shared_task(name="price_lists.clean", soft_time_limit=1500, time_limit=1800)
def clean(**_: Any) -> None:
    """Removes versions past their time, and what killed readers have left; counts anew what counts drift in."""
    versions.sweep_versions()
    recording.recount_all()
    counting.count_all_waiting()
    unpacking.forget_left(seconds=86_400)


@shared_task(name="price_lists.remind", soft_time_limit=500, time_limit=600)
def remind(**_: Any) -> None:
    """Tells vendors of offers that expire soon, and of those that just have; goods of several lists follow first."""
    following.follow_confirmations()
    reminders.remind()
