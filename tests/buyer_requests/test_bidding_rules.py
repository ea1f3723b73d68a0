"""Bids by rules: what they price, what holds them back, once for each request, and the switches."""

from __future__ import annotations

from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from buyer_requests import services
from buyer_requests.bidding import automatic, rules
from buyer_requests.bidding.deciding import in_hours, price_of
from buyer_requests.bidding.enums import Outcome, RuleState, Supply
from buyer_requests.bidding.prefill import Choice
from buyer_requests.enums import BidState
from buyer_requests.errors import RuleIncomplete
from buyer_requests.models import Bid, BiddingRule, RuleOutcome
from buyer_requests.services import LineInput
from catalog.enums import Availability
from catalog.models import Offer
from notifications.models import Notification
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import bid_line, make_bid, make_member, make_open
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import VendorFactory
from vendors.models import Vendor

LINES = (LineInput(text="Степлер металевий", quantity=Decimal(2), unit="H87"),)


def choice(price: int = 1_000_000, units: int = 1) -> Choice:
    return Choice(
        Offer(pk=1, title="Степлер"), price, None, Decimal(1), None, price, price, Decimal(units), 0,
        Supply.STOCK, (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("discount", "margin", "purchase", "price"),
    [
        (0, None, None, 1_000_000),
        (10, None, None, 900_000),
        (10, 20, None, 1_000_000),  # its purchase price is not known: no discount without a floor
        (10, 20, 700_000, 900_000),
        (10, 20, 800_000, 960_000),
        (10, 20, 900_000, None),  # the list price itself is below
    ],
)
def test_price_is_discounted_down_to_the_margin(discount, margin, purchase, price):
    rule = BiddingRule(discount_percent=Decimal(discount), margin_percent=margin and Decimal(margin))
    assert price_of(rule, choice(), purchase) == price


def test_purchase_price_of_a_pack_is_held_against_the_piece():
    rule = BiddingRule(discount_percent=Decimal(50), margin_percent=Decimal(0))
    assert price_of(rule, choice(100_000, units=10), 600_000) == 60_000


@pytest.mark.parametrize(
    ("hours", "hour", "inside"),
    [((8, 18), 18, False), ((8, 18), 8, True), ((20, 6), 3, True), ((20, 6), 12, False), ((0, 24), 23, True)],
)
def test_hours(hours, hour, inside):
    rule = BiddingRule(hour_from=hours[0], hour_to=hours[1])
    assert in_hours(rule, timezone.localtime().replace(hour=hour)) is inside


def make_rule(vendor: Vendor, **values: object) -> BiddingRule:
    rule = rules.save_rule(
        vendor=vendor,
        user=make_member(vendor),
        rule=None,
        values={"name": "Усе", "only_verified": False} | values,
    )
    rules.try_rule(rule=rule)
    return rules.start_rule(vendor=vendor, user=make_member(vendor), rule=rule)


def stapler(vendor: Vendor, **values: object) -> Offer:
    return OfferFactory(
        vendor=vendor,
        **{"title": "Степлер металевий", "price_amount": 1_000_000, "availability": Availability.IN_STOCK}
        | values,
    )


def outcome() -> tuple[str, str]:
    return RuleOutcome.objects.values_list("outcome", "reason").get()


@pytest.mark.django_db
def test_rule_answers_what_matching_finds_once_and_tells_both(drain):
    vendor = VendorFactory()
    offer = stapler(vendor)
    member = make_member(vendor)
    make_rule(vendor, discount_percent=Decimal(5), terms="Оплата протягом 5 днів")
    request = make_open(lines=LINES)
    drain()
    bid = Bid.objects.get()
    line = bid.lines.get()
    assert (bid.state, bid.is_automatic, bid.sent_by, bid.terms) == (
        BidState.SENT, True, None, "Оплата протягом 5 днів",
    )  # fmt: skip
    assert (line.offer_id, line.quantity, line.price_amount, line.supply) == (offer.pk, 2, 950_000, "stock")
    kinds = list(Notification.objects.filter(user=member).values_list("kind", flat=True))
    assert kinds == ["bid.automatic"]
    assert Notification.objects.get(user=request.buyer).kind == "bid.received"
    automatic.bid_by_rules([(request.pk, vendor.pk)])
    services.withdraw_bid(vendor=vendor, request=request)
    automatic.bid_by_rules([(request.pk, vendor.pk)])
    bid.refresh_from_db()
    assert (bid.revision, bid.state) == (1, BidState.WITHDRAWN)
    again = make_bid(request, vendor, {1: 900_000})
    assert (again.pk, again.is_automatic) == (bid.pk, False)


@pytest.mark.django_db
def test_a_pair_that_breaks_holds_no_other_back(drain):
    broken, whole = VendorFactory(), VendorFactory()
    for vendor in (broken, whole):
        stapler(vendor)
        make_rule(vendor)
    BiddingRule.objects.filter(vendor=broken).update(regions=5)  # a row that nothing of ours writes
    members = [make_member(vendor) for vendor in (broken, whole)]
    make_open(lines=LINES)
    drain()
    assert Bid.objects.get().vendor == whole
    kinds = Notification.objects.filter(user__in=members).order_by("user_id").values_list("kind", flat=True)
    assert list(kinds) == ["request.fits", "bid.automatic"]


@pytest.mark.django_db
def test_rule_never_touches_what_a_person_began(drain):
    vendor = VendorFactory()
    stapler(vendor)
    request = make_open(lines=LINES)
    drain()
    services.save_bid_draft(
        vendor=vendor, request=request, lines=[bid_line(request, 1, 5)], terms=services.bids.BidTerms()
    )
    make_rule(vendor)
    drain()
    assert Bid.objects.get().state == BidState.DRAFT
    assert outcome() == (Outcome.REFUSED, "has_bid")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "offer", "expected"),
    [
        ({"only_verified": True}, {}, (Outcome.REFUSED, "unverified")),
        ({"regions": ["UA-46"]}, {}, (Outcome.REFUSED, "region")),
        ({}, {"availability": Availability.TO_ORDER}, (Outcome.REFUSED, "nothing_fits")),
        ({"needs_stock": False}, {"availability": Availability.TO_ORDER}, (Outcome.SENT, "")),
        ({"most_amount": 1_000_000}, {}, (Outcome.REFUSED, "too_big")),
        ({"most_amount_a_day": 1_000_000}, {}, (Outcome.REFUSED, "too_big")),
    ],
)
def test_what_holds_a_rule_back(drain, values, offer, expected):
    vendor = VendorFactory()
    stapler(vendor, **offer)
    make_rule(vendor, **values)
    request = make_open(lines=LINES)
    EmailAddress.objects.filter(user=request.buyer).update(verified=False)
    drain()
    assert outcome() == expected


