"""Decisions reach the company with their reason; one appeal, judged by somebody else, undoes them or not."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from catalog.services.offers import hide_offers
from core.errors import InvalidInput, NotAllowed, NotFound
from core.models import AuditEntry
from notifications.models import Notification
from tests.factories.accounts import OperatorFactory
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.appeals import services
from vendors.appeals.errors import AppealDecided, NothingToAppeal, SameOperator
from vendors.appeals.models import Decision
from vendors.enums import Role, VendorState
from vendors.services import approve_vendor, reject_vendor, suspend_vendor

pytestmark = pytest.mark.django_db
#: Of the page, its session, the desk's frame and badges among them.
QUERIES = 11


@pytest.fixture
def owner():
    return MembershipFactory()


@pytest.fixture
def operator():
    return OperatorFactory()


def hidden(owner, operator, reason="Чужий товар"):
    offer = OfferFactory(vendor=owner.vendor)
    hide_offers(offer_ids=[offer.pk], reason=reason)
    decision = services.note(
        kind="offer.hidden", subject=f"offer:{offer.pk}", subject_name=offer.title, vendor=owner.vendor,
        reason=reason, actor=operator.typed_id, details={"offer": offer.pk},
    )  # fmt: skip
    return offer, decision


def appealed(owner, decision, text="Ми його виробник"):
    return services.appeal(vendor=owner.vendor, user=owner.user, decision_id=decision.pk, text=text)


def test_the_companys_people_read_the_reason_in_their_language(owner, operator):
    offer, decision = hidden(owner, operator)
    told = Notification.objects.get(user=owner.user, kind="decision.taken")
    assert told.params["reason"] == "Чужий товар"
    with translation.override("en"):
        assert told.subject == f"An offer was hidden: {offer.title}"
    assert told.url.endswith(f"/desk/{owner.vendor.slug}/decisions/#decision-{decision.pk}")
    with pytest.raises(InvalidInput):
        services.note(
            kind="offer.hidden", subject="offer:1", subject_name="", vendor=owner.vendor, reason=" ",
            actor="user:1",
        )  # fmt: skip


def test_a_granted_appeal_undoes_the_decision(owner, operator):
    offer, decision = hidden(owner, operator)
    appealed(owner, decision)
    colleague = OperatorFactory()
    with pytest.raises(SameOperator):
        services.judge(operator=operator, decision_id=decision.pk, reverses=True, reason="Так")
    services.judge(operator=colleague, decision_id=decision.pk, reverses=True, reason="Бачили сертифікат")
    offer.refresh_from_db()
    decision.refresh_from_db()
    assert (offer.hidden_at, decision.outcome, decision.outcome_by) == (None, "reversed", colleague.typed_id)
    told = Notification.objects.get(user=owner.user, kind="decision.reversed")
    assert told.params["reason"] == "Бачили сертифікат"
    trace = AuditEntry.objects.get(action="vendors.judge_appeal")
    assert (trace.actor, trace.subject, trace.details["outcome"]) == (
        colleague.typed_id, f"offer:{offer.pk}", "reversed",
    )  # fmt: skip
    with pytest.raises(AppealDecided):
        services.judge(operator=colleague, decision_id=decision.pk, reverses=False, reason="Ні")


def test_where_there_is_one_operator_it_judges_itself(owner, operator):
    offer, decision = hidden(owner, operator)
    appealed(owner, decision)
    services.judge(operator=operator, decision_id=decision.pk, reverses=False, reason="Подивилися ще раз")
    offer.refresh_from_db()
    assert offer.hidden_at is not None
    assert Notification.objects.filter(user=owner.user, kind="decision.upheld").exists()


def test_one_appeal_in_time_by_the_company_itself(owner, operator):
    _offer, decision = hidden(owner, operator)
    stranger = MembershipFactory()
    with pytest.raises(NotFound):
        appealed(stranger, decision)
    with pytest.raises(InvalidInput):
        appealed(owner, decision, text=" ")
    appealed(owner, decision)
    with pytest.raises(NothingToAppeal):
        appealed(owner, decision)
    _offer, late = hidden(owner, operator)
    Decision.objects.filter(pk=late.pk).update(decided_at=timezone.now() - dt.timedelta(days=15))
    with pytest.raises(NothingToAppeal):
        appealed(owner, late)


def test_nobody_judges_for_the_own_company_or_without_the_right(owner, operator):
    _offer, decision = hidden(owner, operator)
    appealed(owner, decision)
    inside = OperatorFactory()
    MembershipFactory(vendor=owner.vendor, user=inside)
    with pytest.raises(NotAllowed):
        services.judge(operator=inside, decision_id=decision.pk, reverses=True, reason="Так")
    with pytest.raises(NotAllowed):
        services.judge(operator=owner.user, decision_id=decision.pk, reverses=True, reason="Так")
    decision.refresh_from_db()
    assert decision.waits


def test_a_refused_application_waits_again_after_its_appeal(operator):
    owner = MembershipFactory(vendor=VendorFactory(state=VendorState.APPLIED))
    vendor = owner.vendor
    reject_vendor(vendor=vendor, actor=operator, reason="Немає адреси")
    decision = Decision.objects.get(vendor=vendor)
    assert (decision.kind, decision.reason, decision.decided_by) == (
        "vendor.rejected", "Немає адреси", operator.typed_id,
    )  # fmt: skip
    appealed(owner, decision)
    services.judge(operator=OperatorFactory(), decision_id=decision.pk, reverses=True, reason="Адреса є")
    vendor.refresh_from_db()
    assert vendor.state == VendorState.APPLIED
    kinds = list(Notification.objects.filter(user=owner.user).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["vendor.rejected", "vendor.reopened", "decision.reversed"]


def test_a_suspension_that_ended_otherwise_is_not_appealed_any_more(owner, operator):
    suspend_vendor(vendor=owner.vendor, actor=operator, reason="Скарги")
    decision = Decision.objects.get()
    appealed(owner, decision)
    approve_vendor(vendor=owner.vendor, actor=operator, reason="З’ясовано")
    decision.refresh_from_db()
    assert (decision.outcome, decision.lifted_at is not None) == ("", True)


@pytest.mark.parametrize("state", list(VendorState))
def test_the_desk_shows_decisions_in_every_state_and_takes_the_appeal(owner, operator, sign_in, state):
    _offer, decision = hidden(owner, operator)
    owner.vendor.state = state
    owner.vendor.save()
    slug = owner.vendor.slug
    assistant = MembershipFactory(vendor=owner.vendor, role=Role.ASSISTANT)
    send = reverse("desk:appeal", args=[slug, decision.pk])
    assert sign_in(assistant.user).post(send, {"text": "Ні"}).status_code == 404
    client = sign_in(owner.user)
    assert "Чужий товар" in client.get(reverse("desk:decisions", args=[slug])).content.decode()
    assert client.post(send, {"text": "Ми його виробник"}).status_code == 302
    decision.refresh_from_db()
    assert (decision.appeal, decision.appealed_by) == ("Ми його виробник", owner.user.typed_id)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_decisions_costs_the_same(owner, operator, sign_in, django_assert_num_queries, count):
    for _n in range(count):
        hidden(owner, operator)
    client, page = sign_in(owner.user), reverse("desk:decisions", args=[owner.vendor.slug])
    client.get(page)
    with django_assert_num_queries(QUERIES):
        assert len(client.get(page).context["rows"]) == count


def test_an_appeal_against_what_is_no_longer_in_force_is_over_and_nobody_granted_it(owner, operator):
    suspend_vendor(vendor=owner.vendor, actor=operator, reason="Скарги")
    decision = Decision.objects.get(kind="vendor.suspended")
    appealed(owner, decision)
    approve_vendor(vendor=owner.vendor, actor=operator)
    decision.refresh_from_db()
    assert (decision.outcome, decision.waits, decision.lifted_at is not None) == ("", False, True)
    assert Notification.objects.filter(user=owner.user, kind="decision.lifted").count() == 1
    assert AuditEntry.objects.get(action="vendors.lift_decision").details["decision"] == decision.pk
    with pytest.raises(AppealDecided):
        services.judge(operator=OperatorFactory(), decision_id=decision.pk, reverses=True, reason="Так")
