"""Vendors' quality: bounded, little moved by little evidence, made of what the rooms know."""

import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from buyer_requests.enums import BidState
from buyer_requests.models import Award, Bid
from price_lists.enums import RunState
from price_lists.models import ImportRun, PriceList, Source
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import make_bid, make_open
from tests.factories.catalog import OfferFactory, SupplyFactory
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.quality import MOST, PRIOR, Evidence, evidence_of, kinds, quality_of
from vendors.services import refresh_quality


@given(
    st.lists(
        st.builds(Evidence, st.floats(-1, 2), st.integers(-5, 10_000)), min_size=0, max_size=len(kinds()) or 5
    )
)
def test_no_evidence_leads_out_of_bounds(evidence):
    assert 0.14 <= quality_of(evidence) <= 0.86


def test_little_evidence_says_little_and_no_kind_decides_alone():
    assert quality_of([]) == 0.5
    assert quality_of([Evidence(1, 1)]) == pytest.approx(11 / 21, abs=0.001)
    assert quality_of([Evidence(0, 1)]) == pytest.approx(10 / 21, abs=0.001)
    assert quality_of([Evidence(1, 10_000)]) == pytest.approx(20 / 30, abs=0.001)
    assert quality_of([Evidence(1, 10_000)] * 2) < 0.8 < quality_of([Evidence(1, 10)] * 4)
    assert (PRIOR, MOST) == (20, 10)


def run(vendor, *, days=0, errors=0, state=RunState.APPLIED):
    supply = SupplyFactory(vendor=vendor, source=f"price_source:{vendor.pk}")
    source, _made = Source.objects.get_or_create(vendor=vendor, name="Прайс", supply=supply)
    found = ImportRun.objects.create(
        vendor=vendor, source=source, state=state, counts={"errors": errors, "offers": 10 - errors},
        price_list=PriceList.objects.create(source=source, file="x", original_name="x", size=1, sha256="x"),
    )  # fmt: skip
    ImportRun.objects.filter(pk=found.pk).update(created_at=timezone.now() - dt.timedelta(days=days))


@pytest.mark.django_db
def test_each_room_tells_what_it_knows():
    vendor = VendorFactory(decided_at=timezone.now() - dt.timedelta(days=30))
    OfferFactory.create_batch(3, vendor=vendor)
    old = SupplyFactory(vendor=vendor, source="old", confirmed_at=timezone.now() - dt.timedelta(days=60))
    OfferFactory(vendor=vendor, supply=old)
    run(vendor, errors=1)
    run(vendor, errors=1)
    run(vendor, days=5)
    run(vendor, days=6, errors=9, state=RunState.FAILED)
    run(vendor, days=200, errors=9)
    buyer = UserFactory()
    bids = [make_bid(make_open(person), vendor, {1: 100}) for person in (buyer, buyer, UserFactory())]
    Bid.objects.filter(pk=bids[2].pk).update(state=BidState.WITHDRAWN)
    line = bids[0].request.lines.get(position=1)
    Award.objects.create(
        request=bids[0].request,
        line=line,
        bid=bids[0],
        quantity=1,
        price_amount=1,
        state="accepted",
        awarded_by=buyer,
    )
    other = VendorFactory(quality=0.9)
    known = {kind.key: (round(each.share, 3), each.cases) for kind, each in evidence_of(vendor.pk) if each}
    assert known == {
        "fresh": (0.75, 4),
        "rows": (round(1 - 5 * 2 / 30, 3), 2),
        "bids": (round(2 / 3, 3), 2),
        "awards": (1.0, 1),
    }
    assert refresh_quality() == 2
    assert refresh_quality() == 0
    vendor.refresh_from_db()
    other.refresh_from_db()
    assert vendor.quality == quality_of([each for _kind, each in evidence_of(vendor.pk) if each])
    assert other.quality == 0.5  # nothing is known of it


@pytest.mark.django_db
def test_the_desk_says_what_counts(client):
    member = MembershipFactory()
    client.force_login(member.user)
    body = client.get(f"/en/desk/{member.vendor.slug}/buyers/standing/").content.decode()
    assert "Your quality: 50 of 100" in body
    assert body.count("nothing known yet") == len(kinds()) == 5
