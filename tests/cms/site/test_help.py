"""The help centre: found in any form and language, judged by readers, beside what was not found."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from cms.first_help import articles
from cms.models import HelpIndexPage, HelpPage, HelpVotes
from cms.selectors.help import found_articles
from cms.services import ensure_pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    ensure_pages()
    return HelpIndexPage.objects.get(locale__language_code="uk")


def test_articles_are_the_same_in_all_languages():
    told = {
        language: [(each.slug, each.audience, len(each.body)) for each in articles(language)]
        for language in ("uk", "ru", "en")
    }
    assert told["uk"] == told["ru"] == told["en"]
    assert len(told["uk"]) == 14


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("закриті заявки", "sealed-bids"),
        ("закритих заявок", "sealed-bids"),
        ("закрытые заявки", "sealed-bids"),
        ("sealed bid", "sealed-bids"),
        ("аукціонів", "auctions"),
        ("вебхуки", "api-webhooks"),
        ("webhook", "api-webhooks"),
        ("гранична ціна", "price-ceiling"),
        ("чому затримано імпорт", "held-imports"),
        ("automatic bids", "automatic-bids"),
        ("отзывы", "reviews"),
        ("збережений пошук", "watching"),
    ],
)
def test_an_article_is_found_in_any_form_and_language(centre, words, slug):
    for language in ("uk", "en"):
        first = found_articles(words, language=language)[0]
        assert HelpPage.objects.get(pk=first.pk).slug == slug
        assert first.language == language


@pytest.mark.parametrize("words", ["", "   ", "зебра жираф", "!!!", "як", "x" * 500])
def test_what_no_article_is_about_finds_none(centre, words):
    assert found_articles(words, language="uk") == []


def test_the_search_page_says_what_it_found_or_shows_all(client, centre):
    page = client.get("/help/", {"q": "закриті заявки"}).content.decode()
    assert 'href="/help/sealed-bids/"' in page
    assert 'content="noindex, follow"' in page
    page = client.get("/help/", {"q": "<зебра>"}).content.decode()
    assert "&lt;зебра&gt;" in page
    assert page.count('href="/help/') >= 14
    assert "Sealed bids" in client.get("/en/help/").content.decode()


def test_an_article_has_contents_neighbours_and_the_way_back(client, centre):
    page = client.get("/help/sealed-bids/").content.decode()
    assert '<nav class="breadcrumbs"' in page
    assert page.count('href="#part-') == 2
    assert page.count('id="part-') == 2


def test_a_new_article_is_found_at_once(centre, django_capture_on_commit_callbacks):
    assert found_articles("повернення коштів", language="uk") == []
    with django_capture_on_commit_callbacks(execute=True):
        page = HelpPage(title="Повернення коштів", slug="refunds", locale=centre.locale, live=False)
        centre.add_child(instance=page)
        page.save_revision().publish()
    assert [each.pk for each in found_articles("повернення коштів", language="en")] == [page.pk]
    page.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        page.unpublish()
    assert found_articles("повернення коштів", language="uk") == []


def test_a_reader_says_once_whether_it_helped(client, centre, operator_client):
    here = "/help/sealed-bids/"
    assert client.post(here, {"useful": "yes"}).headers["location"] == f"{here}#useful"
    client.post(here, {"useful": "no"})
    client.post(here, {"useful": "perhaps"})
    votes = HelpVotes.objects.get()
    assert (votes.yes, votes.no) == (1, 0)
    with translation.override("en"):
        page = client.get(here).content.decode()
    assert 'name="useful"' not in page
    said = operator_client.get(reverse("operators_help")).content.decode()
    assert "Закриті заявки" in said


@pytest.fixture
def operator_client(operator, client):
    from django.test import Client

    desk = Client()
    desk.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    client.logout()
    return desk


def test_nobody_votes_without_a_token(centre):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post("/help/sealed-bids/", {"useful": "yes"}).status_code == 403
    assert not HelpVotes.objects.exists()


def test_help_stands_beside_what_the_search_of_goods_did_not_find(client, centre, index):
    index()
    page = client.get("/search/", {"q": "закриті заявки"}).content.decode()
    assert 'href="/help/sealed-bids/"' in page
    assert "/help/sealed-bids/" not in client.get("/search/", {"q": "зебра"}).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_of_help_asks_as_much_for_three_articles_as_for_one(
    client, homes, django_assert_num_queries, number
):
    centre = homes["uk"].add_child(
        instance=HelpIndexPage(title="Допомога", slug="help", locale=homes["uk"].locale)
    )
    for n in range(number):
        centre.add_child(instance=HelpPage(title=f"Стаття {n}", slug=f"a{n}", locale=centre.locale))
    client.get("/help/")
    with django_assert_num_queries(QUERIES):
        client.get("/help/")


QUERIES = 9


def test_articles_say_what_the_row_does():
    """Texts that were once wrong: nobody wins by the price alone, a person changes a bid, letters wait."""
    told = {language: {each.slug: each for each in articles(language)} for language in ("uk", "ru", "en")}
    assert "попереду найнижча" in told["uk"]["auctions"].lead
    assert "впереди самая низкая" in told["ru"]["auctions"].lead
    assert "не змінить людина" in str(told["uk"]["automatic-bids"].body)
    assert "не изменит человек" in str(told["ru"]["automatic-bids"].body)
    for language, quiet in (("uk", "тихих годин"), ("ru", "тихих часов"), ("en", "quiet hours (21 to 8")):
        assert quiet in str(told[language]["letters"].body)
