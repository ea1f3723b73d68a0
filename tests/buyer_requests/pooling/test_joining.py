"""Opening a request to others, joining, changing and leaving it, and the decision by the stated rule."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.personal_data import keepers
from buyer_requests import services
from buyer_requests.auctioning.models import Auction
from buyer_requests.bidding.counters import counters_allowed
from buyer_requests.changing.content import content_of
from buyer_requests.changing.services import publish_change, save_change
from buyer_requests.deciding.enums import AwardState
from buyer_requests.enums import RequestState
from buyer_requests.errors import RequestIncomplete, UnknownRequest
from buyer_requests.models import Award, Bid, BuyerRequest, PoolMember, PoolPart, PoolTerms
from buyer_requests.pooling import awarding, joining
from buyer_requests.pooling.enums import AwardRule, DeliveryRule, MemberState, PartState
from buyer_requests.pooling.errors import (
    OneSide,
    PoolClosed,
    PoolDecides,
    PoolIncomplete,
    PoolNotDecidable,
    PoolUnchanged,
)
from buyer_requests.pooling.joining import Taking, end_joining, join, leave
from buyer_requests.pooling.selectors import pool_for
from buyer_requests.sealing.models import SealedTerms
from buyer_requests.services.bids import BidTerms
from buyer_requests.standing.models import StandingTerms
from notifications.models import Notification
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import bid_line, in_days, make_draft, make_member, pass_deadline
from tests.factories.vendors import MembershipFactory, VendorFactory

pytestmark = pytest.mark.django_db

PAPER = (services.LineInput(text="Папір А4", quantity=Decimal(60), unit="PK", ceiling_amount=100_0000),)
BREAKS = ((Decimal(100), 90_0000), (Decimal(200), 80_0000))


def make_pool(buyer: User | None = None, *, lines=PAPER, join_days: float = 1, **terms) -> BuyerRequest:
    draft = make_draft(buyer, lines=lines, place="Київ, Хрещатик 1")
    PoolTerms.objects.create(request=draft, join_until=in_days(join_days), **terms)
    return services.publish_request(buyer=draft.buyer, request=draft)


def take(request: BuyerRequest, quantity: float, ceiling: int | None = None, user: User | None = None):
    line = request.lines.get(position=1)
    return join(
        user=user or UserFactory(),
        request=request,
        takings={line.pk: Taking(Decimal(quantity), ceiling)},
        place="Львів, Дорошенка 5",
        region="UA-46",
    )


def bid(request: BuyerRequest, vendor=None, *, price=100_0000, breaks=BREAKS, quantity=1000, **terms):
    vendor = vendor or VendorFactory()
    return services.send_bid(
        vendor=vendor,
        user=make_member(vendor),
        request=request,
        lines=[bid_line(request, 1, price, breaks=breaks, quantity=Decimal(quantity))],
        terms=BidTerms(**terms),
    )


def finish(request: BuyerRequest) -> list[Award]:
    PoolTerms.objects.filter(request=request).update(join_until=timezone.now() - dt.timedelta(hours=2))
    pass_deadline(request)
    end_joining()
    services.close_due_requests()
    return awarding.award_by_rule(buyer=request.buyer, request=request)


def kinds_of(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def total(request: BuyerRequest) -> Decimal:
    return request.lines.get(position=1).quantity


@pytest.mark.parametrize(
    ("join_days", "code"), [(None, "no_join_until"), (-1, "join_past"), (2.5, "join_late")]
)
def test_terms_that_cannot_work_are_not_published(join_days, code):
    draft = make_draft(lines=PAPER)
    PoolTerms.objects.create(request=draft, join_until=None if join_days is None else in_days(join_days))
    with pytest.raises(RequestIncomplete) as refused:
        services.publish_request(buyer=draft.buyer, request=draft)
    assert refused.value.code == code
    assert not PoolMember.objects.exists()
    draft.refresh_from_db()
    assert draft.state == RequestState.DRAFT


@pytest.mark.parametrize("way", [SealedTerms, Auction, StandingTerms])
def test_no_other_way_to_ask_goes_with_it(way):
    draft = make_draft(lines=PAPER)
    PoolTerms.objects.create(request=draft, join_until=in_days(1))
    way.objects.create(request=draft)
    with pytest.raises(PoolIncomplete) as refused:
        joining.open_pool(draft, timezone.now())
    assert refused.value.code == "with_others"
    assert not PoolMember.objects.exists()


def test_totals_follow_who_joins_changes_and_leaves():
    request = make_pool()
    guest = take(request, 25).user
    assert total(request) == 85
    take(request, 40, user=guest)
    take(request, 40, user=guest)  # a second press
    assert total(request) == 100
    assert kinds_of(request.buyer) == ["pool.grew", "pool.joined"]
    leave(user=guest, request=request)
    assert total(request) == 60
    assert PoolMember.objects.get(user=guest).place == ""
    with pytest.raises(UnknownRequest):
        leave(user=guest, request=request)
    with pytest.raises(UnknownRequest):
        leave(user=request.buyer, request=request)
    assert total(request) == 60


def test_who_may_not_join_changes_nothing():
    request = make_pool(regions=["UA-30"], least_quantity=Decimal(5))
    for quantity, code in ((50, "wrong_region"), (0, "wrong_region")):
        with pytest.raises(PoolIncomplete) as refused:
            take(request, quantity)
        assert refused.value.code == code
    PoolTerms.objects.filter(request=request).update(regions=[])
    for quantity, code in ((4, "too_little"), (0, "nothing_taken"), (10**8, "too_much")):
        with pytest.raises(PoolIncomplete) as refused:
            take(request, quantity)
        assert refused.value.code == code
    with pytest.raises(UnknownRequest):
        take(make_draft(lines=PAPER), 5)
    bidder = bid(request).vendor
    with pytest.raises(OneSide):
        take(request, 50, user=MembershipFactory(vendor=bidder).user)
    PoolTerms.objects.filter(request=request).update(join_until=timezone.now() - dt.timedelta(seconds=1))
    with pytest.raises(PoolClosed):
        take(request, 50)
    assert total(request) == 60
    assert PoolMember.objects.count() == 1


def test_what_others_joined_is_not_changed():
    request = make_pool()
    content = content_of(request) | {"notes": "Лише червоний папір"}
    save_change(buyer=request.buyer, request=request, content=content)
    with pytest.raises(PoolUnchanged):
        publish_change(buyer=request.buyer, request=request, base=1)
    request.refresh_from_db()
    assert (request.version, request.notes) == (1, "")


def test_a_company_whose_people_joined_cannot_bid():
    request, vendor = make_pool(), VendorFactory()
    take(request, 5, user=make_member(vendor))
    with pytest.raises(OneSide):
        bid(request, vendor)
    assert not request.bids.exists()


def test_a_vendors_people_see_no_price_by_joining_while_bids_are_taken():
    request = make_pool()
    bid(request)
    curious = make_member(VendorFactory())
    take(request, 30, user=curious)
    shown = pool_for(request.pool, curious)
    assert (shown.member is None, shown.shows_prices, shown.would_pay) == (False, False, None)
    take(request, 45)  # 135: the next price
    assert "pool.tier" not in kinds_of(curious)
    assert "pool.tier" in kinds_of(request.buyer)
    BuyerRequest.objects.filter(pk=request.pk).update(state=RequestState.CLOSED)
    request.refresh_from_db()
    shown = pool_for(PoolTerms.objects.get(request=request), curious)
    assert (shown.shows_prices, shown.would_pay) == (True, 27_0000)


def test_who_joins_and_leaves_by_turns_writes_nobody_full():
    request = make_pool()
    bid(request)
    guest, restless = take(request, 1).user, UserFactory()
    for n in range(6):
        take(request, 50 + n, user=restless)
        leave(user=restless, request=request)
    told = kinds_of(guest)
    assert 1 <= told.count("pool.tier") <= 2  # the hour may have ended meanwhile
    assert 1 <= told.count("pool.tier_lost") <= 2
    told = kinds_of(request.buyer)
    assert 2 <= told.count("pool.joined") <= 3  # the guest's is one of them
    assert 1 <= told.count("pool.left") <= 2


def test_who_can_no_longer_leave_is_not_bound_for_a_year():
    request = make_pool()
    guest = take(request, 5).user
    own = {"buyer": request.buyer, "request": request}
    services.move_deadline(**own, deadline_at=in_days(60))  # whoever minds may leave still
    assert kinds_of(guest)[-1] == "pool.prolonged"
    BuyerRequest.objects.filter(pk=request.pk).update(deadline_at=in_days(3))
    PoolTerms.objects.filter(request=request).update(join_until=in_days(-1))
    with pytest.raises(PoolIncomplete) as refused:
        services.move_deadline(**own, deadline_at=in_days(30))
    assert refused.value.code == "deadline_far"
    services.move_deadline(**own, deadline_at=in_days(28))


def test_tiers_and_ends_are_told():
    request = make_pool()
    sent = bid(request, quantity=150)
    seller = sent.vendor.memberships.first().user
    first = take(request, 45)
    assert "pool.tier" in kinds_of(first.user)
    second = take(request, 50)  # 155: more than the bid offers
    assert kinds_of(seller) == ["pool.total_short"]
    PoolTerms.objects.filter(request=request).update(join_until=timezone.now() - dt.timedelta(seconds=1))
    assert end_joining() == 1
    assert end_joining() == 0
    assert kinds_of(second.user)[-1] == "pool.ended"
    assert kinds_of(seller) == ["pool.total_short", "pool.total_short"]


def test_each_pays_apart_and_who_is_over_the_limit_falls_out():
    request = make_pool(delivery_rule=DeliveryRule.SHARED)
    stays, out = take(request, 45, 90_0000), take(request, 20, 85_0000)
    sent = bid(request, delivery_price=100_0000)
    (award,) = finish(request)
    assert (award.quantity, award.price_amount, award.state) == (105, 90_0000, AwardState.WAITING)
    parts = {part.member.user_id: part for part in PoolPart.objects.select_related("member")}
    assert parts.keys() == {request.buyer_id, stays.user_id}
    assert (parts[stays.user_id].goods_minor, parts[stays.user_id].delivery_minor) == (405_000, 4286)
    assert (parts[request.buyer_id].goods_minor, parts[request.buyer_id].delivery_minor) == (540_000, 5714)
    out.refresh_from_db()
    assert out.falls == [{"line": award.line_id, "reason": "ceiling", "price": 90_0000, "ceiling": 85_0000}]
    assert kinds_of(stays.user)[-1] == "pool.share"
    assert kinds_of(out.user)[-1] == "pool.fell"
    message = Notification.objects.get(user=out.user, kind="pool.fell")
    assert message.params["lines"] == "Папір А4: 90.00 > 85.00 UAH (+5.00)"
    seller = sent.vendor.memberships.first().user
    services.answer_award(vendor=sent.vendor, user=seller, request=request, accepts=True)
    assert kinds_of(stays.user)[-1] == "pool.accepted"
    assert "pool.accepted" not in kinds_of(out.user)


def test_only_the_rule_decides_and_only_in_its_time():
    request = make_pool()
    sent = bid(request)
    line = request.lines.get()
    with pytest.raises(PoolNotDecidable) as early:
        awarding.award_by_rule(buyer=request.buyer, request=request)
    assert early.value.code == "too_early"
    with pytest.raises(PoolDecides):
        services.award_request(buyer=request.buyer, request=request, choice={line.pk: sent.pk})
    with pytest.raises(UnknownRequest):
        awarding.award_by_rule(buyer=UserFactory(), request=request)
    assert not counters_allowed(request)
    BuyerRequest.objects.filter(pk=request.pk).update(deadline_at=timezone.now() - dt.timedelta(days=15))
    with pytest.raises(PoolNotDecidable) as late:
        awarding.award_by_rule(buyer=request.buyer, request=request)
    assert late.value.code == "lapsed"
    assert not Award.objects.exists()


def test_a_vendor_that_declines_leaves_the_lines_to_the_next():
    request = make_pool(award_rule=AwardRule.LINES)
    guest = take(request, 45)
    cheap, dear = bid(request, price=70_0000, breaks=()), bid(request)
    (award,) = finish(request)
    assert award.bid == cheap
    seller = cheap.vendor.memberships.first().user
    services.answer_award(vendor=cheap.vendor, user=seller, request=request, accepts=False)
    assert kinds_of(guest.user)[-1] == "pool.declined"
    assert awarding.live_parts(request) == []
    (again,) = awarding.award_by_rule(buyer=request.buyer, request=request)
    assert (again.bid, again.price_amount) == (dear, 90_0000)
    assert {part.bid for part in awarding.live_parts(request)} == {dear}


def test_what_falls_away_changes_nobodys_price_until_the_vendor_may_withdraw():
    request = make_pool(tolerance_percent=20)
    small, big = take(request, 20), take(request, 30)
    sent = bid(request)
    finish(request)
    seller = sent.vendor.memberships.first().user
    own = {"vendor": sent.vendor, "user": seller, "request": request}
    part = {part.member_id: part for part in awarding.live_parts(request)}
    with pytest.raises(UnknownRequest):  # not accepted yet
        awarding.part_fell_away(vendor=sent.vendor, request=request, part_id=part[small.pk].pk)
    services.answer_award(**own, accepts=True)
    with pytest.raises(UnknownRequest):
        awarding.part_fell_away(vendor=VendorFactory(), request=request, part_id=part[small.pk].pk)
    awarding.part_fell_away(vendor=sent.vendor, request=request, part_id=part[small.pk].pk)
    with pytest.raises(PoolNotDecidable):  # 20 of 110
        awarding.withdraw_after_falls(**own)
    awarding.part_fell_away(vendor=sent.vendor, request=request, part_id=part[big.pk].pk)
    assert PoolPart.objects.get(member__user=request.buyer).goods_minor == 540_000
    awarding.withdraw_after_falls(**own)
    request.refresh_from_db()
    assert request.state == RequestState.CLOSED
    assert kinds_of(request.buyer)[-1] == "award.declined"


def test_what_was_given_back_does_not_undo_the_next_decision():
    request = make_pool(tolerance_percent=20)
    guest, sent, dear = take(request, 30), bid(request), bid(request, price=100_0000, breaks=())
    finish(request)
    own = {"vendor": sent.vendor, "user": sent.vendor.memberships.first().user, "request": request}
    services.answer_award(**own, accepts=True)
    part = PoolPart.objects.get(member=guest)
    awarding.part_fell_away(vendor=sent.vendor, request=request, part_id=part.pk)
    awarding.withdraw_after_falls(**own)
    (again,) = awarding.award_by_rule(buyer=request.buyer, request=request)
    services.expire_awards()
    request.refresh_from_db()
    assert (request.state, again.bid) == (RequestState.AWARDED, dear)
    assert "award.free" not in kinds_of(request.buyer)
    assert kinds_of(guest.user)[-2:] == ["pool.fell_away.member", "pool.declined"]
    assert again.quantity == 60
    assert [part.member.user for part in awarding.live_parts(request)] == [request.buyer]


def test_an_award_says_what_is_delivered_and_a_bid_that_ran_out_hears_that_it_lost():
    request = make_pool()
    sent, stale = bid(request), bid(request, price=1_0000, breaks=())
    Bid.objects.filter(pk=stale.pk).update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    (award,) = finish(request)
    assert (award.bid, award.title) == (sent, sent.lines.get().title)
    assert award.title
    assert kinds_of(stale.vendor.memberships.first().user)[-1] == "bid.lost"


def test_cancelling_frees_everybody():
    request = make_pool()
    guest = take(request, 45)
    services.cancel_request(buyer=request.buyer, request=request)
    assert kinds_of(guest.user)[-1] == "pool.cancelled"
    with pytest.raises(PoolClosed):
        leave(user=guest.user, request=request)


def erase(user: User) -> None:
    next(keeper for keeper in keepers() if keeper.room == "pooled_requests").erase(user)


def test_an_erased_person_leaves_or_falls_away():
    request = make_pool()
    early, late = take(request, 25), take(request, 40)
    erase(early.user)
    assert total(request) == 100
    assert PoolMember.objects.get(pk=early.pk).state == MemberState.LEFT
    sent = bid(request)
    finish(request)
    erase(late.user)
    part = PoolPart.objects.get(member=late)
    assert (part.state, part.goods_minor) == (PartState.FELL_AWAY, 360_000)
    late.refresh_from_db()
    assert late.state == MemberState.LEFT
    assert (late.place, late.region, late.quantities.get().ceiling_amount) == ("", "", None)
    assert kinds_of(sent.vendor.memberships.first().user)[-1] == "pool.fell_away.vendor"
    assert PoolPart.objects.get(member__user=request.buyer).goods_minor == 540_000


def test_what_is_kept_of_a_person():
    request = make_pool()
    guest = take(request, 25, 95_0000)
    export = next(keeper for keeper in keepers() if keeper.room == "pooled_requests").export
    (row,) = export(guest.user)["pools_joined"]
    assert row["takes"] == [{"line": "Папір А4", "quantity": "25.000", "ceiling": 95_0000}]
    assert row["place"] == "Львів, Дорошенка 5"
