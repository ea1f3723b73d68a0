"""“Still in stock?”: who is asked when, and what one press does."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from catalog.models import Supply
from notifications.models import Notification
from price_lists.freshness import links
from price_lists.freshness.reads import holdings_of
from price_lists.freshness.reminders import EXPIRED, EXPIRING, remind
from price_lists.models import Source
from tests.factories.catalog import CategoryFactory, OfferFactory, SupplyFactory
from tests.factories.vendors import MembershipFactory, VendorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return MembershipFactory(vendor=VendorFactory())


def source_of(vendor, days, name="Прайс", offers=2, **values):
    supply = SupplyFactory(
        vendor=vendor, source=f"s:{name}", confirmed_at=timezone.now() - dt.timedelta(days=days)
    )
    OfferFactory.create_batch(offers, vendor=vendor, supply=supply, **values)
    return Source.objects.create(vendor=vendor, name=name, supply=supply)


def age(source):
    return timezone.now() - Supply.objects.get(pk=source.supply_id).confirmed_at


def test_what_is_fresh_asks_nobody(member):
    source_of(member.vendor, 10)
    assert holdings_of(member.vendor) == []


def test_stale_and_expired_offers_are_counted_by_the_days_of_their_categories(member):
    source = source_of(member.vendor, 20)
    OfferFactory(vendor=member.vendor, supply=source.supply, category=CategoryFactory(fresh_days=7))
    OfferFactory(vendor=member.vendor, supply=source.supply, withdrawn_at=timezone.now())
    (found,) = holdings_of(member.vendor)
    assert (found.source, found.expired, found.expired_days, found.going, found.days) == (source, 1, 7, 2, 30)
    assert found.expires_at == source.supply.confirmed_at + dt.timedelta(days=30)
    assert not found.is_fetched


@pytest.mark.parametrize("count", [1, 3])
def test_what_waits_costs_the_same_with_more_sources(member, django_assert_num_queries, count):
    for number in range(count):
        source_of(member.vendor, 20, name=str(number), category=CategoryFactory())
    with django_assert_num_queries(4):
        assert len(holdings_of(member.vendor)) == count


def test_the_desk_asks_and_one_press_confirms_one_source(client, member):
    first, second = source_of(member.vendor, 20, "a"), source_of(member.vendor, 40, "b")
    client.force_login(member.user)
    page = BeautifulSoup(client.get(f"/en/desk/{member.vendor.slug}/").content, "lxml")
    text = " ".join(page.select_one("#today-still").find_parent("section").get_text(" ").split())
    assert "2 offers leave the lists" in text
    assert "2 offers have left the lists" in text
    client.post(f"/desk/{member.vendor.slug}/price-lists/still-in-stock/", {"source": first.pk})
    assert age(first) < dt.timedelta(minutes=1)
    assert age(second) > dt.timedelta(days=39)


def test_one_press_confirms_all_that_grow_stale(client, member):
    sources = [source_of(member.vendor, 20, "a"), source_of(member.vendor, 40, "b")]
    foreign = source_of(VendorFactory(), 40)
    client.force_login(member.user)
    client.post(f"/desk/{member.vendor.slug}/price-lists/still-in-stock/")
    assert [age(each) < dt.timedelta(minutes=1) for each in (*sources, foreign)] == [True, True, False]


def test_a_foreign_source_is_unknown_and_stays(client, member):
    foreign = source_of(VendorFactory(), 40)
    client.force_login(member.user)
    answer = client.post(f"/desk/{member.vendor.slug}/price-lists/still-in-stock/", {"source": foreign.pk})
    assert answer.status_code == 404
    assert age(foreign) > dt.timedelta(days=39)


def test_people_are_reminded_once_a_window_before_and_once_after(member):
    source = source_of(member.vendor, 26)
    assert remind() == 0
    Supply.objects.update(confirmed_at=timezone.now() - dt.timedelta(days=28))
    assert remind() == 1
    assert remind() == 0
    told = Notification.objects.get()
    assert (told.kind, told.user, told.params["offers"]) == (EXPIRING, member.user, 2)
    Supply.objects.update(confirmed_at=timezone.now() - dt.timedelta(days=31))
    assert remind() == 1
    assert Notification.objects.latest("pk").kind == EXPIRED
    assert remind() == 0
    # Confirmed and left alone again: another window.
    Supply.objects.filter(pk=source.supply_id).update(confirmed_at=timezone.now() - dt.timedelta(days=29))
    assert remind() == 1


def test_who_has_no_offers_on_sale_or_is_not_shown_is_not_written_to(member):
    source_of(member.vendor, 28, offers=0)
    source_of(MembershipFactory(vendor=VendorFactory(state="suspended")).vendor, 28)
    assert remind() == 0


def test_opening_the_link_of_a_letter_changes_nothing_and_pressing_confirms_once(client, member):
    source = source_of(member.vendor, 28)
    remind()
    url = Notification.objects.get().url
    for _look in range(2):
        assert client.get(url).status_code == 200
    assert age(source) > dt.timedelta(days=27)
    client.post(url)
    confirmed_at = Supply.objects.get().confirmed_at
    assert age(source) < dt.timedelta(minutes=1)
    client.post(url)
    assert Supply.objects.get().confirmed_at == confirmed_at


def test_the_link_wants_the_token_of_the_form(member):
    from django.test import Client  # checks what the plain test client leaves out

    source = source_of(member.vendor, 28)
    assert Client(enforce_csrf_checks=True).post(links.link_for(source)).status_code == 403
    assert age(source) > dt.timedelta(days=27)


@pytest.mark.parametrize("spoil", [lambda token: token + "x", lambda _: "WzEsMV0:1:x"])
def test_a_made_up_link_is_gone(client, member, spoil):
    source = source_of(member.vendor, 28)
    token = links.link_for(source).rstrip("/").rpartition("/")[2]
    answer = client.post(reverse("price_lists_public:still", args=[spoil(token)]))
    assert answer.status_code == 410
    assert age(source) > dt.timedelta(days=27)


def test_links_of_vendors_that_are_not_shown_are_gone(client, member):
    source = source_of(member.vendor, 28)
    url = links.link_for(source)
    member.vendor.state = "suspended"
    member.vendor.save()
    assert client.post(url).status_code == 410
    assert age(source) > dt.timedelta(days=27)
