"""Photos on buyers' pages: files of our own in several sizes, a drawing while there are none, never a vendor's address."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from catalog.photos.addresses import key_of
from catalog.photos.enums import PhotoState
from catalog.photos.models import Photo, PhotoHost
from catalog.photos.pictures import first_pictures, gallery
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db

ADDRESS = "https://photos.shop.example/1.jpg"
CONTENT = "ab" * 16


@pytest.fixture(autouse=True)
def _own_index(index):
    """Even an empty one: no page of a test may look into another's."""


def photo(address: str = ADDRESS, **values) -> Photo:
    vendor = values.pop("vendor", None) or VendorFactory()
    host, _ = PhotoHost.objects.get_or_create(name="photos.shop.example")
    values = {"state": PhotoState.READY, "content": CONTENT, "sizes": "160,320,640,900"} | values
    return Photo.objects.create(key=key_of(address), address=address, vendor=vendor, host=host, **values)


def page(client, url, **query):
    return BeautifulSoup(client.get(url, query).content, "html.parser")


def shown(found) -> list[str]:
    return [image["src"] for image in found.select("img") if not image["src"].startswith("/static/img/")]


def test_cards_and_galleries_offer_sizes_of_our_own_files(client, index):
    offer = OfferFactory(title="Степлер", photos=["https://photos.shop.example/none.jpg", ADDRESS])
    photo()
    index()
    folder = f"/media/photos/ab/{CONTENT}"
    srcset = ", ".join(f"{folder}-{side}.webp {side}w" for side in (160, 320, 640, 900))
    card = page(client, "/en/search/", q="степлер").select_one(".offer-card .photo > img")
    assert (card["src"], card["srcset"], card["loading"]) == (f"{folder}-320.webp", srcset, "lazy")
    assert (card["width"], card["height"]) == ("240", "240")
    assert card["sizes"] == "(max-width: 620px) 80px, 132px"
    good = page(client, f"/en/offers/{offer.pk}/")
    assert good.select_one("#photo-frame")["srcset"] == srcset
    assert good.select_one("meta[property='og:image']")["content"] == f"http://testserver{folder}-900.webp"


@pytest.mark.parametrize("state", [PhotoState.WAITING, PhotoState.REFUSED, PhotoState.GONE])
def test_a_drawing_stands_where_a_photo_is_not_there_yet_or_never(client, index, state):
    vendor = VendorFactory(slug="shop", logo_url="https://photos.shop.example/logo.png")
    offer = OfferFactory(title="Степлер", photos=[ADDRESS], vendor=vendor)
    photo(state=state, content="", sizes="")
    index()
    for url in ("/en/search/?q=степлер", f"/en/offers/{offer.pk}/", "/en/vendors/shop/"):
        html = client.get(url).content.decode()
        assert "photos.shop.example" not in html
        assert "photo-none" in html
        assert shown(BeautifulSoup(html, "html.parser")) == []


def test_where_links_are_shown_or_nothing_is(client, index, settings):
    offer = OfferFactory(
        title="Степлер", photos=[ADDRESS, "https://photos.ryad.example/pen.svg", "javascript:x"]
    )
    photo()
    url = f"/en/offers/{offer.pk}/"
    settings.PHOTOS = "link"
    strip = [each["href"] for each in page(client, url).select(".gallery-strip a")]
    assert strip == [ADDRESS, "/static/demo/photos/pen.svg"]
    settings.PHOTOS = "off"
    assert shown(page(client, url)) == ["/static/demo/photos/pen.svg"]


@pytest.mark.parametrize("mode", ["fetch", "link"])
@pytest.mark.parametrize(
    "address",
    [
        "https://photos.ryad.example/../../../en/search/?q=x.svg",
        "https://photos.ryad.example/a/../b.svg",
        "https://photos.ryad.example/a%2f..%2fb.svg",
        "https://photos.ryad.example/pen.svg?q=x",
        "https://photos.ryad.example/pen.svg\n",
        "https://photos.ryad.example//other.example/pen.svg",
        "http://127.0.0.1:8000/en/search/?q=x",
    ],
)
def test_no_address_makes_a_readers_browser_ask_this_site_for_a_page(settings, address, mode):
    settings.PHOTOS, settings.SITE_URL = mode, "http://127.0.0.1:8000"
    assert all(picture.src.startswith("https://photos.ryad.example/") for picture in gallery([address]))
    assert [each.src for each in gallery(["https://photos.ryad.example/a/pen-1.svg"])] == [
        "/static/demo/photos/a/pen-1.svg"
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_all_photos_of_a_page_are_one_question(django_assert_num_queries, count):
    offers = [OfferFactory(photos=[f"https://photos.shop.example/{n}.jpg"]) for n in range(count)]
    for n in range(count):
        photo(f"https://photos.shop.example/{n}.jpg")
    with django_assert_num_queries(1):
        assert len(first_pictures(offers)) == count
    demo = OfferFactory(photos=["https://photos.ryad.example/pen.svg"])
    with django_assert_num_queries(0):
        assert first_pictures([demo])[demo.pk].src == "/static/demo/photos/pen.svg"


def test_the_content_policy_lets_no_picture_in_from_elsewhere(client):
    policy = client.get("/en/search/")["Content-Security-Policy"]
    assert re.search(r"img-src ([^;]*)", policy)[1] == "'self' data:"


def test_files_are_sent_for_good_and_nothing_else_of_the_folder_is(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name = f"photos/ab/{CONTENT}-160.webp"
    default_storage.save(name, ContentFile(b"RIFF" + b"x" * 500))
    answer = client.get(f"/media/{name}", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Content-Encoding" not in answer
    assert "Set-Cookie" not in answer
    again = client.get(f"/media/{name}", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    (tmp_path / "photos" / "ab" / "secret.txt").write_text("no")
    for other in ("photos/ab/secret.txt", f"photos/ab/{CONTENT}-320.webp", "photos/../secret.txt", "photos/"):
        assert client.get(f"/media/{other}").status_code == 404
