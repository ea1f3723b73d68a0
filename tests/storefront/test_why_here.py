"""What a card says of its place, and the category that the words mean."""

import pytest
from bs4 import BeautifulSoup
from django.utils import translation

from catalog.models import Category, Offer
from search.query import Hit, Why
from storefront.selectors.reasons import why_here
from tests.factories.catalog import CategoryFactory, OfferFactory


def said(*why, others=0):
    offer = Offer(category=Category(name="Степлери", name_en="Staplers"))
    with translation.override("en"):
        return why_here(Hit(1, 1, 1.0, None, why, others), offer)


@pytest.mark.parametrize(
    ("why", "others", "words"),
    [
        ((Why.WITHIN_LIMITS, Why.AVAILABLE), 0, ""),
        ((), 0, ""),
        ((Why.CODE, Why.AVAILABLE), 0, "Exactly this number · in stock"),
        (
            (Why.ALL_WORDS, Why.NAMED, Why.IN_TITLE, Why.AVAILABLE, Why.FRESH, Why.CHEAPEST, Why.TRUSTED),
            3,
            "All words in the title · cheapest of 4 · in stock · fresh",
        ),
        ((Why.ALL_WORDS, Why.CORRECTED, Why.IN_TITLE), 0, "All words in the title, as corrected"),
        ((Why.ALL_WORDS, Why.OTHER_WORDS, Why.CATEGORY), 0, "Other words for the same · in “Staplers”"),
        ((Why.ALL_WORDS, Why.DESCRIBED, Why.CHEAPEST), 0, "Some words only in the description"),
        ((Why.SOME_WORDS, Why.IN_TITLE, Why.BRAND), 0, "Some of the words · of this brand"),
    ],
)
def test_reasons_are_said_in_one_line(why, others, words):
    assert said(*why, others=others) == words


@pytest.mark.django_db
def test_a_page_names_the_category_that_the_words_mean(client, index):
    office = CategoryFactory(name_en="Office", slug="office")
    staplers = CategoryFactory(parent=office, name_en="Staplers", slug="staplers")
    for number in range(3):
        OfferFactory(title=f"Степлер {number}", category=staplers)
    OfferFactory(title="Скоби для степлера", category=office)
    index()

    def seen(**asked):
        page = BeautifulSoup(client.get("/en/search/", {"q": "степлер", **asked}).content, "html.parser")
        return [
            (link.get("href"), " ".join(link.get_text().split())) for link in page.select(".meant a")
        ], page

    meant, page = seen()
    assert [(url.rpartition("&")[2], text) for url, text in meant] == [("category=staplers", "Staplers 3")]
    assert (
        page.select_one(".offer-why").get_text()
        == "All words in the title · in stock · fresh · in “Staplers”"
    )
    assert seen(category="staplers")[0] == []
