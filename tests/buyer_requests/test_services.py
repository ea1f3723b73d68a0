"""Publishing, telling, bidding, asking, awarding: what happens, who may not, and that a refusal changes nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from buyer_requests import services
from buyer_requests.enums import BidState, NoticeReason, RequestState
from buyer_requests.errors import (
    AlreadyAwarded,
    BidIncomplete,
    BidNotSent,
    RequestIncomplete,
    RequestNotDraft,
    RequestNotOpen,
    UnknownRequest,
)
from buyer_requests.models import Award, Bid, BidRevision, BuyerRequest, Question, VendorNotice
from buyer_requests.services import LineInput
from buyer_requests.services.bids import BidTerms
from catalog.models import Category
from catalog.services.changes import touch
from core.errors import InvalidInput, TooMany
from notifications.models import Notification
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import (
    bid_line,
    in_days,
    make_bid,
    make_draft,
    make_member,
    make_open,
    pass_deadline,
)
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.enums import VendorState

pytestmark = pytest.mark.django_db


def _kinds(user):
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


# Publishing


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": " "}, "no_title"),
        ({"lines": ()}, "no_lines"),
        ({"deadline_at": None}, "no_deadline"),
        ({"deadline_at": in_days(-0.001)}, "deadline_past"),
        ({"deadline_at": in_days(400)}, "deadline_far"),
        ({"audience": "chosen"}, "no_vendors"),
    ],
)
def test_incomplete_draft_is_not_published(values, code):
    draft = make_draft(**values)
    with pytest.raises(RequestIncomplete) as caught:
        services.publish_request(buyer=draft.buyer, request=draft)
    assert caught.value.code == code
    draft.refresh_from_db()
    assert (draft.state, draft.published_at) == (RequestState.DRAFT, None)


def test_only_the_buyer_changes_publishes_or_deletes():
    draft, stranger = make_draft(), UserFactory()
    with pytest.raises(UnknownRequest):
        services.save_draft(buyer=stranger, request=draft, title="x", lines=())
    with pytest.raises(UnknownRequest):
        services.publish_request(buyer=stranger, request=draft)
    with pytest.raises(UnknownRequest):
        services.delete_draft(buyer=stranger, request=draft)
    draft.refresh_from_db()
    assert (draft.title, draft.state, draft.lines.count()) == ("Канцтовари", "draft", 2)


def test_published_request_keeps_its_lines():
    request = make_open()
    with pytest.raises(RequestNotDraft):
        services.save_draft(buyer=request.buyer, request=request, title="x", lines=())
    with pytest.raises(RequestNotDraft):
        services.publish_request(buyer=request.buyer, request=request)
    with pytest.raises(RequestNotDraft):
        services.delete_draft(buyer=request.buyer, request=request)
    assert request.lines.count() == 2


def test_deadline_only_moves_later():
    request = make_open(deadline_at=in_days(3))
    with pytest.raises(RequestIncomplete):
        services.move_deadline(buyer=request.buyer, request=request, deadline_at=in_days(2))
    later = in_days(5)
    assert (
        services.move_deadline(buyer=request.buyer, request=request, deadline_at=later).deadline_at == later
    )


# Telling


def test_vendor_whose_offers_fit_is_told_of_the_lines(drain, mailoutbox):
    offer = OfferFactory(title="Степлер металевий")
    person = make_member(offer.vendor)
    request = make_open()
    drain()
    notice = VendorNotice.objects.get()
    assert (notice.vendor, notice.reason, len(notice.lines)) == (offer.vendor, NoticeReason.MATCH, 1)
    message = Notification.objects.get(user=person)
    assert message.kind == "request.fits"
    assert (message.params["matched"], message.params["total"], message.params["lines"]) == (
        1,
        2,
        "Степлер металевий",
    )
    assert message.url == f"/desk/{offer.vendor.slug}/requests/{request.public_id}/"
    assert message.email_due


def test_nothing_tells_the_buyers_name_where_it_is_hidden(drain):
    buyer = UserFactory(name="Олена Прихована", company="ТОВ Таємниця")
    offer = OfferFactory(title="Степлер металевий")
    person = make_member(offer.vendor)
    make_open(buyer, name_hidden=True)
    drain()
    message = Notification.objects.get(user=person)
    told = f"{message.params} {message.url} {message.key} {message.subject} {message.body}"
    for secret in (buyer.name, buyer.company, buyer.email, "Таємниця"):
        assert secret not in told


def test_later_offers_tell_once_a_request_and_vendor(drain):
    request = make_open()
    drain()
    assert VendorNotice.objects.count() == 0
    offer = OfferFactory(title="Степлер металевий")
    person = make_member(offer.vendor)
    touch(type(offer).objects.filter(pk=offer.pk))
    drain()
    assert _kinds(person) == ["request.fits"]
    second = OfferFactory(
        vendor=offer.vendor, supply=offer.supply, title="Папір А4", price_amount=1_000_000, unit="PK"
    )
    touch(type(offer).objects.filter(pk__in=[offer.pk, second.pk]))
    drain()
    assert _kinds(person) == ["request.fits"]
    assert VendorNotice.objects.get().lines == sorted(request.lines.values_list("pk", flat=True))


def test_followers_of_a_category_above_are_told(drain):
    top = CategoryFactory(name="Канцелярія")
    child = CategoryFactory(parent=top)
    follower, other = VendorFactory(), VendorFactory()
    person = make_member(follower)
    services.follow_categories(vendor=follower, category_ids=[top.pk])
    services.follow_categories(vendor=other, category_ids=[CategoryFactory().pk])
    make_open(lines=[LineInput(text="рідкісна річ", category_id=child.pk)])
    drain()
    assert list(VendorNotice.objects.values_list("vendor", "reason")) == [(follower.pk, "category")]
    assert _kinds(person) == ["request.category"]


def test_followers_are_told_by_the_category_of_fitting_offers(drain):
    category = CategoryFactory()
    OfferFactory(title="Степлер металевий", category=Category.objects.get(pk=category.pk))
    follower = VendorFactory()
    services.follow_categories(vendor=follower, category_ids=[category.pk])
    make_open()
    drain()
    assert set(VendorNotice.objects.values_list("reason", flat=True)) == {"match", "category"}


def test_chosen_vendors_alone_are_told(drain):
    chosen = VendorFactory()
    person = make_member(chosen)
    stranger = make_member(OfferFactory(title="Степлер металевий").vendor)
    make_open(audience="chosen", vendor_ids=[chosen.pk])
    drain()
    assert (_kinds(person), _kinds(stranger)) == (["request.invited"], [])


@pytest.mark.parametrize("state", [VendorState.APPLIED, VendorState.SUSPENDED, VendorState.REJECTED])
def test_only_approved_vendors_are_told(drain, state):
    vendor = VendorFactory(state=state)
    OfferFactory(vendor=vendor, title="Степлер металевий")
    person = make_member(vendor)
    make_open()
    drain()
    assert (VendorNotice.objects.count(), _kinds(person)) == (0, [])


def test_own_request_is_not_told_to_the_buyers_own_company(drain):
    offer = OfferFactory(title="Степлер металевий")
    buyer = make_member(offer.vendor)
    make_open(buyer)
    drain()
    assert (VendorNotice.objects.count(), _kinds(buyer)) == (0, [])


def test_cancelled_before_matching_tells_nobody(drain):
    person = make_member(OfferFactory(title="Степлер металевий").vendor)
    request = make_open()
    services.cancel_request(buyer=request.buyer, request=request)
    drain()
    assert _kinds(person) == []


# Bids


def test_bid_is_sent_revised_withdrawn_and_sent_again():
    request, vendor = make_open(), VendorFactory()
    bid = make_bid(request, vendor, {1: 900_000})
    bid = make_bid(request, vendor, {1: 800_000, 2: 1_400_000}, delivery_days=2)
    assert (bid.revision, bid.state, bid.lines.count()) == (2, BidState.SENT, 2)
    assert [r.content["lines"][0]["price"] for r in BidRevision.objects.order_by("number")] == [
        900_000,
        800_000,
    ]
    assert services.withdraw_bid(vendor=vendor, request=request).state == BidState.WITHDRAWN
    again = make_bid(request, vendor, {1: 700_000})
    assert (again.pk, again.revision, again.state, again.withdrawn_at) == (bid.pk, 3, BidState.SENT, None)
    assert _kinds(request.buyer) == ["bid.received", "bid.revised", "bid.withdrawn", "bid.received"]


def test_same_bid_twice_is_one_revision():
    request, vendor = make_open(), VendorFactory()
    make_bid(request, vendor, {1: 900_000})
    assert make_bid(request, vendor, {1: 900_000}).revision == 1
    assert (BidRevision.objects.count(), _kinds(request.buyer)) == (1, ["bid.received"])


def test_draft_of_a_bid_is_nobodys_business():
    request, vendor = make_open(), VendorFactory()
    bid = services.save_bid_draft(
        vendor=vendor, request=request, lines=[bid_line(request, 1, 5)], terms=BidTerms()
    )
    assert (bid.state, BidRevision.objects.count(), _kinds(request.buyer)) == (BidState.DRAFT, 0, [])
    make_bid(request, vendor, {1: 900_000})
    with pytest.raises(BidNotSent):
        services.save_bid_draft(
            vendor=vendor, request=request, lines=[bid_line(request, 1, 5)], terms=BidTerms()
        )
    assert Bid.objects.get().lines.get().price_amount == 900_000


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"price_amount": 0}, "bad_price"),
        ({"price_amount": -1}, "bad_price"),
        ({"price_amount": 10**14}, "bad_price"),
        ({"quantity": Decimal(0)}, "bad_bid_quantity"),
        ({"line_id": 0}, "foreign_line"),
    ],
)
def test_wrong_bid_line_is_refused_whole(change, code):
    request, vendor = make_open(), VendorFactory()
    with pytest.raises(BidIncomplete) as caught:
        services.send_bid(
            vendor=vendor,
            user=make_member(vendor),
            request=request,
            lines=[bid_line(request, 1, 900_000, **change), bid_line(request, 2, 900_000)],
            terms=BidTerms(),
        )
    assert caught.value.code == code
    assert (Bid.objects.count(), Notification.objects.count()) == (0, 0)


def test_bid_needs_a_line_a_known_currency_and_a_future():
    request, vendor = make_open(), VendorFactory()
    for prices, terms, code in [
        ({}, {}, "no_bid_lines"),
        ({1: 5}, {"currency": "JPY"}, "unknown_currency"),
        ({1: 5}, {"valid_until": timezone.localdate() - dt.timedelta(days=1)}, "valid_past"),
    ]:
        with pytest.raises(BidIncomplete) as caught:
            make_bid(request, vendor, prices, **terms)
        assert caught.value.code == code
    assert Bid.objects.count() == 0


def test_foreign_offer_is_not_named_in_a_bid():
    request, vendor = make_open(), VendorFactory()
    foreign, own = OfferFactory(), OfferFactory(vendor=vendor)
    bid = services.send_bid(
        vendor=vendor,
        user=make_member(vendor),
        request=request,
        lines=[bid_line(request, 1, 5, offer_id=foreign.pk), bid_line(request, 2, 5, offer_id=own.pk)],
        terms=BidTerms(),
    )
    assert list(bid.lines.order_by("line__position").values_list("offer_id", flat=True)) == [None, own.pk]


def test_nothing_is_taken_after_the_deadline_even_before_the_sweep():
    request, vendor, late = make_open(), VendorFactory(), VendorFactory()
    make_bid(request, vendor, {1: 900_000})
    pass_deadline(request)
    for action in (
        lambda: make_bid(request, late, {1: 1}),
        lambda: make_bid(request, vendor, {1: 1}),
        lambda: services.withdraw_bid(vendor=vendor, request=request),
        lambda: services.ask_question(vendor=vendor, request=request, text="?"),
        lambda: services.move_deadline(buyer=request.buyer, request=request, deadline_at=in_days(1)),
    ):
        with pytest.raises(RequestNotOpen):
            action()
    assert Bid.objects.get().lines.get().price_amount == 900_000
    assert (Bid.objects.get().state, Question.objects.count()) == (BidState.SENT, 0)


@pytest.mark.parametrize("why", ["draft", "not chosen", "suspended", "own company"])
def test_who_may_not_see_a_request_cannot_bid_or_ask(why):
    vendor = VendorFactory(state=VendorState.SUSPENDED if why == "suspended" else VendorState.APPROVED)
    buyer = make_member(vendor) if why == "own company" else UserFactory()
    if why == "draft":
        request = make_draft(buyer)
    elif why == "not chosen":
        request = make_open(buyer, audience="chosen", vendor_ids=[VendorFactory().pk])
    else:
        request = make_open(buyer)
    with pytest.raises(UnknownRequest):
        make_bid(request, vendor, {1: 5})
    with pytest.raises(UnknownRequest):
        services.ask_question(vendor=vendor, request=request, text="?")
    assert (Bid.objects.count(), Question.objects.count(), Notification.objects.count()) == (0, 0, 0)


# Closing


def test_due_requests_close_once_and_the_buyer_is_told():
    due, later = make_open(), make_open()
    make_bid(due, VendorFactory(), {1: 5})
    pass_deadline(due)
    assert services.close_due_requests() == 1
    assert services.close_due_requests() == 0
    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.state, later.state) == (RequestState.CLOSED, RequestState.OPEN)
    assert _kinds(due.buyer) == ["bid.received", "request.closed"]
    assert Notification.objects.get(kind="request.closed").params["bids"] == 1


# Questions


def test_question_and_answer_are_told_without_the_asker():
    request, asker, bidder = make_open(), VendorFactory(), VendorFactory()
    people = [make_member(asker), make_member(bidder)]
    make_bid(request, bidder, {1: 5})
    question = services.ask_question(vendor=asker, request=request, text=" Який колір? ")
    services.answer_question(buyer=request.buyer, question=question, text="Синій")
    services.answer_question(buyer=request.buyer, question=question, text="Синій або чорний")
    assert _kinds(request.buyer) == ["bid.received", "request.question"]
    assert [_kinds(person) for person in people] == [["request.answer"], ["request.answer"]]
    told = " ".join(
        f"{m.params} {m.url}"
        for m in Notification.objects.filter(user=request.buyer, kind="request.question")
    )
    assert asker.name not in told
    assert asker.slug not in told


def test_questions_are_bounded_and_not_empty():
    request, vendor = make_open(), VendorFactory()
    with pytest.raises(InvalidInput):
        services.ask_question(vendor=vendor, request=request, text="  ")
    for number in range(20):
        services.ask_question(vendor=vendor, request=request, text=str(number))
    with pytest.raises(TooMany):
        services.ask_question(vendor=vendor, request=request, text="ще")
    assert Question.objects.count() == 20


def test_stranger_cannot_answer():
    request = make_open()
    question = services.ask_question(vendor=VendorFactory(), request=request, text="?")
    with pytest.raises(UnknownRequest):
        services.answer_question(buyer=UserFactory(), question=question, text="!")
    question.refresh_from_db()
    assert question.answer == ""


# Awards


def test_award_by_line_tells_winners_and_losers_apart():
    request = make_open()
    first, second, third = VendorFactory(), VendorFactory(), VendorFactory()
    people = {vendor: make_member(vendor) for vendor in (first, second, third)}
    one, two = make_bid(request, first, {1: 100, 2: 900}), make_bid(request, second, {1: 200, 2: 800})
    make_bid(request, third, {1: 300})
    lines = {line.position: line.pk for line in request.lines.all()}
    awards = services.award_request(
        buyer=request.buyer, request=request, choice={lines[1]: one.pk, lines[2]: two.pk}
    )
    assert [(award.line_id, award.bid_id, award.price_amount) for award in awards] == [
        (lines[1], one.pk, 100),
        (lines[2], two.pk, 800),
    ]
    request.refresh_from_db()
    assert request.state == RequestState.AWARDED
    assert [_kinds(people[vendor])[-1] for vendor in (first, second, third)] == [
        "bid.won",
        "bid.won",
        "bid.lost",
    ]
    won = Notification.objects.get(user=people[first], kind="bid.won")
    assert (won.params["matched"], won.params["lines"]) == (1, "Степлер металевий")


def test_award_is_made_once():
    request = make_open()
    bid = make_bid(request, VendorFactory(), {1: 100})
    choice = {request.lines.get(position=1).pk: bid.pk}
    services.award_request(buyer=request.buyer, request=request, choice=choice)
    with pytest.raises(AlreadyAwarded):
        services.award_request(buyer=request.buyer, request=request, choice=choice)
    assert Award.objects.count() == 1


@pytest.mark.parametrize("why", ["withdrawn", "expired", "not priced", "of another request", "draft"])
def test_what_is_not_offered_cannot_be_awarded(why):
    request, vendor = make_open(), VendorFactory()
    bid = make_bid(request, vendor, {1: 100})
    line = request.lines.get(position=2 if why == "not priced" else 1).pk
    if why == "withdrawn":
        services.withdraw_bid(vendor=vendor, request=request)
    elif why == "expired":
        Bid.objects.update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    elif why == "of another request":
        line = make_open().lines.get(position=1).pk
    elif why == "draft":
        Bid.objects.update(state=BidState.DRAFT)
    with pytest.raises(BidNotSent):
        services.award_request(buyer=request.buyer, request=request, choice={line: bid.pk})
    request.refresh_from_db()
    assert (Award.objects.count(), request.state) == (0, RequestState.OPEN)


def test_stranger_cannot_award_cancel_or_prolong():
    request, stranger = make_open(), UserFactory()
    bid = make_bid(request, VendorFactory(), {1: 100})
    deadline = request.deadline_at
    for action in (
        lambda: services.award_request(
            buyer=stranger, request=request, choice={request.lines.get(position=1).pk: bid.pk}
        ),
        lambda: services.cancel_request(buyer=stranger, request=request),
        lambda: services.move_deadline(buyer=stranger, request=request, deadline_at=in_days(9)),
    ):
        with pytest.raises(UnknownRequest):
            action()
    request.refresh_from_db()
    assert (request.state, request.deadline_at, Award.objects.count()) == (RequestState.OPEN, deadline, 0)


def test_cancelled_request_tells_its_bidders_and_takes_no_more():
    request, vendor = make_open(), VendorFactory()
    person = MembershipFactory(vendor=vendor).user
    make_bid(request, vendor, {1: 100})
    services.cancel_request(buyer=request.buyer, request=request)
    assert _kinds(person) == ["request.cancelled"]
    with pytest.raises(RequestNotOpen):
        make_bid(request, vendor, {1: 50})
    with pytest.raises(RequestNotOpen):
        services.cancel_request(buyer=request.buyer, request=request)
    assert BuyerRequest.objects.get().state == RequestState.CANCELLED
