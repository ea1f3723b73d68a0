"""The checklist: what is looked up, said and seen; what blocks approval, and what a waiver leaves behind."""

import pytest
from django.urls import reverse

from core import outgoing
from core.errors import InvalidInput, NotAllowed
from core.models import AuditEntry, OutboxEntry
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.enums import Participation, Role, VendorState
from vendors.onboarding import services
from vendors.onboarding.errors import OnboardingIncomplete, UnknownPoint
from vendors.onboarding.models import OnboardingMark
from vendors.onboarding.selectors import blocking, checklist, left_to_do
from vendors.services import apply_as_vendor, approve_vendor, suspend_vendor, update_vendor

pytestmark = pytest.mark.django_db
EDRPOU = "14360570"


@pytest.fixture
def owner():
    person = UserFactory()
    vendor = VendorFactory(state=VendorState.APPLIED, applied_by=person, tax_id=EDRPOU)
    return MembershipFactory(vendor=vendor, user=person)


def keys(points):
    return [point.item.key for point in points]


def test_required_points_block_until_each_is_met_by_whom_it_concerns(owner):
    operator, vendor = OperatorFactory(), owner.vendor
    assert keys(blocking(vendor)) == ["right_to_sell", "returns", "documents"]
    with pytest.raises(OnboardingIncomplete) as refused:
        approve_vendor(vendor=vendor, actor=operator)
    assert refused.value.keys == ("right_to_sell", "returns", "documents")
    for key in ("right_to_sell", "returns"):
        services.attest(membership=owner, key=key, says=True)
    services.verify(operator=operator, vendor=vendor, key="documents", is_met=False, evidence="Припинено")
    assert keys(blocking(vendor)) == ["documents"]
    services.verify(operator=operator, vendor=vendor, key="documents", is_met=True, evidence="Виписка")
    (point,) = [each for each in checklist(vendor) if each.item.key == "documents"]
    assert (point.actor, point.evidence, point.at is not None) == (operator.typed_id, "Виписка", True)
    assert approve_vendor(vendor=vendor, actor=operator).state == VendorState.APPROVED


def test_nobody_answers_points_of_the_other_side(owner):
    operator = OperatorFactory()
    for key in ("documents", "tax_id", "nothing"):
        with pytest.raises(UnknownPoint):
            services.attest(membership=owner, key=key, says=True)
    with pytest.raises(UnknownPoint):
        services.verify(operator=operator, vendor=owner.vendor, key="returns", is_met=True, evidence="x")
    with pytest.raises(InvalidInput):
        services.verify(operator=operator, vendor=owner.vendor, key="documents", is_met=True, evidence=" ")
    assert not OnboardingMark.objects.exists()


def test_computed_points_follow_the_facts():
    person = UserFactory(verified=False)
    vendor = VendorFactory(
        state=VendorState.APPLIED, applied_by=person, tax_id="14360571", participation=Participation.HOSTED
    )
    assert keys(blocking(vendor)) == ["tax_id", "email", "right_to_sell", "returns", "documents", "phone"]
    vendor.tax_id = EDRPOU
    vendor.save()
    person.emailaddress_set.update(verified=True)
    assert keys(blocking(vendor)) == ["right_to_sell", "returns", "documents", "phone"]
    assert keys(left_to_do(vendor)) == ["terms", "site_answers", "price_list", "right_to_sell", "returns"]


def test_a_waiver_needs_a_reason_is_traced_and_taken_back(owner):
    operator, vendor = OperatorFactory(), owner.vendor
    with pytest.raises(InvalidInput):
        services.waive(operator=operator, vendor=vendor, keys=["documents"], reason=" ")
    assert (
        services.waive(operator=operator, vendor=vendor, keys=["documents", "tax_id"], reason="Відомі") == 1
    )
    assert keys(blocking(vendor)) == ["right_to_sell", "returns"]
    services.take_waiver_back(operator=operator, vendor=vendor, key="documents")
    assert keys(blocking(vendor)) == ["right_to_sell", "returns", "documents"]
    traces = AuditEntry.objects.order_by("pk").values_list("action", "reason", "details")
    assert list(traces) == [
        ("vendors.waive_point", "Відомі", {"point": "documents"}),
        ("vendors.unwaive_point", "", {"point": "documents"}),
    ]
    own = MembershipFactory(vendor=vendor, user=operator)
    assert own.pk
    with pytest.raises(NotAllowed):
        services.waive(operator=operator, vendor=vendor, keys=["documents"], reason="Мої")


