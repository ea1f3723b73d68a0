"""Whose turn it is: imports of one vendor are applied one after the other."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from core.jobs.selectors import latest_job
from core.models import JobState
from price_lists.enums import RunState
from price_lists.models import CategoryLink, ImportRun
from vendors.models import Vendor


def take_turn(run: ImportRun) -> bool:
    """Moves a queued run to `applying` unless another run of the vendor is there. Locks the vendor's row.

    On SQLite the transaction itself (IMMEDIATE) keeps others out. A run whose job has died for good does not
    block the vendor: the caller's sweep records it as failed. An interrupted run takes its turn again; where another
    came in between, it queues behind that one.
    """
    with transaction.atomic():
        Vendor.objects.select_for_update().filter(pk=run.vendor_id).first()
        is_free = turn_is_free(run)
        taken = ImportRun.objects.filter(pk=run.pk, state__in=[RunState.QUEUED, RunState.APPLYING]).update(
            state=RunState.APPLYING if is_free else RunState.QUEUED
        )
    run.refresh_from_db(fields=["state"])
    return is_free and bool(taken)


def turn_is_free(run: ImportRun) -> bool:
    """Whether no other import of the vendor is being applied. Without a lock it is only a hint."""
    others = ImportRun.objects.filter(vendor=run.vendor_id, state=RunState.APPLYING).exclude(pk=run.pk)
    return all(_is_dead(other) for other in others)


def _is_dead(run: ImportRun) -> bool:
    job = latest_job(subject=f"import_run:{run.pk}")
    return job is not None and job.state in {JobState.FAILED, JobState.CANCELLED}


def lock_links(link_ids: Collection[int]) -> None:
    """Takes the locks of paths in the order of their ids, before a statement that would take them in one of its own."""
    links = CategoryLink.objects.filter(pk__in=link_ids).order_by("pk").select_for_update(no_key=True)
    for _pk in links.values_list("pk", flat=True):
        pass


def locked_links_by_goods(link_ids: Collection[int]) -> frozenset[int]:
    """Those of the paths whose goods are still placed one by one, locked to the end of the transaction. On SQLite the
    transaction itself is the lock.
    """
    links = CategoryLink.objects.filter(pk__in=link_ids, by_goods=True, confirmed_at__isnull=True)
    return frozenset(links.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
