"""The desk's home: what needs a person, trends by right, files."""

import datetime as dt
import io
import json
import re

import openpyxl
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.users.models import UserProfile

from accounts.models import User
from cms.services import ensure_operators_group
from core.models import DayFigure
from core.trends import services
from search.models import CommonQuery, QueryDay
from tests.factories.vendors import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True, language="en")
    user.groups.add(ensure_operators_group())
    UserProfile.objects.create(user=user, preferred_language="en")
    client.force_login(user)
    return user


def figure(measure, ago, value):
    day = services.today() - dt.timedelta(days=ago)
    DayFigure.objects.create(day=day, measure=measure, value=value)


def said(response):
    return " ".join(response.content.decode().split())


def test_trends_are_compared_and_drawn_from_data(client, operator):
    for ago, value in ((0, 6), (29, 2), (30, 1), (59, 3)):
        figure("searches", ago, value)
    body = said(client.get(reverse("operators_dashboard")))
    assert "↑ +100 %" in body
    assert "before: 4" in body
    figures = json.loads(re.search(r'id="ryad-figures"[^>]*>(.*?)</script>', body).group(1))
    chart = figures["charts"]["searches"]
    assert (len(figures["days"]), chart["now"][0], chart["now"][-1], chart["before"][0]) == (30, 2, 6, 3)
    assert "vendor/chart.js/chart.umd.min.js" in body
    assert "<script>" not in body.partition('id="ryad-figures"')[2].partition("</section>")[0]
    assert "–" in said(client.get(reverse("operators_dashboard"), {"days": "x"}))


def test_who_may_not_see_a_room_does_not_see_its_figures(client, operator):
    operator.groups.first().permissions.filter(codename__in=["change_rankingweights", "view_vendor"]).delete()
    body = said(client.get(reverse("operators_dashboard")))
    assert 'data-measure="requests"' in body
    assert 'data-measure="searches"' not in body
    assert 'data-measure="vendors"' not in body
    text = client.get(reverse("operators_dashboard"), {"format": "csv"}).content.decode()
    assert "Searches" not in text
    client.force_login(MembershipFactory().user)
    assert client.get(reverse("operators_dashboard")).status_code == 302


def test_files_have_a_row_a_day_and_the_days_before(client, operator):
    figure("offers", 0, 12)
    figure("first_bid", 0, 1.5)
    answer = client.get(reverse("operators_dashboard"), {"days": "90", "format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    heads = [cell.value for cell in sheet[1]]
    last = dict(zip(heads, [cell.value for cell in sheet[91]], strict=True))
    assert (sheet.max_row, last["Day"], last["Offers on sale"], last["Hours to the first bid"]) == (
        91, services.today().isoformat(), 12, 1.5,
    )  # fmt: skip
    lines = client.get(reverse("operators_dashboard"), {"format": "csv"}).content.decode().splitlines()
    assert len(lines) == 31


def test_the_home_says_what_needs_a_person(client, operator):
    assert "Nothing waits for you." in said(client.get(reverse("wagtailadmin_home")))
    cache.clear()  # counted anew after a while
    today = services.today()
    CommonQuery.objects.create(key=5)
    QueryDay.objects.create(
        day=today, key=5, language="uk", words="самокат", searches=9, empty=9, above=0, corrected=0, opened=0,
        hits=0, places=0,
    )  # fmt: skip
    body = said(client.get(reverse("wagtailadmin_home")))
    assert "report=empty&amp;show=open" in body
    assert "js/dashboard.js" in body


def test_the_page_costs_the_same_whatever_is_known(client, operator):
    client.get(reverse("operators_dashboard"))
    counts = []
    for number in (1, 2, 3):
        for measure in ("offers", "searches", "bids"):
            figure(measure, number, number)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("operators_dashboard"))
        counts.append(len(captured))
    assert counts[0] == counts[2]
    assert sum("core_dayfigure" in each["sql"] for each in captured) == 1
