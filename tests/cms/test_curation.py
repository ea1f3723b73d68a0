"""Operators' pages about single queries: places, words left out, pages, and what is done from a report's row."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from accounts.models import User
from catalog.models import Category
from catalog.services.categories import add_category
from cms.services import ensure_operators_group
from core.models import Job
from search.learning.keys import query_key
from search.models import CommonQuery, Placement, QueryDay, QueryHandling, QueryRoute, StopWord, Synonym
from search.services import rebuild_index
from search.tuning.current import renew_token
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import MembershipFactory

pytestmark = pytest.mark.django_db
PAGES = ("operators_placements", "operators_routes", "operators_stop_words", "operators_synonyms")


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True, language="en")
    user.groups.add(ensure_operators_group())
    UserProfile.objects.create(user=user, preferred_language="en")
    client.force_login(user)
    return user


@pytest.fixture
def index(settings, tmp_path):
    settings.SEARCH_INDEX_PATH = tmp_path / "search"
    rebuild_index()


def said(response):
    return " ".join(response.content.decode().split())


def asked(words, **values):
    numbers = dict.fromkeys(("empty", "above", "corrected", "opened", "hits", "places"), 0)
    CommonQuery.objects.get_or_create(key=query_key(words))
    return QueryDay.objects.create(
        day=timezone.localdate(), key=query_key(words), language="uk", words=words,
        **{"searches": 9, **numbers, **values},
    )  # fmt: skip


def place_form(offer, **values):
    today = timezone.localdate()
    return {
        "act": "draft", "kind": "pin", "words": "самокат", "match": "exact", "language": "",
        "target": f"https://row.example/offers/{offer.pk}/?s=x", "place": "1", "starts": today.isoformat(),
        "ends": (today + dt.timedelta(days=9)).isoformat(), "reason": "asked for", **values,
    }  # fmt: skip


def test_only_operators_come_in(client, operator):
    operator.groups.first().permissions.filter(codename="change_rankingweights").delete()
    for name in PAGES:
        for answer in (client.get(reverse(name)), client.post(reverse(name), {"act": "add", "word": "x"})):
            assert (answer.status_code, answer.url) == (302, reverse("wagtailadmin_home"))
    client.force_login(MembershipFactory().user)
    assert client.get(reverse("operators_placements")).status_code == 302
    assert not StopWord.objects.exists()
    assert not Synonym.objects.exists()


def test_a_pin_is_seen_before_it_is_live(client, operator, index):
    offer = OfferFactory(title="Папір <b>А4")
    rebuild_index()
    url = reverse("operators_placements")
    assert "There is no such good" in said(client.post(url, place_form(offer, target="/offers/0/")))
    assert "Say why" not in said(client.post(url, place_form(offer, words="!!")))
    assert not Placement.objects.exists()
    preview = client.post(url, place_form(offer), follow=True)
    assert "Папір &lt;b&gt;А4" in said(preview)
    assert "Nothing is found." in said(preview)
    row = Placement.objects.get()
    assert (row.state, row.place, timezone.localtime(row.starts_at).hour) == ("draft", 1, 0)
    client.post(reverse("operators_placement", args=[row.pk]), {"act": "live"})
    row.refresh_from_db()
    assert (row.state, row.live_by) == ("live", operator.typed_id)
    card = said(client.get("/search/", {"q": "самокат"}))
    assert "Папір &lt;b&gt;А4" in card
    assert "badge badge-info" in card
    offer.withdrawn_at = timezone.now()
    offer.save()
    assert "1 place is skipped" in said(client.get(url))
    client.post(url, {"act": "end", "placement": row.pk})
    row.refresh_from_db()
    assert row.state == "past"


def test_a_query_leads_to_its_category(client, operator, index):
    category = add_category(
        parent=None, names={"uk": "Самокати", "ru": "Самокаты", "en": "Scooters"}, slug="scooters"
    )
    form = {"act": "add", "words": "самокат", "match": "exact", "language": ""}
    url = reverse("operators_routes")
    refused = client.post(url, {**form, "path": "https://evil.example/"})
    assert "A path of this site" in said(refused)
    assert not QueryRoute.objects.exists()
    client.post(url, {**form, "path": "/categories/scooters/"})
    assert QueryRoute.objects.get().category == category
    answer = client.get("/search/", {"q": "самокати"}, follow=True)
    assert answer.redirect_chain == [("/categories/scooters/", 302)]
    assert "exact=1" in said(answer)
    assert client.get("/search/", {"q": "самокати", "exact": "1"}).status_code == 200
    assert client.get("/search/", {"q": "самокати", "max_price": "5"}).status_code == 200
    Category.objects.filter(pk=category.pk).update(is_active=False)
    assert client.get("/search/", {"q": "самокати"}).status_code == 200
    assert "not shown now" in said(client.get(url))
    category.delete()
    assert client.get("/search/", {"q": "самокати"}).status_code == 200
    assert "a category that is gone" in said(client.get(url))


def test_a_path_keeps_the_readers_language_and_is_left_out_when_its_page_is_gone(client, operator, index):
    url = reverse("operators_routes")
    form = {"act": "add", "words": "доставка", "match": "exact", "language": ""}
    client.post(url, {**form, "path": "/ru/vendors/"})
    row = QueryRoute.objects.get()
    assert row.path == "/vendors/"
    assert client.get("/search/", {"q": "доставка"}).url == "/vendors/"
    assert client.get("/ru/search/", {"q": "доставка"}).url == "/ru/vendors/"
    for path in ("/search/?q=x", "/nothing-here/"):
        QueryRoute.objects.update(path=path)
        renew_token()
        assert client.get("/search/", {"q": "доставка"}).status_code == 200
        assert "not shown now" in said(client.get(url))


def test_a_word_is_left_out_in_drafts_first(client, operator, index):
    url = reverse("operators_stop_words")
    assert "is a number" in said(client.post(url, {"act": "add", "word": "24"}))
    page = client.post(
        url, {"act": "add", "word": "недорого", "language": "uk", "note": "says nothing"}, follow=True
    )
    assert "says nothing" in said(page)
    assert "Nobody has seen yet" in said(client.post(url, {"act": "live"}, follow=True))
    client.post(url, {"act": "live", "untried": "1"})
    row = StopWord.objects.get()
    assert (row.state, row.language, row.was_tried) == ("live", "uk", False)
    client.post(url, {"act": "strike", "row": row.pk})
    row.refresh_from_db()
    assert row.state == "past"


def test_a_row_of_a_report_is_handled_in_one_click(client, operator, index):
    asked("самокат", empty=9)
    asked("порно", empty=8)
    url = reverse("operators_searches")
    body = said(client.get(url, {"report": "empty"}))
    for name in ("operators_synonyms", "operators_placements", "operators_routes"):
        assert f'href="{reverse(name)}?words=' in body
    key = query_key("самокат")
    client.post(f"{url}?report=empty", {"act": "fine", "key": key, "words": "самокат"})
    client.post(f"{url}?report=empty", {"act": "spam", "key": query_key("порно"), "words": "порно"})
    assert QueryHandling.objects.count() == 2
    client.get(url)  # reads the messages
    every = said(client.get(url, {"report": "empty"}))
    assert "handled on" in every
    assert "порно" not in every
    assert "самокат" not in said(client.get(url, {"report": "empty", "show": "open"}))
    assert "порно" in said(client.get(url, {"report": "empty", "show": "handled"}))
    client.post(url, {"act": "reopen", "key": key, "words": "самокат"})
    assert "самокат" in said(client.get(url, {"report": "empty", "show": "open"}))
    answer = client.post(url, {"act": "ask", "key": key, "words": "самокат"}, follow=True)
    assert "Nobody knows in which category it belongs" in said(answer)
    assert not Job.objects.exists()
    for wrong in ({"key": "x"}, {"key": key + 1}, {"key": "9" * 30}, {"words": ""}):
        given = {"act": "fine", "key": key, "words": "самокат", **wrong}
        assert client.post(url, given).status_code == 404
    assert "handled on" not in said(client.get(reverse("operators_query"), {"key": key}))


@pytest.mark.parametrize("name", ["operators_placements", "operators_routes", "operators_searches"])
def test_lists_cost_the_same_whatever_their_length(client, operator, index, name):
    counts = []
    client.get(reverse(name))
    for number in range(3):
        words = ("степлер", "папір", "зошит")[number]
        asked(words, empty=1)
        client.post(reverse("operators_searches"), {"act": "fine", "key": query_key(words), "words": words})
        client.post(reverse("operators_placements"), place_form(OfferFactory(), words=words))
        client.post(
            reverse("operators_routes"),
            {"act": "add", "words": words, "match": "exact", "language": "", "path": "/help/"},
        )
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(name)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[2]


def test_every_button_sends_its_token(client, operator, index):
    asked("самокат", empty=9)
    Synonym.objects.create(words="а", also="б", made_by="user:1", made_at=timezone.now())
    StopWord.objects.create(word="недорого", made_by="user:1", made_at=timezone.now())
    addresses = [reverse(name) for name in (*PAGES, "operators_searches")]
    for address in (*addresses, f"{reverse('operators_query')}?key={query_key('самокат')}"):
        body = client.get(address).content.decode()
        forms = body.count('<form method="post"')
        assert forms
        assert body.partition("<main")[2].count("csrfmiddlewaretoken") >= forms
