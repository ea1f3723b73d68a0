"""Reports about offers: one a person, gathered by offer; a decision reaches vendor and reporters."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from catalog.flags.enums import FlagReason, Verdict
from catalog.flags.errors import CaseDecided, FlaggedAlready, UnknownOffer
from catalog.flags.models import FlagCase, OfferFlag
from catalog.flags.selectors import count_of_others
from catalog.flags.services import decide, report_offer
from catalog.models import Offer
from catalog.photos.addresses import key_of
from catalog.photos.consumer import handle
from catalog.photos.enums import PhotoState
from catalog.photos.models import Photo, PhotoHost, RemovedPhoto
from catalog.services.offers import hide_offers, unhide_offers
from core.errors import InvalidInput, TooMany
from core.models import AuditEntry, OutboxEntry
from notifications.models import Notification
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import MembershipFactory
from vendors.appeals import services as appeals
from vendors.appeals.models import Decision

pytestmark = pytest.mark.django_db
PHOTO = "https://photos.example/1.jpg"


@pytest.fixture
def owner():
    return MembershipFactory()


@pytest.fixture
def offer(owner):
    return OfferFactory(vendor=owner.vendor, category=CategoryFactory(), photos=[PHOTO])


@pytest.fixture
def operator():
    return OperatorFactory()


def report(offer, who="network:10.0.0.1", reason=FlagReason.FAKE_PRICE, **more):
    return report_offer(offer_id=offer.pk, visitor=who, reason=reason, **more)


def judged(operator, verdict, reason="Перевірено", **more):
    return decide(
        operator=operator, case_id=FlagCase.objects.get().pk, verdict=verdict, reason=reason, **more
    )


def test_reports_of_one_offer_are_one_case_and_one_a_person(offer):
    person = UserFactory()
    report(offer, person.typed_id)
    report(offer)
    for who in (person.typed_id, "network:10.0.0.1"):
        with pytest.raises(FlaggedAlready):
            report(offer, who)
    case = FlagCase.objects.get()
    assert (case.reports, case.vendor_id) == (2, offer.vendor_id)
    assert "10.0.0.1" not in "".join(OfferFlag.objects.values_list("reporter", flat=True))


def test_what_nobody_sees_is_not_reported_and_words_are_needed_for_other(offer):
    with pytest.raises(InvalidInput):
        report(offer, reason=FlagReason.OTHER, text=" ")
    hide_offers(offer_ids=[offer.pk], reason="x")
    with pytest.raises(UnknownOffer):
        report(offer)
    assert not FlagCase.objects.exists()


def test_reports_are_limited_by_network(owner):
    for _n in range(20):
        report(OfferFactory(vendor=owner.vendor))
    with pytest.raises(TooMany):
        report(OfferFactory(vendor=owner.vendor))
    assert FlagCase.objects.count() == 20


def test_a_hidden_offer_is_told_to_both_sides_traced_and_shown_after_an_appeal(owner, offer, operator):
    reporter = UserFactory()
    report(offer, reporter.typed_id)
    with pytest.raises(InvalidInput):
        judged(operator, Verdict.HIDDEN, reason=" ")
    judged(operator, Verdict.HIDDEN, reason="Ціна вигадана")
    offer.refresh_from_db()
    assert (offer.hidden_at is not None, offer.hidden_reason) == (True, "Ціна вигадана")
    assert (
        Notification.objects.get(user=owner.user, kind="decision.taken").params["reason"] == "Ціна вигадана"
    )
    told = Notification.objects.get(user=reporter, kind="flag.decided")
    assert (told.params["verdict"]["en"], told.params["reason"]) == ("the offer was hidden", "Ціна вигадана")
    trace = AuditEntry.objects.get(action="catalog.decide_flags")
    assert (trace.actor, trace.subject, trace.reason) == (
        operator.typed_id,
        f"offer:{offer.pk}",
        "Ціна вигадана",
    )
    with pytest.raises(CaseDecided):
        judged(operator, Verdict.DISMISSED)
    decision = Decision.objects.get()
    appeals.appeal(vendor=owner.vendor, user=owner.user, decision_id=decision.pk, text="Акція")
    appeals.judge(operator=OperatorFactory(), decision_id=decision.pk, reverses=True, reason="Справді акція")
    offer.refresh_from_db()
    assert offer.hidden_at is None


def test_a_moved_offer_stays_where_the_operator_put_it_and_goes_back_after_an_appeal(owner, offer, operator):
    before, target = offer.category_id, CategoryFactory()
    report(offer, reason=FlagReason.WRONG_CATEGORY)
    with pytest.raises(InvalidInput):
        judged(operator, Verdict.MOVED)
    judged(operator, Verdict.MOVED, category=target)
    offer.refresh_from_db()
    assert offer.category_id == target.pk
    decision = Decision.objects.get(kind="offer.moved")
    appeals.appeal(vendor=owner.vendor, user=owner.user, decision_id=decision.pk, text="Там і має бути")
    appeals.judge(operator=OperatorFactory(), decision_id=decision.pk, reverses=True, reason="Так")
    offer.refresh_from_db()
    assert offer.category_id == before


def test_a_photo_goes_once_the_decision_stands(owner, offer, operator):
    report(offer, reason=FlagReason.STOLEN_PHOTO)
    with pytest.raises(InvalidInput):
        judged(operator, Verdict.PHOTO)
    content = "a" * 32
    host = PhotoHost.objects.create(name="photos.example", vendor=owner.vendor)
    Photo.objects.create(
        key=key_of(PHOTO), address=PHOTO, vendor=owner.vendor, host=host, state=PhotoState.READY,
        content=content, sizes="160",
    )  # fmt: skip
    neighbour = MembershipFactory()
    Photo.objects.create(
        key=key_of(PHOTO + "?2"), address=PHOTO + "?2", vendor=neighbour.vendor, host=host,
        state=PhotoState.READY, content=content, sizes="160",
    )  # fmt: skip
    case = FlagCase.objects.select_related("offer").get()
    assert count_of_others([case]) == {case.pk: 1}
    judged(operator, Verdict.PHOTO, reason="Чуже фото")
    fact = OutboxEntry.objects.get(topic="photo_removed")
    assert (fact.consumer, fact.payload) == ("photos", {"content": content})
    for _time in range(2):
        handle([fact.payload | {"topic": fact.topic}])
    assert set(Photo.objects.values_list("state", "content")) == {(PhotoState.REFUSED, "")}
    removed = RemovedPhoto.objects.get()
    assert (removed.content, removed.reason, removed.removed_by) == (content, "Чуже фото", operator.typed_id)
    decision = Decision.objects.get(kind="photo.removed", vendor=owner.vendor)
    theirs = Decision.objects.get(kind="photo.removed", vendor=neighbour.vendor)
    assert Notification.objects.get(user=neighbour.user).params["reason"] == "Чуже фото"
    appeals.appeal(vendor=owner.vendor, user=owner.user, decision_id=decision.pk, text="Наше")
    appeals.judge(operator=OperatorFactory(), decision_id=decision.pk, reverses=True, reason="Ваше")
    assert not RemovedPhoto.objects.exists()
    theirs.refresh_from_db()
    assert theirs.lifted_at is not None


def test_what_is_dismissed_may_be_reported_again_and_tells_the_vendor_nothing(owner, offer, operator):
    report(offer)
    judged(operator, Verdict.DISMISSED)
    assert not Notification.objects.filter(user=owner.user).exists()
    cache.clear()
    report(offer)
    assert sorted(FlagCase.objects.values_list("verdict", flat=True)) == ["", "dismissed"]


def test_visitors_report_from_the_goods_page_without_scripts(client, offer):
    page = client.get(reverse("storefront:offer", args=[offer.pk])).content.decode()
    form = reverse("storefront:report_offer", args=[offer.pk])
    assert form in page
    assert client.get(form).status_code == 200
    assert client.post(form, {}).status_code == 422
    assert client.post(form, {"reason": "forbidden"}).url == reverse("storefront:offer", args=[offer.pk])
    assert client.post(form, {"reason": "forbidden"}).status_code == 422
    assert OfferFlag.objects.get().reason == "forbidden"
    hide_offers(offer_ids=[offer.pk], reason="x")
    assert client.get(form).status_code == 404


def test_an_appeal_does_not_undo_what_others_did_since(owner, offer, operator):
    report(offer)
    judged(operator, Verdict.HIDDEN)
    unhide_offers(offer_ids=[offer.pk])
    hide_offers(offer_ids=[offer.pk], reason="Інша причина")
    decision = Decision.objects.get()
    appeals.appeal(vendor=owner.vendor, user=owner.user, decision_id=decision.pk, text="Акція")
    appeals.judge(operator=OperatorFactory(), decision_id=decision.pk, reverses=True, reason="Так")
    offer.refresh_from_db()
    assert offer.hidden_reason == "Інша причина"
    assert Notification.objects.filter(user=owner.user, kind="decision.granted").count() == 1
    assert not Notification.objects.filter(kind="decision.reversed").exists()
    assert AuditEntry.objects.get(action="vendors.judge_appeal").details["put_back"] is False


def test_a_moved_offer_that_was_moved_again_stays(owner, offer, operator):
    report(offer, reason=FlagReason.WRONG_CATEGORY)
    judged(operator, Verdict.MOVED, category=CategoryFactory())
    later = CategoryFactory()
    Offer.objects.filter(pk=offer.pk).update(category=later)
    decision = Decision.objects.get()
    appeals.appeal(vendor=owner.vendor, user=owner.user, decision_id=decision.pk, text="Ні")
    appeals.judge(operator=OperatorFactory(), decision_id=decision.pk, reverses=True, reason="Так")
    offer.refresh_from_db()
    assert offer.category_id == later.pk
