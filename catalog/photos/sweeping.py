"""Nightly care: photos that no offer names any more, files that no photo has, addresses that are to be asked again.

All offers are walked once. Which addresses they name is kept as a few bits each (Bloom 1970), so that a million offers
take megabytes; an address that is taken for another's in one night is told apart in the next, which begins anew.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections import Counter
from collections.abc import Iterator
from typing import Final

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Case, Exists, F, OuterRef, PositiveSmallIntegerField, QuerySet, When
from django.utils import timezone

from catalog.models import Offer
from catalog.photos import quota, storing
from catalog.photos.addresses import FETCH, key_of, to_fetch
from catalog.photos.enums import PhotoState
from catalog.photos.models import Photo, PhotoHost
from catalog.photos.pictures import file_name
from catalog.photos.registering import Named, named_by, register
from core import clock
from vendors.models import Vendor

log = structlog.get_logger(__name__)

_OFFERS: Final = 500
_PHOTOS: Final = 2_000
_BITS: Final = 16  # for each address: one in 400 is taken for another
_KEPT: Final = dt.timedelta(days=7)
#: A worker may be about to name it.
_YOUNG: Final = dt.timedelta(days=1)


class Addresses:
    """Which keys were added: never wrong about one that was, seldom about one that was not."""

    def __init__(self, expected: int) -> None:
        self._bits = max(2**16, expected * _BITS)
        self._field = bytearray(self._bits // 8 + 1)
        self._salt = secrets.token_bytes(16)

    def add(self, key: bytes) -> None:
        for place in self._places(key):
            self._field[place >> 3] |= 1 << (place & 7)

    def __contains__(self, key: bytes) -> bool:
        return all(self._field[place >> 3] >> (place & 7) & 1 for place in self._places(key))

    def _places(self, key: bytes) -> Iterator[int]:
        digest = hashlib.blake2b(key, digest_size=32, salt=self._salt).digest()
        for start in range(0, 32, 8):
            yield int.from_bytes(digest[start : start + 8], "big") % self._bits


def tidy() -> Counter[str]:
    """All of it. Returns how many photos were forgotten and asked again, and how many files removed."""
    if settings.PHOTOS != FETCH:
        return Counter()
    counts: Counter[str] = Counter()
    named = _walk_offers()
    _walk_photos(named, counts)
    _walk_files(counts)
    # Photos of one that is young may be about to come: its row is written before theirs.
    counts["taken_up"] = quota.take_up()
    idle = PhotoHost.objects.filter(~Exists(Photo.objects.filter(host=OuterRef("pk"))))
    counts["hosts"] = idle.filter(asked_at__lt=clock.now() - _YOUNG).delete()[0]
    log.info("photos.tidied", **counts)
    return counts


def _walk_offers() -> Addresses:
    """What offers on sale, of vendors in sight, and these vendors' pages name; what has no row yet (photos were switched on today) gets one."""
    offers = Offer.objects.on_sale()
    named = Addresses(Photo.objects.count() + offers.count())
    last = 0
    while rows := list(
        offers.filter(pk__gt=last)
        .order_by("pk")
        .values_list("pk", "photos", "vendor_id", "supply_id")[:_OFFERS]
    ):
        last = rows[-1][0]
        told = list(named_by(row[1:] for row in rows))
        register(told)
        for each in told:
            named.add(key_of(each.address).bytes)
    logos = [
        Named(address, pk, None, 0)
        for pk, logo in Vendor.objects.public().exclude(logo_url="").values_list("pk", "logo_url")
        for address in to_fetch([logo])
    ]
    register(logos)
    for each in logos:
        named.add(key_of(each.address).bytes)
    return named


def _walk_photos(named: Addresses, counts: Counter[str]) -> None:
    now, last = clock.now(), 0
    while rows := list(
        Photo.objects.filter(pk__gt=last)
        .order_by("pk")
        .values_list("pk", "key", "unused_since", "check_at", "next_at")[:_PHOTOS]
    ):
        last = rows[-1][0]
        left = [pk for pk, key, unused, _, _ in rows if unused is None and key.bytes not in named]
        back = [pk for pk, key, unused, _, _ in rows if unused is not None and key.bytes in named]
        gone = [
            pk
            for pk, key, unused, _, _ in rows
            if unused is not None and unused < now - _KEPT and key.bytes not in named
        ]
        again = [
            pk
            for pk, key, _, check, queued in rows
            if queued is None and check is not None and check <= now and key.bytes in named
        ]
        Photo.objects.filter(pk__in=left).update(unused_since=now)
        Photo.objects.filter(pk__in=back).update(unused_since=None)
        # An import may have named one of them since: then it is not unused any more.
        counts["forgotten"] += Photo.objects.filter(pk__in=gone, unused_since__lt=now - _KEPT).delete()[0]
        counts["again"] += ask_again(Photo.objects.filter(pk__in=again), now=now)


def ask_again(photos: QuerySet[Photo], *, now: dt.datetime) -> int:
    """Puts photos into the queue, behind those that were never asked for."""
    behind = Case(
        When(rank__lt=2, then=F("rank") + 2), default=F("rank"), output_field=PositiveSmallIntegerField()
    )
    return photos.update(next_at=now, check_at=None, rank=behind)


def _walk_files(counts: Counter[str]) -> None:
    """Files without a photo go; a photo of which a file is gone (a disk was lost) is fetched anew."""
    young = timezone.now() - _YOUNG
    for folder in sorted({*storing.folders(), *(f"{number:02x}" for number in range(256))}):
        names = storing.names_in(folder)
        known = dict(
            Photo.objects.filter(content__gte=folder, content__lt=f"{folder}g").values_list(
                "content", "sizes"
            )
        )
        for name in names:
            if name.rsplit("/", 1)[-1].partition("-")[0] in known:
                continue
            if default_storage.get_modified_time(name) < young:
                default_storage.delete(name)
                counts["files"] += 1
        there = set(names)
        missing = [
            content
            for content, sizes in known.items()
            if not there.issuperset(file_name(content, int(side)) for side in sizes.split(","))
        ]
        for content in Photo.objects.filter(content__in=known.keys() - set(missing), stored=0).values_list(
            "content", flat=True
        ):
            Photo.objects.filter(content=content).update(stored=storing.size_of(content, known[content]))
        if missing:
            lost = Photo.objects.filter(content__in=missing)
            counts["lost"] += lost.update(
                state=PhotoState.WAITING, content="", sizes="", etag="", last_modified="", next_at=clock.now()
            )
