"""Two connections at once on one award: an answer and the end of its time, and two answers."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from buyer_requests import services
from buyer_requests.models import Award
from core.errors import DomainError
from tests.buyer_requests.test_races import _at_once, _two_connections  # noqa: F401 - the fixture works by its name
from tests.factories.buyer_requests import make_bid, make_member, make_open
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("is_late", [False, True])
def test_one_of_accepting_declining_and_expiring_counts(is_late):
    request, vendor = make_open(), VendorFactory()
    bid, person = make_bid(request, vendor, {1: 100}), make_member(vendor)
    line = request.lines.get(position=1).pk
    services.award_request(buyer=request.buyer, request=request, choice={line: bid.pk})
    if is_late:
        Award.objects.update(answer_by=timezone.now() - dt.timedelta(seconds=1))
    accepted, declined, expired = _at_once(
        lambda: services.answer_award(vendor=vendor, user=person, request=request, accepts=True),
        lambda: services.answer_award(vendor=vendor, user=person, request=request, accepts=False),
        services.expire_awards,
    )
    refused = [isinstance(each, DomainError) for each in (accepted, declined)]
    state = Award.objects.get().state
    if is_late:
        assert (refused, expired, state) == ([True, True], 1, "expired")
    else:
        assert (sorted(refused), expired) == ([False, True], 0)
        assert state == ("declined" if refused[0] else "accepted")
