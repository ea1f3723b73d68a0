"""Near misses: exactly one limit missed, said in words, seen by buyer and vendor, and offered as they are."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from buyer_requests.drafting.keys import give_key
from buyer_requests.matching import match_offers, rematch_request
from buyer_requests.models import BidLine, LineMatch
from buyer_requests.selectors.near import near_offers
from buyer_requests.services import LineInput
from catalog.models import StockLevel
from tests.factories.buyer_requests import make_member, make_open
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import VendorFactory
from vendors.models import PickupPoint

pytestmark = pytest.mark.django_db


def _pairs(request):
    return set(LineMatch.objects.filter(line__request=request).values_list("line__position", "offer_id"))


def _both_ways(request, offers):
    """What both directions store, which is the same."""
    rematch_request(request.pk)
    forward = _pairs(request)
    LineMatch.objects.all().delete()
    match_offers([offer.pk for offer in offers])
    assert _pairs(request) == forward
    return {offer for _line, offer in forward}


def test_regions_points_and_days_limit_where_they_are_told():
    today = timezone.localdate()
    here, away, silent, point, slow = (
        VendorFactory(region="UA-30", **values)
        for values in (
            {"delivery_regions": ["UA-46"], "delivery_days": 2},
            {"delivery_regions": ["UA-51"], "delivery_days": 2},
            {},
            {"delivery_regions": ["UA-51"], "delivery_days": 9},
            {"delivery_regions": ["UA-46"], "delivery_days": 6},
        )
    )
    PickupPoint.objects.create(vendor=point, name="Точка", address="1", city="м. Львів")
    offers = {
        vendor.pk: OfferFactory(vendor=vendor, title="Степлер")
        for vendor in (here, away, silent, point, slow)
    }
    ordered = OfferFactory(vendor=here, title="Степлер синій")
    StockLevel.objects.create(offer=ordered, state="to_order", order_days=5)
    line = LineInput(text="степлер")
    request = make_open(
        lines=[line], place="Львів, Площа Ринок", region="UA-46", needed_by=today + dt.timedelta(days=4)
    )
    met = _both_ways(request, [*offers.values(), ordered])
    assert met == {offers[vendor.pk].pk for vendor in (here, silent, point)}
    with translation.override("en"):
        near = {each.offer.pk: (each.code, each.reason) for each in near_offers(request.lines.get())}
    assert near == {
        offers[away.pk].pk: ("place", "does not deliver here: Lviv region"),
        offers[slow.pk].pk: ("days", "2 days later than needed"),
        ordered.pk: ("days", "3 days later than needed"),
    }


def test_reasons_say_by_how_much():
    vendor = VendorFactory()
    dear = OfferFactory(vendor=vendor, title="Степлер металевий чорний", price_amount=1_120_000)
    few = OfferFactory(vendor=vendor, title="Степлер металевий чорний №2", price_amount=900_000)
    StockLevel.objects.create(offer=few, quantity=30)
    other = OfferFactory(vendor=vendor, title="Степлер пластиковий чорний", price_amount=900_000)
    both = OfferFactory(vendor=vendor, title="Степлер пластиковий чорний", price_amount=1_900_000)
    good = OfferFactory(vendor=vendor, title="Степлер металевий чорний №3", price_amount=900_000)
    OfferFactory(vendor=vendor, title="Скоби для степлера, металевий чорний", price_amount=900_000)
    request = make_open(
        lines=[LineInput(text="степлер металевий чорний", quantity=Decimal(50), ceiling_amount=1_000_000)]
    )
    assert _both_ways(request, [dear, few, other, both, good]) == {good.pk}
    with translation.override("en"):
        near = [
            (each.offer.pk, each.reason.replace("\xa0", " ")) for each in near_offers(request.lines.get())
        ]
    assert near == [
        (dear.pk, "12.00 UAH over the ceiling"),
        (few.pk, "only 30 of 50 in stock"),
        (other.pk, "“металевий” is not in its name"),
    ]


def test_vendor_offers_a_near_miss_as_it_is(client):
    vendor = VendorFactory()
    mine = OfferFactory(vendor=vendor, title="Степлер пластиковий", price_amount=900_000)
    OfferFactory(title="Степлер пластиковий", price_amount=800_000)
    request = make_open(lines=[LineInput(text="степлер металевий", quantity=Decimal(5))])
    client.force_login(make_member(vendor))
    here = [vendor.slug, request.public_id]
    page = client.get(reverse("requests_desk:near", args=[*here, 1]), headers={"HX-Request": "true"})
    listed = [each.offer.pk for each in page.context["near"]]
    assert listed == [mine.pk]
    link = f"{reverse('requests_desk:detail', args=here)}?use=1:{mine.pk}"
    assert link in page.content.decode()
    form = client.get(link).context["lines"][0]
    sent = {
        f"{form.prefix}-{name}": form[name].value() or "" for name in form.fields if name != "is_divisible"
    }
    sent |= {f"{form.prefix}-include": "on", f"{form.prefix}-is_substitute": "on"}
    answer = client.post(link, {**sent, "currency": "UAH", "delivery_price": "", "send": "1", "page": "1"})
    assert answer.status_code == 302
    line = BidLine.objects.get()
    assert (line.offer_id, line.title, line.price_amount, line.is_substitute) == (
        mine.pk,
        "Степлер пластиковий",
        900_000,
        True,
    )
    again = client.get(reverse("requests_desk:detail", args=here)).context["lines"][0]
    assert [choice.offer.pk for choice in again.draft.choices] == [mine.pk]


def test_buyer_asks_for_near_misses_of_an_own_line_only(client):
    request = make_open(lines=[LineInput(text="степлер металевий")])
    near = OfferFactory(title="Степлер пластиковий")
    address = reverse("requests:near", args=[request.public_id, 1])
    client.force_login(request.buyer)
    assert near.title in client.get(address).content.decode()
    assert client.get(reverse("requests:near", args=[request.public_id, 2])).status_code == 404
    client.force_login(make_member(VendorFactory()))
    assert client.get(address).status_code == 404


def test_three_near_misses_are_shown_and_the_rest_is_folded(client):
    request = make_open(lines=[LineInput(text="степлер металевий")])
    for number in range(5):
        OfferFactory(title=f"Степлер пластиковий {number}")
    client.force_login(request.buyer)
    page = client.get(reverse("requests:near", args=[request.public_id, 1])).content.decode()
    shown, folded = page.split('<details class="near-rest">')
    assert (shown.count("Степлер пластиковий"), folded.count("Степлер пластиковий")) == (3, 2)


def test_a_program_reads_near_misses_of_its_owner_only(client):
    request = make_open(lines=[LineInput(text="степлер", ceiling_amount=1_000_000)])
    dear = OfferFactory(title="Степлер металевий", price_amount=1_120_000)
    OfferFactory(title="Степлер синій", price_amount=900_000)
    address = reverse("requests_api:near", args=[request.public_id, 1])
    _key, secret = give_key(owner=request.buyer)
    answer = client.get(address, headers={"Authorization": f"Bearer {secret}"})
    told = answer.json()
    (near,) = told["near_misses"]
    assert (told["position"], told["text"]) == (1, "степлер")
    assert near.pop("url").startswith("http://testserver/")
    assert "12,00" in near.pop("reason")
    assert near == {
        "offer": dear.pk,
        "title": "Степлер металевий",
        "vendor": dear.vendor.slug,
        "price": "112",
        "currency": "UAH",
        "missed": "price",
    }
    _key, other = give_key(owner=make_member(VendorFactory()))
    assert client.get(address, headers={"Authorization": f"Bearer {other}"}).status_code == 404
    assert client.get(address).status_code == 401
