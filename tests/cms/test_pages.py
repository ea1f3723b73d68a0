"""Pages that a new installation starts with."""

import pytest

from cms.models import HelpIndexPage, HomePage, StandardPage
from cms.services import ensure_pages

pytestmark = pytest.mark.django_db


def test_the_first_pages_stand_in_three_languages_and_only_once():
    ensure_pages()
    ensure_pages()
    assert sorted(HomePage.objects.values_list("locale__language_code", flat=True)) == ["en", "ru", "uk"]
    assert StandardPage.objects.count() == 3
    assert HelpIndexPage.objects.count() == 3


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/", "Усі прайс-листи в одному ряду"),
        ("/ru/", "Все прайс-листы"),
        ("/en/", "Every price list in one row"),
    ],
)
def test_home_answers_in_its_language(client, url, words):
    ensure_pages()
    page = client.get(url)
    assert page.status_code == 200
    assert words in page.content.decode()


@pytest.mark.parametrize(("url", "words"), [("/help/", "Допомога"), ("/en/rules/", "A fair row")])
def test_help_and_rules_answer(client, url, words):
    ensure_pages()
    page = client.get(url)
    assert page.status_code == 200
    assert words in page.content.decode()


def test_an_operators_edit_survives():
    home = ensure_pages()
    home.title = "Наш ряд"
    home.save_revision().publish()
    assert ensure_pages().title == "Наш ряд"
