"""Two connections at once: what the request's lock and the database's clock keep apart.

On SQLite the second connection is another process's view of a database file; on PostgreSQL rows are locked.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from buyer_requests import services
from buyer_requests.bidding import automatic, counters, rules
from buyer_requests.bidding.enums import RuleState
from buyer_requests.changing.content import content_of
from buyer_requests.changing.errors import NothingToPublish, RequestChanged
from buyer_requests.changing.services import publish_change, save_change
from buyer_requests.changing.standing import unconfirmed
from buyer_requests.enums import BidState, RequestState
from buyer_requests.errors import BidNotSent, CounterGone, RequestNotOpen
from buyer_requests.locks import database_now, locked_request
from buyer_requests.matching import rematch_request
from buyer_requests.models import (
    Award,
    Bid,
    BiddingRule,
    BidRevision,
    BuyerRequest,
    Hearing,
    Parcel,
    Reach,
    RuleOutcome,
    VendorNotice,
    WaitingVendor,
)
from buyer_requests.telling import delivering, parcels, turns
from catalog.enums import Availability
from core.errors import DomainError
from notifications.models import Notification
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import bid_line, make_bid, make_open
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import MembershipFactory, VendorFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _two_connections(transactional_db, tmp_path):
    """On SQLite the tests' database lies in memory, where connections share their locks: a copy in a file does not."""
    if connection.vendor != "sqlite":
        yield
        return
    name, inner = connection.settings_dict["NAME"], connection.connection
    with sqlite3.connect(tmp_path / "race.sqlite3") as copy:
        inner.backup(copy)
    copy.close()
    connection.connection = None
    connection.settings_dict["NAME"] = str(tmp_path / "race.sqlite3")
    yield
    connection.close()
    connection.settings_dict["NAME"] = name
    connection.connection = inner


def _at_once(*actions: Callable[[], object]) -> list[object]:
    """Runs the actions in threads of their own connections; their results, or the errors they ended in."""
    ready = threading.Barrier(len(actions))
    results: list[object] = [None] * len(actions)

    def run(place: int, action: Callable[[], object]) -> None:
        try:
            ready.wait(timeout=10)
            results[place] = action()
        except DomainError as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def test_clock_is_the_databases_and_is_read_after_the_lock():
    request = make_open()
    with transaction.atomic():
        _same, now = locked_request(request.pk)
        assert abs(timezone.now() - now) < dt.timedelta(seconds=5)
        assert database_now() >= now


def test_bid_that_waited_past_the_deadline_is_late():
    request, vendor = make_open(), VendorFactory()
    BuyerRequest.objects.filter(pk=request.pk).update(deadline_at=timezone.now() + dt.timedelta(seconds=1))
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            locked_request(request.pk)
            BuyerRequest.objects.filter(pk=request.pk).update(notes="held")
            held.set()
            free.wait(timeout=1.5)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(timeout=10)
    with pytest.raises(RequestNotOpen):
        make_bid(request, vendor, {1: 100})
    holder.join()
    assert Bid.objects.count() == 0


@pytest.mark.parametrize("_round", range(5))
def test_award_and_withdrawal_never_both_hold(_round):
    request, vendor = make_open(), VendorFactory()
    bid = make_bid(request, vendor, {1: 100})
    line = request.lines.get(position=1).pk
    awarded, withdrawn = _at_once(
        lambda: services.award_request(buyer=request.buyer, request=request, choice={line: bid.pk}),
        lambda: services.withdraw_bid(vendor=vendor, request=request),
    )
    bid.refresh_from_db()
    if isinstance(awarded, BidNotSent):
        assert (bid.state, Award.objects.filter(bid=bid).count()) == (BidState.WITHDRAWN, 0)
    else:
        assert isinstance(withdrawn, DomainError)
        assert (bid.state, Award.objects.filter(bid=bid).count()) == (BidState.SENT, 1)


def test_two_awards_at_once_are_one():
    request = make_open()
    bids = [make_bid(request, VendorFactory(), {1: 100}) for _number in range(2)]
    line = request.lines.get(position=1).pk
    results = _at_once(
        *(
            lambda bid=bid: services.award_request(
                buyer=request.buyer, request=request, choice={line: bid.pk}
            )
            for bid in bids
        )
    )
    assert sum(isinstance(result, DomainError) for result in results) == 1
    assert Award.objects.count() == 1


