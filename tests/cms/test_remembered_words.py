"""The operators' page of remembered words: who comes in, what is found, and how much it asks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.users.models import UserProfile

from accounts.models import User
from cms.services import ensure_operators_group
from price_lists.models import CommonWord
from tests.factories.vendors import MembershipFactory

pytestmark = pytest.mark.django_db
PAGE = "operators_words"


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True, language="en")
    user.groups.add(ensure_operators_group())
    UserProfile.objects.create(user=user, preferred_language="en")
    client.force_login(user)
    return user


def words(*names, kind="brand"):
    return [
        CommonWord.objects.create(
            kind=kind, word=name, answer=name.upper(), vendors=4, changed_at="2026-01-01T00:00Z"
        )
        for name in names
    ]


def test_a_vendor_who_is_signed_in_changes_nothing(client):
    [word] = words("Lovare")
    client.force_login(MembershipFactory().user)
    for answered in (client.get(reverse(PAGE)), client.post(reverse(PAGE), {"pk": word.pk, "act": "strike"})):
        assert (answered.status_code, answered.url.partition("?")[0]) == (302, reverse("account_login"))
    word.refresh_from_db()
    assert (word.struck_at, word.struck_by) == (None, "")


@pytest.mark.parametrize("typed", ["lov", "Буро", "буро", "БУРО"])
def test_brands_are_found_however_they_are_typed(client, operator, typed):
    words("Lovare", "Буромакс")
    found = client.get(reverse(PAGE), {"word": typed}).context["words"]
    assert [word.word for word, _means in found] == ["Lovare" if typed == "lov" else "Буромакс"]


def test_the_next_page_keeps_what_was_asked_for(client, operator, monkeypatch):
    monkeypatch.setattr("cms.operators.pages.ON_PAGE", 1)
    words("A&B one", "A&B two", "C")
    page = client.get(reverse(PAGE), {"word": "A&B"})
    assert page.context["page"].paginator.count == 2
    assert "?show=offered&amp;kind=&amp;word=A%26B&amp;p=2" in page.content.decode()


def test_three_words_ask_as_much_as_one(client, operator):
    asked = []
    words("a")
    client.get(reverse(PAGE))
    for more in ([], ["b", "c"]):
        words(*more)
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(reverse(PAGE)).context["words"]) == 1 + len(more)
        asked.append(len(queries))
    assert asked[0] == asked[1]
