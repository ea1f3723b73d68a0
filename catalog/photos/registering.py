"""Addresses of photos that offers and vendors name get a row each: set by set, cheap where they have one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import transaction

from catalog.models import Offer
from catalog.photos.addresses import FETCH, host_of, key_of, to_fetch
from catalog.photos.enums import PhotoState
from catalog.photos.models import Photo, PhotoHost
from core import clock
from core.bulk import database_time, insert_rows
from vendors.enums import VendorState
from vendors.models import Vendor

#: Offers whose photos are written in one transaction: on SQLite it holds the write lock for some 20 ms.
CHUNK: Final = 500
_COLUMNS: Final = (
    "key", "address", "vendor_id", "supply_id", "host_id", "rank", "state", "content", "width", "height", "sizes", "size",
    "etag", "last_modified", "attempts", "next_at", "error",
)  # fmt: skip
#: Whoever names an address first answers for it. Where buyers may not see that vendor, nobody asks for the photo: then
#: it goes to the next whom they may see, instead of being kept from all others.
_PASSED_ON: Final = (
    "((SELECT state FROM vendors_vendor WHERE id = catalog_photo.vendor_id) <> 'approved'"
    " AND (SELECT state FROM vendors_vendor WHERE id = excluded.vendor_id) = 'approved')"
)
#: A row that is there is written only where it learns something.
_KNOWN: Final = (
    "ON CONFLICT (key) DO UPDATE SET unused_since = NULL,"
    " rank = CASE WHEN excluded.rank < catalog_photo.rank THEN excluded.rank ELSE catalog_photo.rank END,"
    f" vendor_id = CASE WHEN {_PASSED_ON} THEN excluded.vendor_id ELSE catalog_photo.vendor_id END,"
    f" supply_id = CASE WHEN {_PASSED_ON} THEN excluded.supply_id ELSE catalog_photo.supply_id END"
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
    for each in named:
        if host_of(each.address):
            by_key[key_of(each.address).hex].append(each)
    if not by_key:
        return 0
    chosen = _chosen(by_key)
    hosts = _hosts({host_of(each.address) for each in chosen.values()})
    now = database_time(clock.now())
    rows = [
        (
            key, each.address, each.vendor_id, each.supply_id, hosts[host_of(each.address)], each.rank,
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


def _hosts(names: set[str]) -> dict[str, int]:
    found = dict(PhotoHost.objects.filter(name__in=names).values_list("name", "pk"))
    missing = sorted(names - found.keys())
    if missing:
        PhotoHost.objects.bulk_create([PhotoHost(name=name) for name in missing], ignore_conflicts=True)
        found |= dict(PhotoHost.objects.filter(name__in=missing).values_list("name", "pk"))
    return found
