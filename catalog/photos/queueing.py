"""The queue of photos: what is due, whose turn it is, and the leases of those that a worker is at.

Vendors take turns, and within a vendor the hosts that its photos are on: many addresses, or many hosts, bring nobody
forward.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from catalog.photos.models import Photo, PhotoHost
from vendors.enums import VendorState
from vendors.models import Vendor

LEASE: Final = dt.timedelta(minutes=10)
_CLAIMED: Final = 20


def due(now: dt.datetime) -> QuerySet[Photo]:
    """Photos in the queue of vendors whom buyers may see."""
    return Photo.objects.filter(next_at__lte=now, vendor__state=VendorState.APPROVED)


def is_due(now: dt.datetime) -> bool:
    """Whether there is anything to do."""
    return _hosts(now).filter(vendor__state=VendorState.APPROVED).exists()


def next_host(
    now: dt.datetime, *, not_of: Collection[int | None], not_named: Collection[str]
) -> PhotoHost | None:
    """The host whose turn it is: of the vendor whose last turn is longest ago the one that was asked longest ago.
    Vendors in `not_of` and hosts named in `not_named` have theirs already.
    """
    hosts = _hosts(now).exclude(name__in=not_named)
    turns = PhotoHost.objects.filter(vendor=OuterRef("pk")).order_by(F("asked_at").desc(nulls_last=True))
    vendors = (
        Vendor.objects.filter(Exists(hosts.filter(vendor=OuterRef("pk"))), state=VendorState.APPROVED)
        .exclude(pk__in=[each for each in not_of if each is not None])
        .annotate(turn=Subquery(turns.values("asked_at")[:1]))
        .order_by(F("turn").asc(nulls_first=True), "pk")
    )
    vendor_id = vendors.values_list("pk", flat=True).first()
    if vendor_id is None:
        return None
    return hosts.filter(vendor=vendor_id).order_by(F("asked_at").asc(nulls_first=True), "pk").first()


def lease(host: PhotoHost, now: dt.datetime) -> bool:
    """Whether it is ours now: another worker may have been quicker."""
    return bool(_leasable(now).filter(pk=host.pk).update(leased_until=now + LEASE, asked_at=now))


def free(hosts: Collection[PhotoHost]) -> None:
    if hosts:
        PhotoHost.objects.filter(pk__in=[host.pk for host in hosts]).update(leased_until=None)


def claimed(host: PhotoHost, now: dt.datetime) -> list[Photo]:
    """The next of a leased host. Until the lease ends nobody else sees them in the queue. What was tried in vain comes
    after all that was not.
    """
    photos = list(due(now).filter(host=host).order_by("attempts", "rank", "next_at")[:_CLAIMED])
    if photos:
        Photo.objects.filter(pk__in=[photo.pk for photo in photos]).update(next_at=now + LEASE)
    for photo in photos:
        photo.host = host
    return photos


def unclaim(photos: Iterable[Photo]) -> None:
    for photo in photos:
        Photo.objects.filter(pk=photo.pk).update(next_at=photo.next_at)


def _leasable(now: dt.datetime) -> QuerySet[PhotoHost]:
    return PhotoHost.objects.filter(
        Q(wait_until__isnull=True) | Q(wait_until__lte=now),
        Q(leased_until__isnull=True) | Q(leased_until__lt=now),
    )


def _hosts(now: dt.datetime) -> QuerySet[PhotoHost]:
    return _leasable(now).filter(Exists(Photo.objects.filter(next_at__lte=now, host=OuterRef("pk"))))
