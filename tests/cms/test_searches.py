"""Operators' reports of searches and of clicks to shops."""

import io

import openpyxl
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from accounts.models import User
from catalog.models import OutboundClick
from cms.services import ensure_operators_group
from search.models import BlockedQuery, CommonQuery, PopularQuery, QueryDay
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True, language="en")
    user.groups.add(ensure_operators_group())
    UserProfile.objects.create(user=user, preferred_language="en")
    client.force_login(user)
    return user


def asked(words, key, **values):
    numbers = dict.fromkeys(("empty", "above", "corrected", "opened", "hits", "places"), 0)
    CommonQuery.objects.create(key=key)
    return QueryDay.objects.create(
        day=timezone.localdate(), key=key, language="uk", words=words, **{"searches": 3, **numbers, **values}
    )


def test_each_query_has_its_actions(client, operator):
    asked("самокат дитячий", -5, searches=9, empty=9)
    body = client.get(reverse("operators_searches"), {"report": "empty"}).content.decode()
    words = "%D1%81%D0%B0%D0%BC%D0%BE%D0%BA%D0%B0%D1%82+%D0%B4%D0%B8%D1%82%D1%8F%D1%87%D0%B8%D0%B9"
    assert f'href="/search/?q={words}"' in body
    assert f'href="/operators/search/synonyms/?words={words}"' in body
    assert 'href="/operators/searches/query/?key=-5"' in body
    prefilled = client.get(reverse("operators_synonyms"), {"words": "самокат"}).content.decode()
    assert 'value="самокат"' in prefilled


def test_files_hold_no_formulas(client, operator):
    asked("=1+1", 7)
    for kind in ("csv", "xlsx"):
        answer = client.get(reverse("operators_searches"), {"format": kind})
        assert answer["Content-Disposition"].endswith(f'.{kind}"')
        if kind == "csv":
            assert answer.content.decode("utf-8-sig").splitlines()[1].startswith("'=1+1,uk,3,")
        else:
            sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
            assert (sheet["A2"].value, sheet["A2"].data_type, sheet["C2"].value) == ("'=1+1", "s", 3)


def test_a_report_groups_its_days_once(client, operator):
    cache.clear()
    for number in range(25):
        asked(f"степлер {number}", number + 1)
    with CaptureQueriesContext(connection) as first:
        assert "page 1 of 2" in client.get(reverse("operators_searches")).content.decode()
    assert sum("GROUP BY" in each["sql"] and "queryday" in each["sql"] for each in first) == 1
    with CaptureQueriesContext(connection) as second:
        client.get(reverse("operators_searches"), {"p": "2"})
    assert sum("queryday" in each["sql"] for each in second) == 1  # the sums are kept for a while


@pytest.mark.parametrize(
    "asked_for", [{"days": "x"}, {"from": "2026-13-45", "to": "zz"}, {"from": "0001-01-01"}, {"p": "-3"}]
)
def test_odd_spans_are_the_usual_ones(client, operator, asked_for):
    assert client.get(reverse("operators_searches"), asked_for).status_code == 200


def test_a_query_is_shown_by_day_or_not_at_all(client, operator, settings, tmp_path):
    settings.SEARCH_INDEX_PATH = tmp_path / "search"
    asked("степлер", 7)
    assert "степлер" in client.get(reverse("operators_query"), {"key": "7"}).content.decode()
    CommonQuery.objects.all().delete()
    for key in ("", "x", "7", "8", "9" * 30):
        assert client.get(reverse("operators_query"), {"key": key}).status_code == 404


def test_clicks_are_counted_by_vendor(client, operator):
    offer = OfferFactory()
    OutboundClick.objects.create(offer=offer, vendor=offer.vendor, session_hash="a", day=timezone.localdate())
    body = client.get(reverse("operators_shop_clicks")).content.decode()
    assert "1 click to a vendor" in body
    assert offer.vendor.name in body


def test_words_are_blocked_with_who_and_why(client, operator):
    page = reverse("operators_suggested")
    PopularQuery.objects.create(
        words="степлер", asked=9, days=4, total=3, only_vendor_id=5, refreshed_at=timezone.now()
    )
    body = client.get(page, {"words": "степлер"}).content.decode()
    assert 'value="степлер"' in body
    assert "of one vendor" in body
    assert "Say why" not in body
    refused = client.post(page, {"act": "block", "words": "!!", "reason": "x"})
    assert (refused.status_code, BlockedQuery.objects.count()) == (200, 0)
    client.post(page, {"act": "block", "words": "степлери", "reason": "<b>скарга"})
    [blocked] = BlockedQuery.objects.all()
    assert (blocked.words, blocked.made_by) == ("степлери", f"user:{operator.pk}")
    body = client.get(page).content.decode()
    assert "&lt;b&gt;скарга" in body
    assert "operator@example.com" in body
    assert "Block…" not in body
    client.post(page, {"act": "allow", "blocked": str(blocked.pk)})
    assert not BlockedQuery.objects.exists()


@pytest.mark.parametrize(
    "page", ["operators_suggested", "operators_searches", "operators_query", "operators_shop_clicks"]
)
def test_only_operators_see_them(client, page):
    client.force_login(MembershipFactory().user)
    assert client.get(reverse(page)).status_code == 302