@pytest.mark.django_db
def test_cap_of_the_day_waits_and_is_taken_up_again(drain):
    vendor = VendorFactory()
    stapler(vendor)
    rule = make_rule(vendor, most_a_day=1)
    for _number in range(2):
        make_open(lines=LINES)
    drain()
    assert sorted(RuleOutcome.objects.values_list("outcome", "reason")) == [
        (Outcome.SENT, ""), (Outcome.WAITS, "cap"),
    ]  # fmt: skip
    assert (automatic.bid_waiting(), Bid.objects.count()) == (1, 1)
    yesterday = timezone.now() - timezone.timedelta(days=1)
    RuleOutcome.objects.filter(outcome=Outcome.SENT).update(decided_at=yesterday)
    assert (automatic.bid_waiting(), Bid.objects.count()) == (1, 2)
    assert rule.outcomes.count() == 2


@pytest.mark.django_db
def test_rule_starts_only_once_tried_and_stops_at_once(drain):
    vendor = VendorFactory()
    member = make_member(vendor)
    rule = rules.save_rule(vendor=vendor, user=member, rule=None, values={"name": "Усе"})
    with pytest.raises(RuleIncomplete) as untried:
        rules.start_rule(vendor=vendor, user=member, rule=rule)
    assert untried.value.code == "not_tried"
    stapler(vendor)
    request = make_open(lines=LINES)
    drain()
    rule = rules.save_rule(vendor=vendor, user=member, rule=rule, values={"only_verified": False})
    run = rules.try_rule(rule=rule)
    assert (len(run.trials), run.bids, run.amount_base, run.open_now, run.reasons) == (1, 1, 2_000_000, 1, [])
    assert Bid.objects.count() == 0
    operator: User = UserFactory(is_staff=True)
    rules.stop_bidding(operator=operator, vendor=None, reason="Перевірка")
    with pytest.raises(RuleIncomplete, match="Перевірка"):
        rules.start_rule(vendor=vendor, user=member, rule=rule)
    assert rules.lift_stop(operator=operator, vendor=None)
    rules.start_rule(vendor=vendor, user=member, rule=rule)
    assert rules.pause_rules(vendor=vendor) == 1
    drain()
    assert (Bid.objects.count(), BiddingRule.objects.get().state) == (0, RuleState.PAUSED)
    rules.start_rule(vendor=vendor, user=member, rule=rule)
    drain()
    assert Bid.objects.get().request_id == request.pk


@pytest.mark.django_db
def test_a_trial_that_is_looked_at_writes_nothing_and_starts_only_the_rule_that_it_was_of(sign_in):
    vendor = VendorFactory()
    member = make_member(vendor)
    rule = rules.save_rule(vendor=vendor, user=member, rule=None, values={"name": "Усе"})
    client = sign_in(member)
    page = client.get(reverse("requests_desk:rule_try", args=[vendor.slug, rule.pk]))
    rule.refresh_from_db()
    assert (page.status_code, rule.tried_at) == (200, None)
    switch = reverse("requests_desk:rule_switch", args=[vendor.slug, rule.pk])
    rules.save_rule(vendor=vendor, user=member, rule=rule, values={"discount_percent": 5})
    rule.refresh_from_db()
    for seen, state in ((page.context["mark"], RuleState.DRAFT), (rules.mark_of(rule), RuleState.LIVE)):
        client.post(switch, {"start": "1", "seen": seen})
        rule.refresh_from_db()
        assert rule.state == state
