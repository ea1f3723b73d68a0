"""The organiser puts a participant out, and participants rate the vendor that served them."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from buyer_requests.deciding.enums import AwardState
from buyer_requests.errors import UnknownRequest
from buyer_requests.models import Award, PoolMember
from buyer_requests.pooling import joining, personal_data
from buyer_requests.pooling.enums import MemberState
from buyer_requests.pooling.errors import PoolGiven, PoolIncomplete, PutOut
from buyer_requests.pooling.selectors import organisers_view
from notifications.models import Notification
from reviews import quality, selectors, services
from reviews.enums import ReviewState, Side
from reviews.errors import UnknownDeal
from reviews.models import Review
from reviews.services import Said
from tests.buyer_requests.pooling.test_joining import bid, finish, kinds_of, make_pool, take, total
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db

WHY = "Не відповідає на дзвінки"


def put_out(request, member, *, by=None, reason=WHY):
    joining.put_out(organiser=by or request.buyer, request=request, member_id=member.pk, reason=reason)


def test_who_is_put_out_is_told_why_and_does_not_come_back():
    request, other = make_pool(), UserFactory()
    member = take(request, 40, user=other)
    take(request, 5)
    put_out(request, member)
    member.refresh_from_db()
    assert (member.state, member.out_reason, member.place, total(request)) == (
        MemberState.PUT_OUT,
        WHY,
        "",
        65,
    )
    assert kinds_of(other)[-1] == "pool.put_out"
    assert Notification.objects.get(kind="pool.put_out").params["reason"] == WHY
    with pytest.raises(PutOut) as told:
        take(request, 1, user=other)
    assert WHY in str(told.value)
    with pytest.raises(UnknownRequest):
        put_out(request, member)  # once


def test_erasing_takes_the_words_about_a_person_along():
    request, other = make_pool(), UserFactory()
    member = take(request, 40, user=other)
    put_out(request, member)
    personal_data.erase(other)
    member.refresh_from_db()
    assert (member.state, member.out_reason) == (MemberState.LEFT, "")


def test_only_the_organiser_with_a_reason_and_never_himself():
    request, other = make_pool(), UserFactory()
    member = take(request, 40, user=other)
    own = PoolMember.objects.get(request=request, user=request.buyer)
    with pytest.raises(PoolIncomplete) as told:
        put_out(request, member, reason="  ні  ")
    assert told.value.code == "no_reason"
    for refused in ({"member": own}, {"member": member, "by": other}):
        with pytest.raises(UnknownRequest):
            put_out(request, **refused)
    assert total(request) == 100
    assert PoolMember.objects.filter(request=request, state=MemberState.JOINED).count() == 2


def test_until_the_award_and_no_longer():
    request = make_pool()
    member = take(request, 40)
    bid(request)
    finish(request)
    with pytest.raises(PoolGiven):
        put_out(request, member)
    assert organisers_view(request).others == []


def test_the_organiser_sees_numbers_and_the_participant_the_reason(client):
    request, other = make_pool(), UserFactory(name="Ганна Таємна")
    member = take(request, 40, user=other)
    client.force_login(request.buyer)
    detail = reverse("requests:detail", args=[request.public_id])
    address = reverse("requests:pool_put_out", args=[request.public_id, member.pk])
    page = client.get(detail).content.decode()
    assert address in page
    assert "Ганна Таємна" not in page
    client.post(address, {"reason": "ні"})
    assert PoolMember.objects.get(pk=member.pk).state == MemberState.JOINED
    client.post(address, {"reason": WHY})
    assert address not in client.get(detail).content.decode()
    client.force_login(other)
    assert client.post(address, {"reason": WHY}).status_code == 404
    page = client.get(reverse("requests:pool", args=[request.pool.code])).content.decode()
    assert WHY in page
    assert 'name="place"' not in page


def test_each_participant_rates_for_himself(client):
    request, vendor, other, stranger = make_pool(), VendorFactory(), UserFactory(), UserFactory()
    take(request, 40, user=other)
    bid(request, vendor)
    finish(request)
    Award.objects.filter(request=request).update(state=AwardState.ACCEPTED, answered_at=timezone.now())
    for person, stars in ((request.buyer, 5), (other, 3)):
        services.rate(side=Side.BUYER, user=person, request=request, vendor=vendor, said=Said(stars=stars))
    with pytest.raises(UnknownDeal):
        services.rate(
            side=Side.BUYER, user=stranger, request=request, vendor=vendor, said=Said(stars=1, text="x")
        )
    assert selectors.review_of(request, vendor, Side.BUYER).stars == 5
    address = reverse("reviews:rate_pool", args=[request.pool.code, vendor.slug])
    client.force_login(other)
    assert address in client.get(reverse("requests:pool", args=[request.pool.code])).content.decode()
    assert client.get(address).context["mine"].stars == 3
    assert client.post(address, {"stars": "4"}).status_code == 302  # changed while it waits
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    Review.objects.update(reveal_at=timezone.now())
    assert services.show_due() == 2
    assert selectors.rating_of(vendor).count == 2
    assert quality.stars(vendor.pk)[vendor.pk].cases == 2
    assert Notification.objects.filter(kind="review.shown.vendor").values("key").distinct().count() == 2
    client.force_login(other)
    services.answer_review(
        vendor=vendor, public_id=Review.objects.get(member__user=other).public_id, text="Дякуємо"
    )
    assert list(Notification.objects.filter(kind="review.answered").values_list("user", flat=True)) == [
        other.pk
    ]
    assert Review.objects.get(member__user=other).state == ReviewState.SHOWN
