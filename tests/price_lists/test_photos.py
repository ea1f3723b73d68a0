"""The desk's page of photos: numbers, reasons, asking again, and nothing of other vendors."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.photos.addresses import key_of
from catalog.photos.models import Photo, PhotoHost
from core.models import Job
from tests.factories.price_lists import goods, imported
from tests.factories.vendors import MembershipFactory, VendorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(vendor, sign_in):
    return sign_in(MembershipFactory(vendor=vendor).user)


@pytest.fixture
def photo(vendor):
    host = PhotoHost.objects.create(name="shop.example", vendor=vendor)

    def make(name, **values):
        address = f"https://shop.example/{name}"
        return Photo.objects.create(
            **{"key": key_of(address), "address": address, "vendor": vendor, "host": host} | values
        )

    return make


def test_it_says_how_many_there_are_and_why_one_is_refused(client, vendor, photo):
    photo("1.jpg", state="ready", content="ab" * 16, sizes="60", width=60, height=40, size=2048)
    photo("2.jpg", state="waiting", next_at=timezone.now())
    photo("page", state="refused", error="page")
    photo("other.jpg", state="refused", error="svg", vendor=VendorFactory())
    at = reverse("price_lists:photos", args=[vendor.slug])
    body = client.get(at).content.decode()
    assert "https://shop.example/page" in body
    assert "За цією адресою вебсторінка" in body
    assert "other.jpg" not in body
    assert "/1.jpg" not in body
    ready = client.get(at, {"state": "ready"}).content.decode()
    assert f'src="/media/photos/ab/{"ab" * 16}-60.webp"' in ready
    assert client.get(at, {"state": "waiting", "page": "x"}).status_code == 200
    assert client.get(at, {"source": "999"}).status_code == 404


def test_refused_ones_are_asked_again_one_or_all(client, vendor, photo):
    one, two = photo("1.jpg", state="refused", error="page", rank=1), photo("2.jpg", state="gone")
    theirs = photo("3.jpg", state="refused", vendor=VendorFactory())
    at = reverse("price_lists:photos_again", args=[vendor.slug])
    client.post(at, {"photo": theirs.pk})
    client.post(at, {"photo": "no number"})
    assert not Photo.objects.filter(next_at__isnull=False).exists()
    assert client.post(at, {"photo": one.pk}).status_code == 302
    assert list(Photo.objects.filter(next_at__isnull=False)) == [one]
    client.post(at)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.rank, two.rank, two.next_at is not None) == (3, 2, True)
    assert Job.objects.filter(kind="catalog.fetch_photos").count() == 1


def test_of_very_many_refused_ones_a_press_takes_some(client, vendor, photo, monkeypatch):
    monkeypatch.setattr("catalog.photos.asking._MOST", 2)
    for number in range(3):
        photo(f"{number}.jpg", state="refused")
    at = reverse("price_lists:photos_again", args=[vendor.slug])
    waiting = []
    for _ in range(2):
        client.post(at)
        waiting.append(Photo.objects.filter(next_at__isnull=False).count())
    assert waiting == [2, 3]


def test_the_page_asks_as_much_for_three_photos_as_for_one(client, vendor, photo):
    at = reverse("price_lists:photos", args=[vendor.slug])
    client.get(at)  # what a process asks once
    asked = []
    for names in (["1"], ["2", "3"]):
        for name in names:
            photo(name, state="refused", error="page", content=name * 32, sizes="60")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(at).content.count(b"https://shop.example/") >= len(names)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_report_of_an_import_leads_to_the_photos_of_its_source(client, vendor, photo, tmp_path):
    run = imported(vendor, tmp_path / "a.csv", goods(2))
    photo("1.jpg", state="gone", supply=run.source.supply)
    body = client.get(reverse("price_lists:run", args=[vendor.slug, run.pk])).content.decode()
    assert f"{reverse('price_lists:photos', args=[vendor.slug])}?source={run.source_id}" in body
