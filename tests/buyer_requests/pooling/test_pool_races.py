"""Two connections at once: totals, the last moment, and a decision that is pressed twice."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from buyer_requests import services
from buyer_requests.locks import locked_request
from buyer_requests.models import Award, PoolMember, PoolPart, PoolTerms, RequestLine
from buyer_requests.pooling import awarding
from buyer_requests.pooling.enums import MemberState
from buyer_requests.pooling.errors import PoolClosed
from buyer_requests.pooling.joining import end_joining, leave
from core.errors import DomainError
from tests.buyer_requests.pooling.test_joining import bid, make_pool, take, total
from tests.buyer_requests.test_races import _at_once, _two_connections  # noqa: F401 - a fixture
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import pass_deadline

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_join_at_once_are_both_counted_and_a_second_press_is_none():
    request, first, second = make_pool(), UserFactory(), UserFactory()
    _at_once(
        lambda: take(request, 10, user=first),
        lambda: take(request, 30, user=second),
        lambda: take(request, 30, user=second),
    )
    assert total(request) == 100
    assert PoolMember.objects.count() == 3


def test_who_waited_past_the_last_moment_is_late():
    request = make_pool()
    PoolTerms.objects.filter(request=request).update(
        join_until=timezone.now() + dt.timedelta(milliseconds=700)
    )
    held = threading.Event()

    def hold() -> None:
        with transaction.atomic():
            locked_request(request.pk)
            held.set()
            threading.Event().wait(1.0)

    def late() -> object:
        held.wait(timeout=10)
        return take(request, 10)

    results = _at_once(hold, late)
    assert isinstance(results[1], PoolClosed)
    assert total(request) == 60


def test_leaving_while_joining_ends_is_one_or_the_other():
    request = make_pool()
    guest = take(request, 40)
    PoolTerms.objects.filter(request=request).update(
        join_until=timezone.now() + dt.timedelta(milliseconds=150)
    )

    def close() -> None:
        threading.Event().wait(0.15)
        end_joining()

    def go() -> None:
        threading.Event().wait(0.14)
        leave(user=guest.user, request=request)

    results = _at_once(close, go)
    guest.refresh_from_db()
    gone = guest.state == MemberState.LEFT
    assert gone != isinstance(results[1], PoolClosed)
    assert RequestLine.objects.get(request=request).quantity == Decimal(60 if gone else 100)


def test_a_decision_pressed_twice_is_one():
    request = make_pool()
    take(request, 45)
    bid(request)
    PoolTerms.objects.filter(request=request).update(join_until=timezone.now() - dt.timedelta(hours=2))
    pass_deadline(request)
    results = _at_once(
        *[lambda: awarding.award_by_rule(buyer=request.buyer, request=request) for _each in range(2)]
    )
    assert sum(isinstance(result, DomainError) for result in results) == 1
    assert (Award.objects.count(), PoolPart.objects.count()) == (1, 2)
    assert services.close_due_requests() == 0
