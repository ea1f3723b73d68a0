"""Whose turn it is: vendors before hosts, what was tried in vain last; and how much one vendor may have."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils import timezone

from catalog.photos import queueing, registering, sweeping
from catalog.photos.addresses import host_of
from catalog.photos.models import Photo, PhotoHost
from catalog.photos.registering import Named, register, register_offers
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def named(vendor, *addresses):
    register([Named(address, vendor.pk, None, 0) for address in addresses])


def turns(count: int) -> list[str]:
    """The hosts that a worker is at, one after the other."""
    names, now = [], timezone.now()
    for _ in range(count):
        now += dt.timedelta(seconds=1)
        host = queueing.next_host(now, not_of=(), not_named=())
        assert host is not None
        assert queueing.lease(host, now)
        queueing.free([host])
        names.append(host.name)
    return names


def test_vendors_take_turns_however_many_hosts_one_has():
    named(VendorFactory(), "https://quiet.example/1.jpg")
    named(VendorFactory(), *(f"https://h{number}.many.example/1.jpg" for number in range(9)))
    first, second, *more = [name.partition(".")[2] or name for name in turns(6)]
    assert {first, second} == {"example", "many.example"}
    assert more == [first, second, first, second]


def test_a_host_or_vendor_that_has_its_turn_is_passed_over():
    busy, other = VendorFactory(), VendorFactory()
    named(busy, "https://cdn.example/1.jpg", "https://own.example/1.jpg")
    named(other, "https://cdn.example:8443/2.jpg")
    now = timezone.now() + dt.timedelta(seconds=1)
    host = queueing.next_host(now, not_of=[busy.pk, None], not_named=[])
    assert host is not None
    assert (host.vendor, host.name) == (other, "cdn.example:8443")
    assert queueing.next_host(now, not_of=[busy.pk], not_named=["cdn.example:8443"]) is None
    Photo.objects.filter(vendor=busy).update(next_at=None)
    assert queueing.next_host(now, not_of=[other.pk], not_named=[]) is None
    assert queueing.is_due(now)


def test_what_was_tried_in_vain_comes_after_all_else():
    vendor = VendorFactory()
    named(vendor, *(f"https://one.example/{number}.jpg" for number in range(3)))
    Photo.objects.filter(address="https://one.example/0.jpg").update(attempts=1)
    Photo.objects.filter(address="https://one.example/1.jpg").update(rank=1)
    claimed = queueing.claimed(PhotoHost.objects.get(), timezone.now() + dt.timedelta(seconds=1))
    assert [photo.address[-5:] for photo in claimed] == ["2.jpg", "1.jpg", "0.jpg"]


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://Cdn.Example./1.jpg", "cdn.example"),
        ("http://cdn.example:80/1.jpg", "cdn.example"),
        ("https://cdn.example:8443?1", "cdn.example:8443"),
        ("https://крамниця.укр/1.jpg", "xn--80aqejfp0c4d.xn--j1amh"),
        ("https://user:word@cdn.example/1.jpg", "cdn.example"),
        ("http://0x7f.1./1.jpg", "0x7f.1"),
        ("http://192.168.0.1/1.jpg", "192.168.0.1"),
        ("https:///1.jpg", ""),
    ],
)
def test_a_host_has_one_name_however_it_is_written(address, host):
    assert host_of(address) == host


def test_a_vendor_has_no_more_photos_and_hosts_than_one_may_have(monkeypatch):
    monkeypatch.setattr(registering, "MOST_PHOTOS", 3)
    monkeypatch.setattr(registering, "MOST_HOSTS", 1)
    greedy, other = VendorFactory(), VendorFactory()
    named(greedy, "https://a.example/1.jpg", "https://a.example/2.jpg", "https://b.example/1.jpg")
    named(greedy, "https://a.example/3.jpg")
    cache.clear()
    Photo.objects.update(unused_since=timezone.now())
    named(greedy, "https://a.example/1.jpg", "https://a.example/4.jpg")
    named(other, "https://a.example/4.jpg")
    kept = {(each.address, each.vendor_id, each.unused_since is None) for each in Photo.objects.all()}
    assert kept == {
        ("https://a.example/1.jpg", greedy.pk, True),
        ("https://a.example/2.jpg", greedy.pk, False),
        ("https://a.example/3.jpg", greedy.pk, False),
        ("https://a.example/4.jpg", other.pk, True),
    }


def test_a_photo_outlives_the_vendor_that_named_it_first(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    first, second = VendorFactory(), VendorFactory()
    named(first, "https://cdn.example/1.jpg")
    Photo.objects.update(content="ab" * 16, state="ready", sizes="60", rank=2)
    first.delete()
    assert (Photo.objects.get().vendor, queueing.is_due(timezone.now())) == (None, False)
    offer = OfferFactory(vendor=second, photos=["https://cdn.example/1.jpg"])
    register_offers([offer.pk])
    kept = Photo.objects.get()
    assert (kept.vendor, kept.host.vendor, kept.content) == (second, second, "ab" * 16)
    PhotoHost.objects.update(asked_at=timezone.now() - dt.timedelta(days=2))
    sweeping.tidy()
    assert [host.vendor for host in PhotoHost.objects.all()] == [second]  # the one without photos is gone
