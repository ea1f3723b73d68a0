"""Rating after a deal: who may, when it is read, answers, operators, what it does to a vendor's quality."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation

from buyer_requests.models import Award
from core.models import AuditEntry
from notifications.models import Notification
from reviews import quality, selectors, services
from reviews.deals import OPEN_FOR
from reviews.enums import ReviewState, Side
from reviews.errors import ReviewClosed, ReviewRefused, UnknownDeal
from reviews.models import Review
from reviews.services import Said
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.buyer_requests import make_bid, make_member, make_open
from tests.factories.reviews import make_deal, make_shown_review
from tests.factories.vendors import MembershipFactory, VendorFactory

pytestmark = pytest.mark.django_db


def say(side, request, vendor, stars, *, user=None, **more):
    user = user or (request.buyer if side == Side.BUYER else make_member(vendor))
    return services.rate(side=side, user=user, request=request, vendor=vendor, said=Said(stars=stars, **more))


def test_neither_side_reads_the_other_before_both_have_spoken():
    vendor = VendorFactory()
    request = make_deal(vendor)
    say(Side.BUYER, request, vendor, 4, text="Усе добре")
    assert selectors.rating_of(vendor) is None
    assert selectors.word_of_other(request, vendor, Side.VENDOR) is None
    say(Side.BUYER, request, vendor, 3)  # it may be changed until then
    say(Side.VENDOR, request, vendor, 5)
    assert selectors.rating_of(vendor) == selectors.Rating(3.0, 1, (0, 0, 1, 0, 0))
    assert selectors.word_of_other(request, vendor, Side.VENDOR).stars == 3
    with pytest.raises(ReviewClosed) as caught:
        say(Side.BUYER, request, vendor, 1, text="Передумав")
    assert caught.value.code == "shown"
    told = Notification.objects.filter(kind__startswith="review.shown").values_list("kind", "params__stars")
    assert set(told) == {("review.shown.vendor", 3), ("review.shown.buyer", 5)}


def test_who_has_rated_is_not_asked_again(client):
    vendor = VendorFactory()
    request, person = make_deal(vendor), make_member(vendor)
    pages = {
        request.buyer: reverse("requests:detail", args=[request.public_id]),
        person: reverse("requests_desk:detail", args=[vendor.slug, request.public_id]),
    }
    said = []
    for side, user in ((None, None), (Side.BUYER, request.buyer), (Side.VENDOR, person)):
        if side:
            say(side, request, vendor, 5, user=user)
        with translation.override("en"):
            for reader, page in pages.items():
                client.force_login(reader)
                text = client.get(page, headers={"accept-language": "en"}).content.decode()
                said.append(text.count("Your rating") + text.count("Ваша оцінка"))
    assert [bool(each) for each in said] == [False, False, True, False, True, True]
    assert selectors.rated_vendors(request, UserFactory(), "buyer") == set()


def test_two_weeks_later_it_is_shown_without_the_other_side():
    vendor = VendorFactory()
    review = say(Side.BUYER, make_deal(vendor), vendor, 5)
    assert services.show_due() == 0
    Review.objects.update(reveal_at=timezone.now())
    assert (services.show_due(), services.show_due()) == (1, 0)
    review.refresh_from_db()
    assert review.state == ReviewState.SHOWN


def test_only_the_two_sides_of_an_accepted_award_may_speak():
    vendor, other = VendorFactory(), VendorFactory()
    request = make_deal(vendor)
    with pytest.raises(UnknownDeal):
        say(Side.BUYER, request, vendor, 5, user=UserFactory())
    with pytest.raises(UnknownDeal):
        say(Side.BUYER, request, other, 5)
    undecided = make_open()
    make_bid(undecided, vendor, {1: 1_000})
    with pytest.raises(UnknownDeal):
        say(Side.BUYER, undecided, vendor, 5)
    Award.objects.update(answered_at=timezone.now() - OPEN_FOR - dt.timedelta(seconds=1))
    with pytest.raises(ReviewClosed) as caught:
        say(Side.BUYER, request, vendor, 5)
    assert caught.value.code == "too_late"
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said(stars=0), "stars"),
        (Said(stars=6), "stars"),
        (Said(stars=1), "text"),
        (Said(stars=5, text="Дзвоніть 067 123-45-67"), "text"),
        (Said(stars=5, text="Краще на https://shop.example"), "text"),
    ],
)
def test_what_cannot_be_shown_is_refused(said, field):
    vendor = VendorFactory()
    request = make_deal(vendor)
    with pytest.raises(ReviewRefused) as caught:
        services.rate(side=Side.BUYER, user=request.buyer, request=request, vendor=vendor, said=said)
    assert caught.value.field == field
    assert not Review.objects.exists()


def test_a_taken_back_word_counts_no_more_and_cannot_be_said_again_once_it_was_read():
    vendor = VendorFactory()
    request = make_deal(vendor)
    give_back = {"side": Side.BUYER, "user": request.buyer, "request": request, "vendor": vendor}
    say(Side.BUYER, request, vendor, 2, text="Зле")
    services.take_back(**give_back)
    assert not Review.objects.exists()
    make_shown_review(request, vendor, stars=1, text="Зле")
    services.take_back(**give_back)
    assert selectors.rating_of(vendor) is None
    with pytest.raises(ReviewClosed):
        say(Side.BUYER, request, vendor, 5)


def test_vendor_answers_and_reports_its_own_and_an_operator_decides(sign_in):
    vendor = VendorFactory(slug="ours")
    review = make_shown_review(make_deal(vendor), vendor, stars=1, text="Шахраї")
    client = sign_in(make_member(vendor))
    client.post(reverse("reviews_desk:answer", args=["ours", review.public_id]), {"text": "Перепрошуємо"})
    client.post(reverse("reviews_desk:report", args=["ours", review.public_id]), {"reason": "Образа"})
    page = client.get(reverse("reviews:vendor", args=["ours"])).content.decode()
    assert "Перепрошуємо" in page  # who is criticised does not silence by asking
    own = sign_in(MembershipFactory(vendor=vendor, user=OperatorFactory()).user)
    desk = reverse("operators_reviews")
    own.post(desk, {"review": review.public_id, "act": "remove", "reason": "Моя компанія"})
    person = OperatorFactory()
    operator = sign_in(person)
    assert "Образа" in operator.get(desk).content.decode()
    operator.post(desk, {"review": review.public_id, "act": "remove", "reason": ""})
    review.refresh_from_db()
    assert (review.state, review.answer) == (ReviewState.SHOWN, "Перепрошуємо")
    operator.post(desk, {"review": review.public_id, "act": "remove", "reason": "Образлива"})
    review.refresh_from_db()
    assert (review.state, selectors.rating_of(vendor)) == (ReviewState.REMOVED, None)
    told = Notification.objects.filter(kind__startswith="review.decided").values_list(
        "params__reason", flat=True
    )
    assert set(told) == {"Образлива"}
    trace = AuditEntry.objects.get()
    assert (trace.actor, trace.action, trace.reason, trace.details["removed"]) == (
        person.typed_id, "reviews.decide", "Образлива", True,
    )  # fmt: skip
    assert "Шахраї" not in client.get(reverse("reviews:vendor", args=["ours"])).content.decode()


def test_foreign_reviews_are_unknown(sign_in):
    vendor, other = VendorFactory(), VendorFactory(slug="theirs")
    review = make_shown_review(make_deal(vendor), vendor)
    client = sign_in(make_member(other))
    for name in ("answer", "report"):
        url = reverse(f"reviews_desk:{name}", args=["theirs", review.public_id])
        assert client.post(url, {"text": "a", "reason": "b"}).status_code == 404
    review.refresh_from_db()
    assert (review.answer, review.reported_at) == ("", None)


def test_quality_counts_each_buyer_once():
    vendor, buyer = VendorFactory(), UserFactory()
    for stars in (5, 1):
        make_shown_review(make_deal(vendor, buyer=buyer), vendor, stars=stars, text="так")
    make_shown_review(make_deal(vendor), vendor, stars=5)
    evidence = quality.stars(vendor.pk)[vendor.pk]
    assert (evidence.share, evidence.cases) == (0.75, 2)


def test_a_buyers_record_needs_three_vendors():
    buyer = UserFactory()
    for number in range(3):
        assert selectors.record_of(buyer).stars is None
        vendor = VendorFactory()
        request = make_deal(vendor, buyer=buyer)
        say(Side.VENDOR, request, vendor, 5 - number)
        say(Side.BUYER, request, vendor, 5)
    assert selectors.record_of(buyer) == selectors.BuyerRecord(published=3, awarded=3, stars=4.0, raters=3)


def test_both_sides_are_asked_once_after_a_week():
    vendor = VendorFactory()
    request = make_deal(vendor)
    assert services.ask_for_ratings() == 0
    Award.objects.update(answered_at=timezone.now() - dt.timedelta(days=8))
    assert services.ask_for_ratings() == 1 + vendor.memberships.count()
    assert services.ask_for_ratings() == 0
    page = Notification.objects.get(user=request.buyer, kind="review.asked.buyer").url
    assert page == reverse("reviews:rate", args=[request.public_id, vendor.slug])


def test_pages_of_both_sides(sign_in):
    vendor = VendorFactory(slug="ours")
    request = make_deal(vendor)
    buyer, seller = sign_in(request.buyer), sign_in(make_member(vendor))
    link = reverse("reviews:rate", args=[request.public_id, "ours"])
    assert link in buyer.get(reverse("requests:detail", args=[request.public_id])).content.decode()
    refused = buyer.post(link, {"stars": "1"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["text"])
    assert buyer.post(link, {"stars": "4", "in_time": "no", "text": "Пізно"}).status_code == 302
    theirs = reverse("reviews_desk:rate", args=["ours", request.public_id])
    assert "Пізно" not in seller.get(theirs).content.decode()
    assert seller.post(theirs, {"stars": "5", "kept_word": "yes"}).status_code == 302
    assert "Пізно" in seller.get(theirs).content.decode()
    said = {(r.side, r.stars, r.kept_word, r.in_time) for r in Review.objects.all()}
    assert said == {("buyer", 4, None, False), ("vendor", 5, True, None)}
    assert "4,0 ★" in buyer.get(reverse("storefront:vendor", args=["ours"])).content.decode().replace(
        "</b>", ""
    )


@pytest.mark.django_db(transaction=True)
def test_what_is_being_shown_is_not_changed_any_more():
    if connection.vendor == "sqlite":
        pytest.skip("on SQLite one writes after the other")
    vendor = VendorFactory()
    request = make_deal(vendor)
    say(Side.BUYER, request, vendor, 4)
    Review.objects.update(reveal_at=timezone.now())
    outcome = []

    def change():
        try:
            say(Side.BUYER, request, vendor, 2, text="Інше")
        except ReviewClosed as error:
            outcome.append(error.code)
        finally:
            connection.close()

    other = threading.Thread(target=change)
    with transaction.atomic():
        services.show_due()
        other.start()
        time.sleep(0.5)
    other.join(20)
    assert outcome == ["shown"]
    assert Review.objects.get().stars == 4
