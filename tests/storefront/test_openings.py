"""Opened hits and clicks to shops: counted for people, once, with no way to lead anybody elsewhere."""

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.utils import timezone

from catalog.models import OutboundClick
from catalog.services.clicks import forget_visitors
from search.models import OpenedHit, QueryLog
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.enums import Participation

pytestmark = pytest.mark.django_db
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def links(response):
    return re.findall(r'<a href="(/(?:offers|goods)/\d+/\?s=[\w-]+)"', response.content.decode())


def test_a_hit_is_counted_once_for_its_search(client, index):
    offers = [OfferFactory(title=f"Степлер {number}") for number in range(2)]
    index()
    first = client.get("/search/", {"q": "степлер"}, headers=BROWSER)
    [one, two] = links(first)
    log = QueryLog.objects.get()
    for _turn in range(2):
        answer = client.get(two, headers=BROWSER)
        assert answer.status_code == 200
    assert re.findall(r'rel="canonical" href="[^"]*?(/offers/[^"]*)"', answer.content.decode()) == [
        two.partition("?")[0]
    ]
    hit = OpenedHit.objects.get()
    assert (hit.token, hit.key, hit.place) == (log.token, log.key, 2)
    assert hit.offer_id in {offer.pk for offer in offers}
    for headers in ({}, {"User-Agent": "Googlebot/2.1"}, BROWSER | {"Sec-Purpose": "prefetch"}):
        assert client.get(one, headers=headers).status_code == 200
    assert client.head(one, headers=BROWSER).status_code == 200
    assert client.get(one[:-2] + "xx", headers=BROWSER).status_code == 200
    assert OpenedHit.objects.count() == 1
    assert not re.search(
        r'"(?:url|item)":\s*"[^"]*\?s=', first.content.decode()
    )  # what machines read stays canonical


def test_programs_neither_search_nor_get_marks(client, index):
    OfferFactory(title="Степлер")
    index()
    assert links(client.get("/search/", {"q": "степлер"}, headers={"User-Agent": "bingbot/2.0"})) == []
    assert QueryLog.objects.count() == 0


def test_a_visitor_clicks_no_more_than_a_person(client):
    vendor = VendorFactory(participation=Participation.LISTING)
    offers = [OfferFactory(vendor=vendor, url=f"https://one.example/{number}") for number in range(15)]
    cache.clear()
    for offer in offers:
        assert client.get(f"/go/{offer.pk}/", headers=BROWSER)["Location"] == offer.url
    assert OutboundClick.objects.count() == 12


def test_yesterdays_visitors_are_nobody():
    offer, today = OfferFactory(), timezone.localdate()
    days = [today, today - dt.timedelta(days=1), today - dt.timedelta(days=1), today - dt.timedelta(days=500)]
    for number, day in enumerate(days):
        OutboundClick.objects.create(offer=offer, vendor=offer.vendor, session_hash=f"{number:064d}", day=day)
    assert forget_visitors() == 3
    kept = OutboundClick.objects.order_by("pk")
    assert [len(click.session_hash) for click in kept] == [64, len(str(kept[1].pk)), len(str(kept[2].pk))]
    assert forget_visitors() == 0


def test_a_vendor_sees_its_own_clicks(client):
    member = MembershipFactory()
    mine, foreign = OfferFactory(vendor=member.vendor, title="Моє"), OfferFactory(title="Чуже")
    for number, offer in enumerate([mine, mine, foreign]):
        OutboundClick.objects.create(
            offer=offer, vendor=offer.vendor, session_hash=str(number), day=timezone.localdate()
        )
    client.force_login(member.user)
    body = client.get(f"/en/desk/{member.vendor.slug}/buyers/clicks/").content.decode()
    assert "2 clicks" in body
    assert "Моє" in body
    assert "Чуже" not in body


def test_unmet_demand_has_an_empty_state_and_next_steps(client):
    member = MembershipFactory()
    client.force_login(member.user)
    body = client.get(f"/en/desk/{member.vendor.slug}/buyers/demand/").content.decode()
    assert "Nothing is missing so far" in body
    assert f"/en/desk/{member.vendor.slug}/price-lists/" in body