def test_one_vendors_two_people_bid_at_once_into_one_bid():
    request, vendor = make_open(), VendorFactory()
    _at_once(
        lambda: make_bid(request, vendor, {1: 100}),
        lambda: make_bid(request, vendor, {1: 200}),
    )
    bid = Bid.objects.get()
    assert (bid.revision, bid.lines.count(), BidRevision.objects.count()) == (2, 1, 2)


def test_closing_and_prolonging_end_in_one_state():
    request = make_open()
    BuyerRequest.objects.filter(pk=request.pk).update(deadline_at=timezone.now() - dt.timedelta(seconds=1))
    closed, prolonged = _at_once(
        services.close_due_requests,
        lambda: services.move_deadline(
            buyer=request.buyer, request=request, deadline_at=timezone.now() + dt.timedelta(days=1)
        ),
    )
    assert closed == 1
    assert isinstance(prolonged, RequestNotOpen)
    assert BuyerRequest.objects.get().state == RequestState.CLOSED


def test_the_caps_of_a_rule_hold_when_requests_come_at_once():
    vendor = VendorFactory()
    OfferFactory(vendor=vendor, title="Степлер металевий", availability=Availability.IN_STOCK)
    lines = (services.LineInput(text="Степлер металевий", unit="H87"),)
    requests = [make_open(lines=lines) for _number in range(4)]
    for request in requests:
        rematch_request(request.pk)
    values = {"name": "Усе", "only_verified": False, "most_a_day": 2}
    rule = rules.save_rule(vendor=vendor, user=UserFactory(), rule=None, values=values)
    BiddingRule.objects.filter(pk=rule.pk).update(state=RuleState.LIVE)
    _at_once(*(lambda pk=request.pk: automatic.bid_by_rules([(pk, vendor.pk)]) for request in requests))
    assert sorted(RuleOutcome.objects.values_list("outcome", "reason")) == [
        ("sent", ""), ("sent", ""), ("waits", "cap"), ("waits", "cap"),
    ]  # fmt: skip
    assert Bid.objects.filter(is_automatic=True).count() == 2


def test_the_same_pair_twice_at_once_is_one_automatic_bid_beside_a_person_too():
    vendor = VendorFactory()
    OfferFactory(vendor=vendor, title="Степлер металевий", availability=Availability.IN_STOCK)
    request = make_open(lines=(services.LineInput(text="Степлер металевий", unit="H87"),))
    rematch_request(request.pk)
    rule = rules.save_rule(
        vendor=vendor, user=UserFactory(), rule=None, values={"name": "Усе", "only_verified": False}
    )
    BiddingRule.objects.filter(pk=rule.pk).update(state=RuleState.LIVE)
    pair = (request.pk, vendor.pk)
    _at_once(
        lambda: automatic.bid_by_rules([pair]),
        lambda: automatic.bid_by_rules([pair]),
        lambda: make_bid(request, vendor, {1: 777}),
    )
    bid = Bid.objects.get()
    # Whoever came first: what a person sent is what stands.
    assert (bid.is_automatic, bid.lines.get().price_amount, RuleOutcome.objects.count()) == (False, 777, 1)


@pytest.mark.parametrize("_round", range(3))
def test_counter_offer_is_accepted_or_the_bid_withdrawn_never_both(_round):
    request, vendor = make_open(), VendorFactory()
    bid = make_bid(request, vendor, {1: 100})
    counter = counters.make_counter_offer(user=request.buyer, bid=bid, price_amount=150)
    accepted, withdrawn = _at_once(
        lambda: counters.decide_counter_offer(user=bid.sent_by, counter=counter, accept=True, vendor=vendor),
        lambda: services.withdraw_bid(vendor=vendor, request=request),
    )
    bid.refresh_from_db()
    assert bid.state == BidState.WITHDRAWN  # after the agreement or before it: a withdrawal is the last word
    assert not isinstance(withdrawn, DomainError)
    assert bid.revision == (1 if isinstance(accepted, BidNotSent) else 2)


