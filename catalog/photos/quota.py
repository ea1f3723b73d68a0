"""How much room the files of one vendor's photos may take: what nobody needs goes first, then new ones wait.

Files that photos of several vendors share count for each of them.
"""

from __future__ import annotations

from typing import Final

import structlog
from django.conf import settings
from django.db.models import QuerySet, Sum

from catalog.photos import storing
from catalog.photos.enums import PhotoState
from catalog.photos.models import Photo
from core import clock

log = structlog.get_logger(__name__)

#: Why such a photo is refused, see `messages.WORDS`.
FULL: Final = "quota"
#: Room is made down to this part, and below it what waited is fetched: not one photo out, one in.
_ENOUGH: Final = 0.95
_CHUNK: Final = 1_000


def bytes_of(vendor_id: int) -> int:
    """What the files of the vendor's photos take."""
    return _shown(vendor_id).aggregate(taken=Sum("stored"))["taken"] or 0


def largest(count: int) -> list[tuple[int, int]]:
    """(vendor, bytes) of those whose photos take most. Reads all photos."""
    taken = Photo.objects.filter(vendor__isnull=False).exclude(content="").order_by().values_list("vendor_id")
    return list(
        taken.annotate(taken=Sum("stored")).filter(taken__gt=0).order_by("-taken", "vendor_id")[:count]
    )


def is_full(vendor_id: int) -> bool:
    """Whether there is no room for further photos of the vendor, also after what no offer names any more has gone."""
    allowed = settings.PHOTO_QUOTA_BYTES
    if not allowed:
        return False
    taken = bytes_of(vendor_id)
    if taken >= allowed:
        taken -= _make_room(vendor_id, taken - int(allowed * _ENOUGH))
    return taken >= allowed


def put_off(vendor_id: int) -> int:
    """Takes the vendor's photos that have no files yet out of the queue, until there is room. Returns how many."""
    waiting = Photo.objects.filter(vendor=vendor_id, next_at__isnull=False, content="")
    count = 0
    while ids := list(waiting.order_by("pk").values_list("pk", flat=True)[:_CHUNK]):
        count += waiting.filter(pk__in=ids).update(
            state=PhotoState.REFUSED, error=FULL, next_at=None, check_at=None, attempts=0
        )
    if count:
        log.warning("photos.quota", vendor=vendor_id, photos=count)
    return count


def take_up() -> int:
    """Puts what waited for room into the queue again where there is some. Returns how many."""
    waiting = Photo.objects.filter(state=PhotoState.REFUSED, error=FULL, next_at__isnull=True)
    count = 0
    for vendor_id in list(waiting.order_by().values_list("vendor_id", flat=True).distinct()):
        if vendor_id is None or bytes_of(vendor_id) > settings.PHOTO_QUOTA_BYTES * _ENOUGH > 0:
            continue
        of_vendor = waiting.filter(vendor=vendor_id)
        while ids := list(of_vendor.order_by("pk").values_list("pk", flat=True)[:_CHUNK]):
            count += of_vendor.filter(pk__in=ids).update(
                state=PhotoState.WAITING, error="", next_at=clock.now()
            )
    return count


def _shown(vendor_id: int) -> QuerySet[Photo]:
    return Photo.objects.filter(vendor=vendor_id).exclude(content="")


def _make_room(vendor_id: int, wanted: int) -> int:
    """Forgets photos that no offer on sale names, those first that are so for longest. Returns the bytes they took."""
    freed = 0
    unneeded = _shown(vendor_id).filter(unused_since__isnull=False).order_by("unused_since", "pk")
    while freed < wanted and (
        rows := list(unneeded.values_list("pk", "content", "sizes", "stored")[:_CHUNK])
    ):
        chosen = []
        for pk, content, sizes, stored in rows:
            if freed >= wanted:
                break
            chosen.append((pk, content, sizes))
            freed += stored
        # An import may have named one of them since: then it is not unused any more.
        Photo.objects.filter(pk__in=[row[0] for row in chosen], unused_since__isnull=False).delete()
        _remove_files({content: sizes for _pk, content, sizes in chosen})
    if freed:
        log.info("photos.room_made", vendor=vendor_id, bytes=freed)
    return freed


def _remove_files(contents: dict[str, str]) -> None:
    kept = set(Photo.objects.filter(content__in=contents).values_list("content", flat=True))
    for content in contents.keys() - kept:
        storing.remove(content, [int(side) for side in contents[content].split(",")])
