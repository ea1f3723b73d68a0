"""Addresses of photos that offers and vendors name get a row each: set by set, cheap where they have one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from catalog.models import Offer
from catalog.photos.addresses import FETCH, host_of, key_of, to_fetch
from catalog.photos.enums import PhotoState
from catalog.photos.models import Photo, PhotoHost
from core import clock
from core.bulk import database_time, insert_rows
from vendors.enums import VendorState
from vendors.models import Vendor

log = structlog.get_logger(__name__)

#: Offers whose photos are written in one transaction: on SQLite it holds the write lock for some 20 ms.
CHUNK: Final = 500
#: Of one vendor: addresses, and hosts that they are on. Files of one photo take 2 MB at most, 190 KB mostly.
MOST_PHOTOS: Final = 500_000
MOST_HOSTS: Final = 500
_COUNTED_FOR: Final = 300.0
_COLUMNS: Final = (
    "key", "address", "vendor_id", "supply_id", "host_id", "rank", "state", "content", "width", "height", "sizes", "size",
    "etag", "last_modified", "attempts", "next_at", "error",
)  # fmt: skip
#: Whoever names an address first answers for it. Where buyers may not see that vendor, nobody asks for the photo: then
#: it goes to the next whom they may see, instead of being kept from all others.
_PASSED_ON: Final = (
    "(COALESCE((SELECT state FROM vendors_vendor WHERE id = catalog_photo.vendor_id), '') <> 'approved'"
    " AND (SELECT state FROM vendors_vendor WHERE id = excluded.vendor_id) = 'approved')"
)
#: A row that is there is written only where it learns something.
_KNOWN: Final = (
    "ON CONFLICT (key) DO UPDATE SET unused_since = NULL,"
    " rank = CASE WHEN excluded.rank < catalog_photo.rank THEN excluded.rank ELSE catalog_photo.rank END,"
    f" vendor_id = CASE WHEN {_PASSED_ON} THEN excluded.vendor_id ELSE catalog_photo.vendor_id END,"
    f" supply_id = CASE WHEN {_PASSED_ON} THEN excluded.supply_id ELSE catalog_photo.supply_id END,"
    f" host_id = CASE WHEN {_PASSED_ON} THEN excluded.host_id ELSE catalog_photo.host_id END"
    " WHERE catalog_photo.unused_since IS NOT NULL"
    " OR (excluded.rank < catalog_photo.rank AND catalog_photo.rank < 2)"
    f" OR {_PASSED_ON}"
)


class Named(NamedTuple):
    """A photo as somebody names it. `rank` is 0 for the first of an offer."""

    address: str
    vendor_id: int
    supply_id: int | None
    rank: int


def register_offers(offer_ids: Collection[int]) -> int:
    """The photos of these offers, as far as they are on offer. Returns how many addresses they name."""
    if settings.PHOTOS != FETCH:
        return 0
    ids, count = sorted(offer_ids), 0
    for start in range(0, len(ids), CHUNK):
        rows = Offer.objects.filter(
            pk__in=ids[start : start + CHUNK], withdrawn_at__isnull=True, hidden_at__isnull=True
        ).values_list("photos", "vendor_id", "supply_id")
        count += register(named_by(rows))
    return count


def register_logos() -> int:
    """The logos of vendors whom buyers may see."""
    if settings.PHOTOS != FETCH:
        return 0
    told = Vendor.objects.public().exclude(logo_url="").values_list("logo_url", "pk")
    return register(Named(url, pk, None, 0) for logo, pk in told for url in to_fetch([logo]))


def named_by(rows: Iterable[tuple[list[Any], int, int]]) -> Iterable[Named]:
    """What offers name, given as (photos, vendor, supply)."""
    for photos, vendor_id, supply_id in rows:
        for place, address in enumerate(to_fetch(photos)):
            yield Named(address, vendor_id, supply_id, min(place, 1))


def register(named: Iterable[Named]) -> int:
    """Rows for addresses that have none, which puts them into the queue. Returns how many addresses were named."""
    by_key: dict[str, list[Named]] = defaultdict(list)
    host_names: dict[str, str] = {}
    for each in named:
        key = key_of(each.address).hex
        if key not in host_names:
            host_names[key] = host_of(each.address)
        if host_names[key]:
            by_key[key].append(each)
    chosen = _within_limits(_chosen(by_key), host_names)
    if not chosen:
        return 0
    hosts = _hosts({(each.vendor_id, host_names[key]) for key, each in chosen.items()})
    now = database_time(clock.now())
    rows = [
        (
            key, each.address, each.vendor_id, each.supply_id, hosts[each.vendor_id, host_names[key]], each.rank,
            PhotoState.WAITING.value, "", 0, 0, "", 0, "", "", 0, now, "",
        )
        for key, each in sorted(chosen.items())  # in one order: two workers wait for each other, never in a ring
    ]  # fmt: skip
    with transaction.atomic():
        insert_rows(Photo, _COLUMNS, rows, _KNOWN)
    return len(rows)


def _chosen(by_key: Mapping[str, Sequence[Named]]) -> dict[str, Named]:
    """Of those who name an address, one whom buyers may see, and of these who names it first of an offer's photos."""
    vendors = {each.vendor_id for named in by_key.values() for each in named}
    seen = vendors
    if len(vendors) > 1:
        approved = Vendor.objects.filter(pk__in=vendors, state=VendorState.APPROVED)
        seen = set(approved.values_list("pk", flat=True))
    return {
        key: min(named, key=lambda each: (each.vendor_id not in seen, each.rank))
        for key, named in by_key.items()
    }


