"""Fakes and spam: the early look, limits, reports, an operator's decision, the one appeal; and that nothing is silent."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.urls import reverse
from django.utils import timezone

from buyer_requests import services
from buyer_requests.enums import RequestState
from buyer_requests.errors import UnknownRequest
from buyer_requests.models import (
    BuyerRequest,
    PoolTerms,
    RequestHold,
    RequestReport,
    TraceEntry,
    VendorNotice,
)
from buyer_requests.selectors.visibility import visible_to
from buyer_requests.services import LineInput
from buyer_requests.trust import holding, limits, look, reports
from buyer_requests.trust.enums import HoldCause, HoldState, Outcome, ReportReason, Rule, Verdict
from buyer_requests.trust.errors import HoldDecided, ReportedAlready, RequestDoubtful, TooMuchPublished
from buyer_requests.trust.look import Facts, judge
from buyer_requests.trust.publishing import look_again, publish_with_look
from buyer_requests.trust.reports import total_weight, weights_of
from core.errors import InvalidInput, NotAllowed
from core.models import OutboxEntry
from notifications.models import Notification
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.buyer_requests import make_bid, make_draft, make_open
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.appeals.errors import SameOperator
from vendors.models import Vendor

PAPER = ("Папір А4, 10 пачок", "Потрібен рахунок з ПДВ. Дзвонити не треба.")


def found(*texts, **facts):
    seen = judge(Facts(texts=texts or PAPER, **facts))
    return seen.outcome, [each.rule for each in seen.findings]


@pytest.mark.parametrize(
    ("texts", "rules"),
    [
        (PAPER, []),
        (("Кабель HDMI 2.0, DIN 931, ДСТУ 3868-99, ISO 9001:2015",), []),
        (("Картридж 12-345-67 HP CF283A", "0951234567890 штрихкод"), []),
        (("Деталі на www.best-deals.shop",), [Rule.LINKS]),
        (("пишіть t.me/shop",), [Rule.LINKS]),
        (("Телефонуйте +38 (067) 123-45-67",), [Rule.CONTACTS]),
        (("me@example.com",), [Rule.CONTACTS]),
        (("ТЕРМІНОВО ПОТРІБЕН ПАПІР ДЛЯ ДРУКУ ПО НАЙКРАЩІЙ ЦІНІ СЬОГОДНІ",), [Rule.SHOUTING]),
        (("ПАПІР А4 SVETOCOPY",), []),
    ],
)
def test_what_a_text_says_for_itself(texts, rules):
    assert found(*texts)[1] == rules


def test_weights_add_up_and_a_known_buyer_has_credit():
    new = dt.timedelta(hours=2)
    assert found()[0] == Outcome.OUT
    assert found(age=new)[0] == Outcome.OUT
    assert found("www.x.shop")[0] == Outcome.CONFIRM
    assert found("www.x.shop", is_known=True)[0] == Outcome.OUT
    assert found(far_below=["a"], ceilings=3)[0] == Outcome.OUT  # one limit of three may be a slip
    assert found(far_below=["a", "b"], ceilings=3) == (Outcome.CONFIRM, [Rule.BUDGET])
    assert found("www.x.shop", same_lists=2, age=new)[0] == Outcome.HOLD
    assert found("www.x.shop", same_lists=2, age=new, is_known=True)[0] == Outcome.CONFIRM
    assert found(is_verified=False)[0] == Outcome.MEND


def test_a_long_run_of_signs_is_looked_at_in_one_pass():
    began = time.process_time()
    for piece in ("a-", "a.b+", "a@"):
        assert found(piece * 20_000)[1] == []
    assert time.process_time() - began < 1  # by the square of the length it took some seconds


@pytest.mark.django_db
def test_a_draft_goes_out_after_its_buyer_mends_or_confirms_it():
    old = UserFactory(date_joined=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    draft = make_draft(old, notes="Каталог: www.best-deals.shop")
    with pytest.raises(RequestDoubtful) as caught:
        publish_with_look(buyer=draft.buyer, request=draft)
    assert [(str(what), where) for what, where, _do in caught.value.advice] == [
        (str(Rule.LINKS.label), "www.best-deals.shop")
    ]
    draft.refresh_from_db()
    assert (draft.state, TraceEntry.objects.count()) == (RequestState.DRAFT, 0)
    published = publish_with_look(buyer=draft.buyer, request=draft, confirmed=True)
    assert published.state == RequestState.OPEN
    assert list(TraceEntry.objects.values_list("deed", flat=True)) == ["looked", "confirmed"]
    unproven = make_draft(UserFactory(verified=False))
    with pytest.raises(RequestDoubtful) as caught:
        publish_with_look(buyer=unproven.buyer, request=unproven, confirmed=True)
    assert caught.value.may_confirm is False


@pytest.mark.django_db
def test_limits_far_below_the_row_and_lists_that_go_round_are_seen():
    for price in (1_500_000, 1_600_000, 1_700_000):
        OfferFactory(title="Степлер металевий", price_amount=price)
    cheap = make_draft(lines=[LineInput(text="Степлер металевий", ceiling_amount=60_000)])
    now = dt.datetime.now(dt.UTC)
    assert look.facts_of(cheap, now).far_below == ["Степлер металевий"]
    fair = make_draft(lines=[LineInput(text="Степлер металевий", ceiling_amount=90_000)])
    assert look.facts_of(fair, now).far_below == []
    words = ["Папір", "Ручка", "Клей", "Скотч", "Файл"]
    lines = [LineInput(text=word) for word in words]
    make_open(lines=lines)
    make_open(lines=[lines[0], *lines[:0:-1]])
    assert look.facts_of(make_draft(lines=lines), now).same_lists == 2
    assert look.facts_of(make_draft(lines=lines[:4]), now).same_lists == 0


@pytest.mark.django_db
def test_what_is_held_back_reaches_nobody_until_an_operator_releases_it(drain):
    offer = OfferFactory(title="Степлер металевий")
    person = MembershipFactory(vendor=offer.vendor).user
    draft = make_draft(notes="www.best-deals.shop me@example.com +38 067 123 45 67 !!!")
    draft.buyer.date_joined = dt.datetime.now(dt.UTC)
    draft.buyer.save()
    request = publish_with_look(buyer=draft.buyer, request=draft, confirmed=True)
    drain()
    assert RequestHold.objects.get().cause == HoldCause.LOOK
    assert VendorNotice.objects.count() == 0
    assert not visible_to(offer.vendor).exists()
    operator = OperatorFactory()
    with pytest.raises(InvalidInput):
        holding.decide(operator=operator, request=request, releases=True, reason=" ")
    holding.decide(operator=operator, request=request, releases=True, reason="Справжня школа.")
    with pytest.raises(HoldDecided):
        holding.decide(operator=operator, request=request, releases=False, reason="Ні.")
    drain()
    assert Notification.objects.get(user=person).kind == "request.fits"
    assert visible_to(offer.vendor).get() == request
    told = Notification.objects.filter(user=draft.buyer).order_by("pk")
    assert [message.kind for message in told] == ["request.held", "request.released"]
    assert "Справжня школа." in told[1].body


@pytest.mark.django_db
def test_a_request_that_is_changed_into_an_advert_is_held_back_once():
    request = make_open(UserFactory(date_joined=dt.datetime.now(dt.UTC)))
    assert look_again(request.pk) is False
    BuyerRequest.objects.update(notes="www.best-deals.shop me@example.com !!!")
    assert (look_again(request.pk), look_again(request.pk)) == (True, False)
    holding.decide(operator=OperatorFactory(), request=request, releases=True, reason="Так і є.")
    assert look_again(request.pk) is False


def _report(request, vendor):
    person = MembershipFactory(vendor=vendor).user
    return reports.report(vendor=vendor, user=person, request=request, reason=ReportReason.FAKE)


@pytest.fixture
def old_vendors():
    def make(count, **values):
        vendors = [VendorFactory(**values) for _ in range(count)]
        Vendor.objects.update(created_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        return vendors

    return make


@pytest.mark.django_db
def test_three_independent_vendors_hold_a_request_back_and_kin_count_once(old_vendors):
    request = make_open()
    kin = old_vendors(3, phone="+38 067 111 22 33")
    for vendor in kin:
        _report(request, vendor)
    with pytest.raises(ReportedAlready):
        _report(request, kin[0])
    one, other = old_vendors(2)
    _report(request, one)
    assert not RequestHold.objects.exists()
    VendorNotice.objects.create(request=request, vendor=one, reason="match")
    _report(request, other)
    assert RequestHold.objects.get().cause == HoldCause.REPORTS
    # Who knew of it goes on; who did not learns nothing of it any more.
    assert (visible_to(one).count(), visible_to(other).count()) == (1, 0)
    holding.decide(operator=OperatorFactory(), request=request, releases=True, reason="Усе гаразд.")
    assert set(RequestReport.objects.values_list("verdict", flat=True)) == {Verdict.WRONG}
    weights = weights_of([one.pk], dt.datetime.now(dt.UTC))
    assert weights == {one.pk: pytest.approx(1 / 3)}
    assert total_weight({1: 1.0, 2: 0.5, 3: 0.5}, [{1, 2}, {3}]) == 1.5


@pytest.mark.django_db
def test_a_closing_is_appealed_against_once(drain):
    request = make_open()
    vendor = MembershipFactory().vendor
    make_bid(request, vendor, {1: 10_000})
    holding.hold(request, HoldCause.REPORTS, [])
    operator, stranger = OperatorFactory(), UserFactory()
    holding.decide(operator=operator, request=request, releases=False, reason="Це реклама.")
    request.refresh_from_db()
    assert request.state == RequestState.CANCELLED
    with pytest.raises(UnknownRequest):
        holding.appeal(buyer=stranger, request=request, text="Прошу")
    holding.appeal(buyer=request.buyer, request=request, text="Ми справді купуємо.")
    with pytest.raises(HoldDecided):
        holding.appeal(buyer=request.buyer, request=request, text="Ще раз")
    OutboxEntry.objects.all().delete()
    holding.decide(operator=operator, request=request, releases=True, reason="Перевірено.")
    request.refresh_from_db()
    assert (request.state, OutboxEntry.objects.get().topic) == (RequestState.OPEN, "published")
    entries = TraceEntry.objects.filter(subject=f"request:{request.pk}")
    assert [entry.deed for entry in entries] == ["held", "closed", "appealed", "released"]
    with pytest.raises(TypeError):
        entries[0].save()
    with pytest.raises(TypeError):
        entries[0].delete()


@pytest.mark.django_db
def test_nobody_decides_about_the_own_request_or_judges_the_own_closing():
    request, operator, colleague = make_open(OperatorFactory()), OperatorFactory(), OperatorFactory()
    holding.hold(request, HoldCause.LOOK, [])
    with pytest.raises(NotAllowed) as own:
        holding.decide(operator=request.buyer, request=request, releases=True, reason="Мій.")
    assert own.value.code == "own_request"
    holding.decide(operator=operator, request=request, releases=False, reason="Це реклама.")
    holding.appeal(buyer=request.buyer, request=request, text="Ні, школа.")
    with pytest.raises(SameOperator):
        holding.decide(operator=operator, request=request, releases=False, reason="Так і є.")
    judged = holding.decide(operator=colleague, request=request, releases=False, reason="Реклама.")
    assert (judged.state, judged.decided_by) == (HoldState.UPHELD, colleague)


@pytest.mark.django_db
@pytest.mark.parametrize(("held", "left", "state"), [(30, 10, "open"), (30, -5, "closed")])
def test_reporters_do_not_let_a_deadline_run_down(drain, held, left, state):
    """What was held for thirty hours has them back, also where its deadline passed meanwhile."""
    request, person = make_open(), MembershipFactory()
    make_bid(request, person.vendor, {1: 10_000})
    holding.hold(request, HoldCause.REPORTS, [])
    now = timezone.now()
    RequestHold.objects.update(held_at=now - dt.timedelta(hours=held))
    deadline = now + dt.timedelta(hours=left)
    BuyerRequest.objects.filter(pk=request.pk).update(deadline_at=deadline, state=state)
    holding.decide(operator=OperatorFactory(), request=request, releases=True, reason="Перевірено.")
    request.refresh_from_db()
    assert request.state == RequestState.OPEN
    gained = request.deadline_at - deadline
    assert dt.timedelta(hours=held) <= gained < dt.timedelta(hours=held, minutes=5)
    assert Notification.objects.filter(user=person.user, kind="request.prolonged").count() == 1


@pytest.mark.django_db
def test_what_its_buyer_closed_or_others_joined_keeps_its_deadline():
    request, pool = make_open(), make_open()
    PoolTerms.objects.create(request=pool)
    for each in (request, pool):
        holding.hold(each, HoldCause.REPORTS, [])
    RequestHold.objects.update(held_at=timezone.now() - dt.timedelta(hours=5))
    BuyerRequest.objects.filter(pk=request.pk).update(state=RequestState.CLOSED)
    for each in (request, pool):
        before = each.deadline_at
        holding.decide(operator=OperatorFactory(), request=each, releases=True, reason="Перевірено.")
        each.refresh_from_db()
        assert each.deadline_at == before
    assert request.state == RequestState.CLOSED


@pytest.mark.django_db
def test_a_new_buyer_has_an_allowance_and_a_known_one_more(monkeypatch):
    monkeypatch.setattr(limits, "NEW", limits.Allowance(2, 5, 100))
    buyer = UserFactory()
    make_open(buyer)
    make_open(buyer)
    draft = make_draft(buyer)
    with pytest.raises(TooMuchPublished) as caught:
        services.publish_request(buyer=buyer, request=draft)
    assert caught.value.code == "too_many_a_day"
    assert BuyerRequest.objects.get(pk=draft.pk).state == RequestState.DRAFT
    buyer.date_joined = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    buyer.save()
    assert services.publish_request(buyer=buyer, request=draft).state == RequestState.OPEN


@pytest.mark.django_db
def test_pages_of_it_say_what_is_so(client, drain):
    offer = OfferFactory(title="Степлер металевий")
    member = MembershipFactory(vendor=offer.vendor)
    draft = make_draft(notes="www.best-deals.shop")
    client.force_login(draft.buyer)
    publish = reverse("requests:publish", args=[draft.public_id])
    page = client.post(publish)
    assert (page.status_code, b"best-deals.shop" in page.content, b'name="confirmed"' in page.content) == (
        409,
        True,
        True,
    )
    assert client.post(publish, {"confirmed": "1"}).status_code == 302
    drain()
    request = BuyerRequest.objects.get()
    mine = client.get(reverse("requests:detail", args=[request.public_id])).content.decode()
    assert offer.vendor.name not in mine
    client.force_login(member.user)
    desk = reverse("requests_desk:detail", args=[offer.vendor.slug, request.public_id])
    assert (
        reverse("requests_desk:report", args=[offer.vendor.slug, request.public_id])
        in client.get(desk).content.decode()
    )
    client.post(f"{desk}report/", {"reason": "fake", "text": "Нічого не купує"})
    assert RequestReport.objects.get().text == "Нічого не купує"
    settings = reverse("requests_desk:hearing", args=[offer.vendor.slug])
    assert client.get(settings).status_code == 200
    client.force_login(OperatorFactory())
    held = reverse("operators_held_requests")
    assert "Нічого не купує" in client.get(held).content.decode()
    holding.hold(request, HoldCause.REPORTS, [{"rule": "reports", "weight": 3.0}])
    assert request.title in client.get(held).content.decode()
    client.post(held, {"number": request.pk, "act": "close", "reason": "Не купує."})
    assert RequestHold.objects.get().reason == "Не купує."
    client.force_login(draft.buyer)
    client.post(reverse("requests:appeal", args=[request.public_id]), {"text": "Купуємо!"})
    assert RequestHold.objects.get().appeal == "Купуємо!"


@pytest.mark.django_db
def test_a_vendor_chooses_how_it_hears(client):
    member = MembershipFactory()
    client.force_login(member.user)
    page = reverse("requests_desk:hearing", args=[member.vendor.slug])
    chosen = {
        "rhythm": "twice", "every_minutes": "60", "first_hour": "8", "second_hour": "16", "most_a_day": "3",
        "quiet_from": "19", "quiet_to": "7", "time_zone": "Europe/Warsaw", "paused_until": "2026-12-24",
        "least_lines": "2", "least_amount": "1500", "regions": ["UA-46"],
    }  # fmt: skip
    assert client.post(page, chosen | {"most_a_day": "0"}).status_code == 422
    assert client.post(page, chosen).status_code == 302
    held = member.vendor.hearing
    assert (held.rhythm, held.first_hour, held.least_amount, held.regions, held.time_zone) == (
        "twice", 8, 15_000_000, ["UA-46"], "Europe/Warsaw"
    )  # fmt: skip
    assert (held.changed_by, held.paused_until) == (member.user, dt.date(2026, 12, 24))