def test_who_was_suspended_passed_the_list_once():
    vendor, operator = VendorFactory(), OperatorFactory()
    suspend_vendor(vendor=vendor, actor=operator, reason="Скарги")
    assert approve_vendor(vendor=vendor, actor=operator).state == VendorState.APPROVED


def test_the_site_is_asked_after_an_application_and_says_what_it_answered(monkeypatch):
    vendor = apply_as_vendor(applicant=UserFactory(), name="Лис", site_url="https://lys.example/")
    assert OutboxEntry.objects.get(consumer=services.ASK_SITE).payload == {"vendor": vendor.pk}

    def silent(url, **_):
        raise outgoing.HostSilent("no_connection")

    monkeypatch.setattr(outgoing, "download", silent)
    services.ask_sites([{"vendor": vendor.pk}])
    (point,) = [each for each in checklist(vendor) if each.item.key == "site_answers"]
    assert (point.is_met, point.evidence) == (False, "https://lys.example/: no_connection")
    monkeypatch.setattr(
        outgoing, "download", lambda url, **_: outgoing.Answer(url=url, status=200, not_modified=False)
    )
    services.ask_sites([{"vendor": vendor.pk}])
    (point,) = [each for each in checklist(vendor) if each.item.key == "site_answers"]
    assert (point.is_met, point.evidence) == (True, "https://lys.example/")


def test_the_company_sees_what_is_left_and_says_its_part(owner, sign_in):
    vendor = owner.vendor
    client = sign_in(owner.user)
    assert (
        reverse("desk:checklist", args=[vendor.slug])
        in client.get(reverse("desk:home", args=[vendor.slug])).content.decode()
    )
    attest = reverse("desk:attest", args=[vendor.slug, "returns"])
    assert client.post(attest, {"says": "yes"}).status_code == 302
    assert OnboardingMark.objects.get().actor == owner.user.typed_id
    page = client.get(reverse("desk:checklist", args=[vendor.slug]))
    assert keys(point for point in page.context["points"] if point.is_met) == ["tax_id", "email", "returns"]
    client.post(attest, {"says": "no"})
    assert not OnboardingMark.objects.exists()
    assistant = MembershipFactory(vendor=vendor, role=Role.ASSISTANT)
    assert sign_in(assistant.user).post(attest, {"says": "yes"}).status_code == 404


def test_an_operator_answers_on_the_vendors_page(owner, sign_in):
    operator, vendor = OperatorFactory(), owner.vendor
    client = sign_in(operator)
    there = reverse("operators_checklist", args=[vendor.pk])
    assert client.get(there).status_code == 200
    back = reverse("operators_vendor", args=[vendor.pk])
    assert f'action="{there}"' in client.get(back).content.decode()
    done = client.post(there, {"do": "met:documents", "text-documents": "Виписка", "back": back})
    assert done.url == f"{back}#checklist"
    client.post(there, {"do": "waive-all:", "text": "Давно знаємо", "back": "https://evil.example/"})
    assert blocking(vendor) == []
    assert AuditEntry.objects.filter(action="vendors.waive_point").count() == 2


def test_what_was_checked_about_another_legal_name_or_phone_is_open_again(owner):
    vendor = owner.vendor
    for key in ("documents", "phone"):
        services.verify(operator=OperatorFactory(), vendor=vendor, key=key, is_met=True, evidence="Бачила")
    update_vendor(vendor=vendor, actor=owner.user, city="Луцьк")
    assert OnboardingMark.objects.filter(vendor=vendor).count() == 2
    update_vendor(vendor=vendor, actor=owner.user, legal_name="ТОВ Зовсім інше")
    assert OnboardingMark.objects.get(vendor=vendor).item == "phone"
    update_vendor(vendor=vendor, actor=owner.user, phone="+380501112233")
    assert not OnboardingMark.objects.filter(vendor=vendor).exists()
