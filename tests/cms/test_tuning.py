"""Operators' pages about the order of results and synonyms."""

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from accounts.models import User
from cms.services import ensure_operators_group
from search.models import QueryLog, RankingWeights, Replay, Synonym
from search.services import rebuild_index
from search.tasks import replay as replay_task
from search.tuning.weights import Secondary
from tests.factories.catalog import OfferFactory

pytestmark = pytest.mark.django_db
PAGES = ("operators_ranking", "operators_synonyms")


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True, language="en")
    user.groups.add(ensure_operators_group())
    UserProfile.objects.create(user=user, preferred_language="en")
    client.force_login(user)
    return user


def said(response):
    return " ".join(response.content.decode().split())


def run_last():
    asked = Replay.objects.latest("pk")
    replay_task(job_id=str(asked.job_id), replay_id=asked.pk)
    return asked


def test_only_operators_come_in(client, operator):
    operator.groups.first().permissions.filter(codename="change_rankingweights").delete()
    points = Secondary().points()
    for name in PAGES:
        for answer in (client.get(reverse(name)), client.post(reverse(name), {"act": "save", **points})):
            assert (answer.status_code, answer.url) == (302, reverse("wagtailadmin_home"))
    assert RankingWeights.objects.count() == 0


def test_points_are_drafted_tried_and_put_live(client, operator, settings, tmp_path):
    settings.SEARCH_INDEX_PATH = tmp_path / "search"
    OfferFactory(title="Степлер <b>Eagle</b>", availability="none")
    OfferFactory(title="Степлер <b>Eagle</b>")
    rebuild_index()
    QueryLog.objects.create(words="степлер", total=2)
    url = reverse("operators_ranking")
    points = Secondary().points()
    refused = client.post(url, {"act": "save", **points, "price": "11"})
    assert "less than or equal to 10" in said(refused)
    assert "Together these are 35 points" in said(
        client.post(url, {"act": "save", **points, "price": "10", "category": 7})
    )
    assert RankingWeights.objects.count() == 0
    page = client.post(url, {"act": "save", **points, "availability": "0", "note": "less stock"}, follow=True)
    assert "It was not tried on searches yet." in said(page)
    untried = client.post(url, {"act": "live"}, follow=True)
    assert "Nobody has seen yet what this changes." in said(untried)
    waiting = client.post(url, {"act": "try"}, follow=True)
    assert waiting["Refresh"] == "2"
    asked = run_last()
    told = client.get(reverse("operators_replay", args=[asked.pk]))
    assert "Refresh" not in told
    assert "Степлер &lt;b&gt;Eagle&lt;/b&gt;" in said(told)
    assert "↑ 1" in said(told)
    page = client.post(url, {"act": "live"}, follow=True)
    live = RankingWeights.objects.get()
    assert (live.state, live.was_tried, live.live_by) == ("live", True, operator.typed_id)
    assert "operator@example.com" in said(page)
    client.post(url, {"act": "shipped"})
    client.post(url, {"act": "back", "version": live.pk})
    assert list(RankingWeights.objects.order_by("pk").values_list("state", "copy_of")) == [
        ("past", None),
        ("live", live.pk),
    ]


def test_synonyms_are_drafted_and_struck(client, operator, settings, tmp_path):
    settings.SEARCH_INDEX_PATH = tmp_path / "search"
    rebuild_index()
    url = reverse("operators_synonyms")
    refused = client.post(url, {"act": "add", "words": "24/6", "also": "степлер", "both_ways": "on"})
    assert "is a number, a measure or an article number" in said(refused)
    client.post(url, {"act": "add", "words": "болгарка", "also": "шліфмашина", "note": "asked for"})
    synonym = Synonym.objects.get()
    assert (synonym.state, synonym.both_ways, synonym.made_by) == ("draft", False, operator.typed_id)
    client.post(url, {"act": "try"})
    assert "Nobody has searched yet" in said(client.get(reverse("operators_replay", args=[run_last().pk])))
    page = client.post(url, {"act": "live", "untried": "1"}, follow=True)
    assert "asked for" in said(page)
    synonym.refresh_from_db()
    assert (synonym.state, synonym.was_tried) == ("live", True)  # it was seen, though nobody had searched
    client.post(url, {"act": "strike", "synonym": synonym.pk})
    synonym.refresh_from_db()
    assert synonym.state == "past"
