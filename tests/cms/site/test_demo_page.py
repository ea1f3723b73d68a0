"""The demo's landing page, and the banner that leads to it."""

from __future__ import annotations

import pytest

from cms.models import LandingPage
from cms.selectors.lacking import lacks_of
from cms.services import ensure_pages
from marketplace.demo.pages import make_pages
from tests.factories.catalog import OfferFactory

pytestmark = pytest.mark.django_db


def test_the_demo_has_a_landing_page_in_each_language_once(client, index):
    ensure_pages()
    offer = OfferFactory(title="Ручка кулькова", photos=["https://photos.ryad.example/pen.svg"])
    index()
    for _ in range(2):
        make_pages(offer.vendor)
    assert LandingPage.objects.filter(slug="office").count() == 3
    assert 'href="/office/"' in client.get("/").content.decode()
    page = client.get("/en/office/").content.decode()
    assert "The whole office at once" in page
    assert page.count("Ручка кулькова") == 3  # picked, by search, and of the vendor
    assert lacks_of(LandingPage.objects.all()) == []