def _within_limits(chosen: dict[str, Named], host_names: Mapping[str, str]) -> dict[str, Named]:
    """Without new addresses of vendors that have as many as one vendor may have, or on as many hosts."""
    full = {
        vendor_id
        for vendor_id in {each.vendor_id for each in chosen.values()}
        if _photos_of(vendor_id) >= MOST_PHOTOS
    }
    beyond = {key for key, each in chosen.items() if each.vendor_id in full}
    for vendor_id in {each.vendor_id for each in chosen.values()} - full:
        mine = {key: host_names[key] for key, each in chosen.items() if each.vendor_id == vendor_id}
        hosts = PhotoHost.objects.filter(vendor=vendor_id)
        known = set(hosts.filter(name__in=set(mine.values())).values_list("name", flat=True))
        new = sorted(set(mine.values()) - known)
        if new:
            left = max(MOST_HOSTS - hosts.count(), 0)
            beyond |= {key for key, name in mine.items() if name in set(new[left:])}
    if not beyond:
        return chosen
    beyond -= {key.hex for key in Photo.objects.filter(key__in=beyond).values_list("key", flat=True)}
    log.warning("photos.beyond_limits", addresses=len(beyond), vendors=sorted(full))
    return {key: each for key, each in chosen.items() if key not in beyond}


def _photos_of(vendor_id: int) -> int:
    """How many addresses the vendor has, counted once in a few minutes: a large import asks two thousand times."""
    name = f"photos-of-{vendor_id}"
    count: int | None = cache.get(name)
    if count is None:
        count = Photo.objects.filter(vendor=vendor_id)[:MOST_PHOTOS].count()
        cache.set(name, count, _COUNTED_FOR)
    return count


def _hosts(named: set[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Their rows' ids. A new one has been asked just now, as it were: those that wait come before it."""
    rows = PhotoHost.objects.filter(
        vendor__in={vendor_id for vendor_id, _ in named}, name__in={name for _, name in named}
    )
    found = {(vendor_id, name): pk for vendor_id, name, pk in rows.values_list("vendor", "name", "pk")}
    missing = sorted(named - found.keys())
    if missing:
        now = clock.now()
        PhotoHost.objects.bulk_create(
            [PhotoHost(vendor_id=vendor_id, name=name, asked_at=now) for vendor_id, name in missing],
            ignore_conflicts=True,
        )
        found |= {(vendor_id, name): pk for vendor_id, name, pk in rows.values_list("vendor", "name", "pk")}
    return found
