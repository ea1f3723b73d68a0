"""Photos of one vendor take no more room than they may."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from catalog.photos import fetching, quota, storing, sweeping
from catalog.photos.enums import PhotoState
from catalog.photos.models import Photo
from catalog.photos.pictures import file_name
from catalog.photos.registering import Named, register
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PHOTO_QUOTA_BYTES = 1_000


def photo(vendor, number, *, stored=0, days_unused=None):
    """With files of so many bytes, or waiting."""
    address = f"https://h.example/{vendor.pk}/{number}.jpg"
    register([Named(address, vendor.pk, None, 0)])
    if stored:
        content = f"{vendor.pk:08x}{number:024x}"
        storing.put(content, {24: b"x" * stored})
        Photo.objects.filter(address=address).update(
            state=PhotoState.READY,
            content=content,
            sizes="24",
            stored=stored,
            next_at=None,
            unused_since=None if days_unused is None else timezone.now() - dt.timedelta(days=days_unused),
        )
    return Photo.objects.get(address=address)


def has_file(each):
    return default_storage.exists(file_name(each.content, 24))


def test_what_nobody_needs_goes_first_and_then_new_photos_wait():
    vendor, other = VendorFactory(), VendorFactory()
    needed = photo(vendor, 1, stored=700)
    newer, older = photo(vendor, 2, stored=300, days_unused=1), photo(vendor, 3, stored=200, days_unused=3)
    for each in (needed, newer, older):
        OfferFactory(vendor=vendor, photos=[each.address])
    new, others = photo(vendor, 4), photo(other, 5)
    assert (quota.bytes_of(vendor.pk), quota.largest(5)) == (1_200, [(vendor.pk, 1_200)])
    assert not quota.is_full(vendor.pk)
    assert set(Photo.objects.filter(vendor=vendor)) == {needed, new}
    assert [has_file(each) for each in (needed, newer, older)] == [True, False, False]

    full = photo(vendor, 6, stored=300)
    Photo.objects.filter(pk=others.pk).update(next_at=None)
    assert dict(fetching.work(seconds=1)) == {}
    new.refresh_from_db()
    assert (new.state, new.error, new.next_at) == (PhotoState.REFUSED, quota.FULL, None)
    assert Photo.objects.get(pk=full.pk).state == PhotoState.READY

    Photo.objects.filter(pk=full.pk).delete()
    OfferFactory(vendor=vendor, photos=[new.address])
    assert sweeping.tidy()["taken_up"] == 1
    new.refresh_from_db()
    assert (new.state, new.error, new.next_at is None) == (PhotoState.WAITING, "", False)


def test_files_from_before_are_measured_at_night():
    vendor = VendorFactory()
    each = photo(vendor, 1, stored=70)
    OfferFactory(vendor=vendor, photos=[each.address])
    Photo.objects.update(stored=0)
    sweeping.tidy()
    assert quota.bytes_of(vendor.pk) == 70


def test_without_a_quota_nothing_waits(settings):
    settings.PHOTO_QUOTA_BYTES = 0
    vendor = VendorFactory()
    photo(vendor, 1, stored=5_000, days_unused=1)
    assert not quota.is_full(vendor.pk)
    assert quota.bytes_of(vendor.pk) == 5_000
