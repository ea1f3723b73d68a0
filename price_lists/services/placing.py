"""What follows an import that changed goods: those under mixed paths are placed, and what waits is counted anew.

A job of its own, written down with the end of the import: what goes wrong here is no fault of the import's.
"""

from __future__ import annotations

from typing import Final

from core.jobs.services import start_job
from core.jobs.work import work_on
from core.models import Job, JobState
from core.patience import bulk_work
from price_lists.deciding.counting import count_waiting
from price_lists.models import CategoryLink, ImportRun
from price_lists.services.categories import place_goods
from vendors.models import Vendor

TASK: Final = "price_lists.place_goods"
#: Of a run's counts those after which goods may wait under other paths, or may be others than before.
_MOVING: Final = ("new", "text", "vanished", "left")


def start_placing(*, run: ImportRun) -> Job | None:
    """In the transaction that ends the import. None where no goods came, went or changed their names or paths, and
    where the vendor's paths are all decided.
    """
    if run.source.is_partial or not any(run.counts.get(name) for name in _MOVING):
        return None
    if not CategoryLink.objects.filter(vendor=run.vendor_id, confirmed_at__isnull=True).exists():
        return None
    return start_job(
        kind="price_lists.categories",
        task=TASK,
        kwargs={"vendor_id": run.vendor_id},
        queue="imports",
        subject=f"vendor:{run.vendor_id}",
    )


def place_and_count(*, vendor: Vendor) -> int:
    """Returns how many goods were placed. Repeating it changes nothing more."""
    with bulk_work():
        placed = place_goods(vendor=vendor)
        count_waiting(vendor=vendor)
    return placed


def place_here(*, vendor: Vendor) -> None:
    """What waits to be placed is done in this process; how that ended is recorded with its jobs."""
    waiting = Job.objects.filter(task=TASK, subject=f"vendor:{vendor.pk}", state=JobState.WAITING)
    for pk in list(waiting.order_by("created_at").values_list("pk", flat=True)):
        with work_on(pk) as work:
            if work is not None:
                work.result = {"placed": place_and_count(vendor=vendor)}
