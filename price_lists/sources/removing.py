"""A source that never brought anything, as after a wrong file, is removed with its imports and files."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from price_lists.enums import RunState
from price_lists.errors import RunNotPossible
from price_lists.models import ImportRun, PriceList, Source
from price_lists.services.imports import MOVING
from price_lists.services.uploads import OVER
from price_lists.services.versions import forget_version
from vendors.locks import lock_vendor


def can_be_removed(source: Source) -> bool:
    """Whether nothing was ever applied of it, nothing moves and no other source stands on it."""
    runs = ImportRun.objects.filter(source=source)
    if runs.filter(Q(state__in=(*MOVING, RunState.APPLIED)) | Q(applied_id__gt=0)).exists():
        return False
    feed = getattr(source, "feed", None)
    if feed is not None and feed.leased_until is not None and feed.leased_until > timezone.now():
        return False
    tells = source.items.exists() or source.values.exists() or source.shared.exists()
    return not (tells or source.supply.offers.exists() or Source.objects.filter(target=source.pk).exists())


def remove_source(*, source: Source) -> None:
    """Its imports are given up first, so that none begins meanwhile; files go before the rows that name them. What was
    killed in between is done by another call. Raises RunNotPossible where the source brought something.
    """
    with transaction.atomic():
        _check(source)
        ImportRun.objects.filter(source=source).exclude(state__in=OVER).update(
            state=RunState.CANCELLED, finished_at=timezone.now()
        )
    for price_list in PriceList.objects.filter(source=source).order_by("pk"):
        forget_version(price_list)
    with transaction.atomic():
        _check(source)
        supply = source.supply
        source.delete()
        supply.delete()


def _check(source: Source) -> None:
    lock_vendor(source.vendor_id)  # an import takes its turn under it
    if not can_be_removed(source):
        raise RunNotPossible("source_in_use")
