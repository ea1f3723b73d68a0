"""Two connections at once on a sealed request: its lock and the database's clock decide, on both databases."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from buyer_requests import services
from buyer_requests.enums import BidState, RequestState
from buyer_requests.errors import RequestNotOpen
from buyer_requests.locks import database_now, locked_request
from buyer_requests.models import Bid, BuyerRequest, SealedBid, SealedRecord
from buyer_requests.sealing import log, opening, pages
from buyer_requests.sealing.canonical import moment
from buyer_requests.sealing.enums import Kind
from buyer_requests.sealing.verifying import verify
from core.errors import DomainError
from tests.buyer_requests.sealing.making import make_sealed, pass_by
from tests.factories.buyer_requests import bid_line, make_bid
from tests.factories.vendors import VendorFactory

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


def _bid(request, vendor, price):
    """A bid without the making of people, which would take longer than the race."""
    return services.send_bid(
        vendor=vendor,
        user=None,
        request=request,
        lines=[bid_line(request, 1, price)],
        terms=services.bids.BidTerms(),
    )


def _until(seconds: float, **values):
    """A sealed request whose deadline is so near, in its log too."""
    return make_sealed(deadline_at=timezone.now() + dt.timedelta(seconds=seconds), **values)


def _findings(request):
    found = BuyerRequest.objects.get(pk=request.pk)
    return {
        each.code
        for each in verify(pages.log_file(found), None, pages.opened_file(found, named=True))
        if not each.is_good
    }


def test_bids_in_the_last_moments_are_in_or_late_and_the_log_agrees_with_what_opens():
    """Whoever was told of a receipt is opened; whoever was refused is nowhere. The clock runs out under the race."""
    request, vendors = _until(0.6, shows_count=True), [VendorFactory() for _number in range(4)]
    sent: dict[int, int] = {}

    def bids(vendor):
        price = 100
        while True:
            price -= 1
            try:
                _bid(request, vendor, price)
            except RequestNotOpen:
                return
            sent[vendor.pk] = price

    def opens():
        while not opening.open_request(request.pk):
            time.sleep(0.02)
            if SealedRecord.objects.filter(kind=Kind.OPENED).exists():
                return 0
        return 1

    results = _at_once(*(lambda vendor=vendor: bids(vendor) for vendor in vendors), opens, opens)
    assert results[-2:].count(1) == 1
    opened = {bid.vendor_id: bid.lines.get().price_amount for bid in Bid.objects.filter(state=BidState.SENT)}
    assert opened == sent
    assert _findings(request) == set()
    assert BuyerRequest.objects.get(pk=request.pk).state == RequestState.CLOSED


def test_a_bid_that_waited_for_the_lock_past_the_deadline_is_late():
    request, vendor = _until(0.5), VendorFactory()
    held = threading.Event()

    def hold() -> None:
        with transaction.atomic():
            locked_request(request.pk)
            BuyerRequest.objects.filter(pk=request.pk).update(notes="held")
            held.set()
            time.sleep(0.7)

    def late() -> object:
        held.wait(timeout=10)
        return _bid(request, vendor, 100)

    _held, refused = _at_once(hold, late)
    assert isinstance(refused, RequestNotOpen)
    assert (SealedBid.objects.count(), SealedRecord.objects.count()) == (0, 1)


@pytest.mark.parametrize("_round", range(3))
def test_a_revision_and_a_withdrawal_at_once_are_two_records_in_some_order(_round):
    request, vendor = make_sealed(), VendorFactory()
    _bid(request, vendor, 100)
    _at_once(lambda: _bid(request, vendor, 90), lambda: services.withdraw_bid(vendor=vendor, request=request))
    kinds = list(SealedRecord.objects.order_by("sequence").values_list("kind", flat=True))[2:]
    assert kinds in (["revised", "withdrawn"], ["withdrawn", "sent"])
    pass_by(request)
    opening.open_due_requests()
    stands = BidState.WITHDRAWN if kinds[-1] == "withdrawn" else BidState.SENT
    assert Bid.objects.get().state == stands
    assert SealedRecord.objects.get(kind=Kind.OPENED).details["faults"] == []


def test_two_openings_at_once_are_one():
    request = make_sealed()
    for price in (100, 200, 300):
        _bid(request, VendorFactory(), price)
    pass_by(request)
    results = _at_once(*[lambda: opening.open_request(request.pk)] * 3)
    assert sorted(results) == [False, False, True]
    assert (Bid.objects.count(), SealedRecord.objects.filter(kind=Kind.OPENED).count()) == (3, 1)


def test_without_the_lock_the_chain_would_fork():
    """The control: what `log.append` does, done at once without the request's lock, gives two records one place."""
    request = make_sealed()
    looked = threading.Barrier(2)

    def append() -> object:
        last = SealedRecord.objects.filter(request=request).order_by("-sequence").first()
        looked.wait(timeout=10)
        return (last.sequence + 1, last.hash)

    unlocked = _at_once(append, append)
    assert unlocked[0] == unlocked[1]  # the same place after the same record: one of them would be lost

    def locked() -> object:
        with transaction.atomic():
            current, now = locked_request(request.pk)
            return log.append(
                current, Kind.DEADLINE, now, details={"deadline": moment(database_now())}
            ).sequence

    assert sorted(_at_once(locked, locked)) == [2, 3]
    records = log.records_of(request)
    assert [record.previous for record in records[1:]] == [record.hash for record in records[:-1]]


def test_more_time_and_the_opening_at_once_end_in_one_of_both():
    request = _until(0.3, shows_count=True)
    make_bid(request, VendorFactory(), {1: 100})
    later = timezone.now() + dt.timedelta(days=1)

    def prolong():
        time.sleep(0.28)
        return services.move_deadline(buyer=request.buyer, request=request, deadline_at=later)

    def opens():
        until = time.monotonic() + 0.6
        while time.monotonic() < until:
            if opening.open_request(request.pk):
                return True
            time.sleep(0.005)
        return False

    prolonged, opened = _at_once(prolong, opens)
    assert isinstance(prolonged, RequestNotOpen) == opened
    assert SealedRecord.objects.filter(kind=Kind.OPENED).count() == int(opened)
