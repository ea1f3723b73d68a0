"""Two connections at once: what the request's lock and the database's clock keep apart.

On SQLite the second connection is another process's view of a database file; on PostgreSQL rows are locked.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from buyer_requests import services
from buyer_requests.enums import BidState, RequestState
from buyer_requests.errors import BidNotSent, RequestNotOpen
from buyer_requests.locks import database_now, locked_request
from buyer_requests.models import Award, Bid, BidRevision, BuyerRequest
from core.errors import DomainError
from tests.factories.buyer_requests import make_bid, make_open
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