def test_answers_pressed_twice_at_once_are_one():
    request, vendor = make_open(), VendorFactory()
    bid = make_bid(request, vendor, {1: 100})
    counter = counters.make_counter_offer(user=request.buyer, bid=bid, price_amount=150)
    results = _at_once(
        *(
            lambda: counters.decide_counter_offer(
                user=bid.sent_by, counter=counter, accept=True, vendor=vendor
            )
            for _number in range(3)
        )
    )
    assert sum(isinstance(result, CounterGone) for result in results) == 2
    assert BidRevision.objects.count() == 2


def test_the_same_notices_told_by_two_workers_are_told_once_and_counted_once():
    person = MembershipFactory().user
    vendor = person.memberships.get().vendor
    requests = [make_open() for _ in range(6)]
    Hearing.objects.create(vendor=vendor, quiet_from=0, quiet_to=0, most_a_day=4)
    VendorNotice.objects.bulk_create(
        [VendorNotice(request=request, vendor=vendor, reason="match") for request in requests]
    )
    pairs = [(request.pk, vendor.pk) for request in requests]
    told = _at_once(*[lambda: delivering.deliver(pairs)] * 3)
    assert sorted(told) == [0, 0, 6]
    parcel = Parcel.objects.get()
    sent = _at_once(*[lambda: parcels.send_due(now=parcel.due_at)] * 3)
    assert sorted(sent) == [0, 0, 1]
    assert Notification.objects.filter(user=person, kind="request.collected").count() == 1
    assert Notification.objects.get(kind="request.collected").params["count"] == 2
    assert Counter(VendorNotice.objects.values_list("state", flat=True)) == {"told": 6}


def test_two_sweeps_give_one_turn():
    request = make_open()
    vendors = [VendorFactory() for _ in range(3)]
    WaitingVendor.objects.bulk_create(
        [WaitingVendor(request=request, vendor=each, reason="match", place=1) for each in vendors]
    )
    now = timezone.now()
    Reach.objects.create(request=request, next_at=now)
    assert sorted(_at_once(*[lambda: turns.give_turns(now=now)] * 3)) == [0, 0, 3]
    assert VendorNotice.objects.count() == 3


def _drafted(request: BuyerRequest) -> BuyerRequest:
    """A change of the first line's quantity waits to be published."""
    content = content_of(request)
    content["lines"][0] = content["lines"][0] | {"quantity": "77.000"}
    save_change(buyer=request.buyer, request=request, content=content)
    return request


@pytest.mark.parametrize("_round", range(3))
def test_a_bid_never_answers_a_change_that_its_vendor_did_not_see(_round):
    request, vendor = _drafted(make_open()), VendorFactory()
    lines = [bid_line(request, 1, 100)]
    changed, sent = _at_once(
        lambda: publish_change(buyer=request.buyer, request=request, base=1),
        lambda: services.send_bid(
            vendor=vendor, user=None, request=request, lines=lines, terms=services.bids.BidTerms(), version=1
        ),
    )
    assert not isinstance(changed, DomainError)
    request.refresh_from_db()
    if isinstance(sent, RequestChanged):
        assert Bid.objects.count() == 0
    else:
        assert list(unconfirmed(request)) == [Bid.objects.get()]


def test_a_change_is_published_once_and_not_after_the_deadline():
    request = _drafted(make_open())
    results = _at_once(
        *[lambda: publish_change(buyer=request.buyer, request=request, base=1) for _press in range(2)]
    )
    assert sorted(isinstance(each, NothingToPublish) for each in results) == [False, True]
    request.refresh_from_db()
    assert (request.version, request.versions.count()) == (2, 2)
    save_change(buyer=request.buyer, request=request, content=content_of(request) | {"notes": "x"})
    BuyerRequest.objects.filter(pk=request.pk).update(deadline_at=timezone.now() + dt.timedelta(seconds=1))
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            locked_request(request.pk)
            BuyerRequest.objects.filter(pk=request.pk).update(title="held")
            held.set()
            free.wait(timeout=1.5)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(timeout=10)
    with pytest.raises(RequestNotOpen):
        publish_change(
            buyer=request.buyer, request=request, base=2, deadline_at=timezone.now() + dt.timedelta(days=1)
        )
    holder.join()
    assert request.versions.count() == 2
