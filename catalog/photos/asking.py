"""A vendor has photos asked for again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from catalog.photos import fetching
from catalog.photos.enums import PhotoState
from catalog.photos.models import Photo
from catalog.photos.selectors import photos_of
from catalog.photos.sweeping import ask_again
from core import clock
from vendors.models import Vendor

_CHUNK: Final = 1_000
#: Of all that a vendor may ask for again, so many at once; the next press takes the next ones.
_MOST: Final = 10_000
_MENDABLE: Final = (PhotoState.REFUSED, PhotoState.GONE)


def ask_refused_again(
    *, vendor: Vendor, supply_id: int | None = None, ids: Collection[int] | None = None
) -> int:
    """Those that were refused or not there, or of them those with these ids, go into the queue, 10,000 at most.
    Returns how many.
    """
    photos = photos_of(vendor=vendor, supply_id=supply_id).filter(state__in=_MENDABLE, next_at__isnull=True)
    if ids is not None:
        photos = photos.filter(pk__in=ids)
    chosen, asked = list(photos.order_by("pk").values_list("pk", flat=True)[:_MOST]), 0
    for start in range(0, len(chosen), _CHUNK):
        asked += ask_again(Photo.objects.filter(pk__in=chosen[start : start + _CHUNK]), now=clock.now())
    if asked:
        fetching.start()
    return asked
