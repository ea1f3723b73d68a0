"""Proposals on the buyer's page, parts of lines, and what vendors answer to what they were given."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from buyer_requests import services
from buyer_requests.deciding.enums import AwardState
from buyer_requests.enums import RequestState
from buyer_requests.errors import AlreadyAwarded, AwardNotWaiting, BidNotSent
from buyer_requests.models import Award, BidLine, Proposal
from notifications.models import Notification
from tests.factories.buyer_requests import make_bid, make_member, make_open
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def two_bids():
    """Two lines of 2 and 10; the first vendor is cheaper on both, the second delivers the first line cheaper alone."""
    request = make_open()
    first, second = VendorFactory(name="Перший"), VendorFactory(name="Другий")
    one = make_bid(request, first, {1: 100_000, 2: 900_000}, delivery_price=500_000)
    two = make_bid(request, second, {1: 90_000, 2: 950_000}, delivery_price=600_000)
    return request, one, two


def test_proposal_fills_the_page_in_and_tells_its_proof(sign_in):
    request, one, _two = two_bids()
    client = sign_in(request.buyer)
    answer = client.post(reverse("requests:propose", args=[request.public_id]), {"aim": "cheapest"})
    assert answer.status_code == 302
    page = client.get(reverse("requests:detail", args=[request.public_id]), HTTP_ACCEPT_LANGUAGE="en")
    shown = page.context["shown"]
    # 20.00 + 900.00 + 50.00; from both it would be 18.00 + 900.00 + 110.00.
    assert (shown.way.total, shown.is_optimal, set(shown.way.choice.values())) == (970_00, True, {one.pk})
    assert [(note.vendor, note.difference) for note in shown.without] == [
        ("Перший", 18_00 + 950_00 + 60_00 - 970_00)
    ]
    ticked = {f"line-{line}": tick for line, tick in page.context["ticks"].items()}
    weighed = client.post(reverse("requests:weigh", args=[request.public_id]), ticked)
    assert weighed.context["way"].total == 970_00
    make_bid(request, VendorFactory(), {1: 50_000})
    again = client.get(reverse("requests:detail", args=[request.public_id]))
    assert again.context["shown"] is None  # another bid makes it another question


def test_large_question_becomes_a_job(sign_in, monkeypatch):
    monkeypatch.setattr("buyer_requests.services.proposals.SMALL", 0)
    request, _one, _two = two_bids()
    client = sign_in(request.buyer)
    client.post(reverse("requests:propose", args=[request.public_id]), {"aim": "fewest", "substitutes": "1"})
    proposal = Proposal.objects.get()
    assert (proposal.answer, proposal.job is not None) == (None, True)
    assert client.get(reverse("requests:detail", args=[request.public_id])).context["job"].pk == proposal.job
    from buyer_requests.services.proposals import work_out

    work_out(proposal_id=proposal.pk)
    assert client.get(reverse("requests:detail", args=[request.public_id])).context["shown"].is_optimal


def test_a_line_in_parts_never_exceeds_its_quantity():
    request, one, two = two_bids()
    line = request.lines.get(position=2).pk
    with pytest.raises(BidNotSent):  # nobody said that it may be parted
        services.award_request(
            buyer=request.buyer, request=request, choice={line: ((one.pk, Decimal(4)), (two.pk, Decimal(6)))}
        )
    BidLine.objects.filter(line=line).update(is_divisible=True, breaks=[["5.000", 800_000]])
    with pytest.raises(AlreadyAwarded):
        services.award_request(
            buyer=request.buyer, request=request, choice={line: ((one.pk, Decimal(5)), (two.pk, Decimal(6)))}
        )
    assert Award.objects.count() == 0
    awards = services.award_request(
        buyer=request.buyer, request=request, choice={line: ((one.pk, Decimal(4)), (two.pk, Decimal(6)))}
    )
    assert [(award.bid_id, award.quantity, award.price_amount) for award in awards] == [
        (one.pk, 4, 900_000),
        (two.pk, 6, 800_000),
    ]


def test_declined_line_goes_back_to_the_buyer_and_is_given_again(sign_in):
    request, one, two = two_bids()
    lines = {position: request.lines.get(position=position).pk for position in (1, 2)}
    services.award_request(buyer=request.buyer, request=request, choice={lines[1]: two.pk, lines[2]: one.pk})
    client = sign_in(make_member(two.vendor))
    url = reverse("requests_desk:answer_award", args=[two.vendor.slug, request.public_id])
    desk = reverse("requests_desk:detail", args=[two.vendor.slug, request.public_id])
    assert client.get(desk).context["is_live"] is True
    assert client.post(url, {"answer": "decline"}).status_code == 302
    assert client.get(desk).context["is_live"] is False  # "You won" would be untrue
    request.refresh_from_db()
    assert request.state == RequestState.CLOSED
    assert {award.bid_id: award.state for award in Award.objects.all()} == {
        one.pk: AwardState.WAITING,
        two.pk: AwardState.DECLINED,
    }
    page = sign_in(request.buyer).get(reverse("requests:detail", args=[request.public_id]))
    assert list(page.context["ticks"]) == [lines[1]]  # the other is held
    with pytest.raises(AlreadyAwarded):
        services.award_request(buyer=request.buyer, request=request, choice={lines[2]: two.pk})
    services.award_request(buyer=request.buyer, request=request, choice={lines[1]: one.pk})
    request.refresh_from_db()
    assert (request.state, Award.objects.filter(bid=one).count()) == (RequestState.AWARDED, 2)


def test_unanswered_passes_to_the_next_best_once_and_late_answers_are_refused():
    request, one, two = two_bids()
    line = request.lines.get(position=1).pk
    services.award_request(buyer=request.buyer, request=request, choice={line: two.pk}, passes_on=True)
    past = timezone.now() - dt.timedelta(seconds=1)
    Award.objects.update(answer_by=past, awarded_at=past - dt.timedelta(days=3))
    with pytest.raises(AwardNotWaiting):
        services.answer_award(vendor=two.vendor, user=make_member(two.vendor), request=request, accepts=True)
    assert (services.expire_awards(), services.expire_awards()) == (1, 0)
    passed = Award.objects.get(bid=one)
    assert (passed.state, passed.quantity, passed.answer_by > timezone.now() + dt.timedelta(days=2)) == (
        AwardState.WAITING,
        2,
        True,
    )
    services.answer_award(vendor=one.vendor, user=make_member(one.vendor), request=request, accepts=True)
    request.refresh_from_db()
    assert request.state == RequestState.AWARDED
    assert sorted(Award.objects.values_list("state", flat=True)) == ["accepted", "expired"]
    kinds = set(Notification.objects.filter(user=request.buyer).values_list("kind", flat=True))
    assert {"award.expired", "award.passed", "award.accepted"} <= kinds
