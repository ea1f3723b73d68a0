"""From an application to a company that sells, and back."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission

from core.errors import Conflict, InvalidInput
from notifications.models import Notification
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.onboarding import meet_checklist
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.enums import Participation, Role, VendorState
from vendors.errors import WrongVendorState
from vendors.models import Vendor
from vendors.services import apply_as_vendor, approve_vendor, reject_vendor, suspend_vendor
from vendors.services.onboarding import operators_for
from vendors.signals import vendor_state_changed
from vendors.slugs import slug_of
from vendors.tax_ids import clean_tax_id

pytestmark = pytest.mark.django_db


def test_application_makes_an_owner_and_tells_the_operators():
    operator, applicant = OperatorFactory(), UserFactory()
    vendor = apply_as_vendor(
        applicant=applicant,
        name="Канцелярія «Їжак»",
        tax_id="32855961",
        participation=Participation.HOSTED,
        city="Львів",
        default_currency="UAH",
    )
    assert (vendor.slug, vendor.state, vendor.applied_by) == ("kantseliariia-izhak", "applied", applicant)
    assert list(vendor.memberships.values_list("user", "role")) == [(applicant.pk, Role.OWNER)]
    told = Notification.objects.get()
    assert (told.user, told.kind, told.params) == (
        operator,
        "vendor.applied",
        {"vendor": "Канцелярія «Їжак»", "city": "Львів"},
    )


def test_operators_are_found_by_right_not_by_staff_flag():
    permission = Permission.objects.get(codename="change_vendor")
    group = Group.objects.create(name="moderators")
    group.permissions.add(permission)
    by_group, by_hand, plain = UserFactory(), UserFactory(), UserFactory(is_staff=True)
    by_group.groups.add(group)
    by_hand.user_permissions.add(permission)
    chief = OperatorFactory()
    assert set(operators_for("vendors.change_vendor")) == {by_group, by_hand, chief}
    assert plain not in operators_for("vendors.change_vendor")


@pytest.mark.parametrize(
    ("text", "clean"),
    [("32855961", "32855961"), (" 3285 5961 ", "32855961"), ("1759013776", "1759013776"), ("", "")],
)
def test_tax_number_is_read(text, clean):
    assert clean_tax_id(text) == clean


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("32855968", "tax_id_digits"),
        ("1759013770", "tax_id_digits"),
        ("123", "tax_id_form"),
        ("ABCDEFGH", "tax_id_form"),
        ("３２８５５９６１", "tax_id_form"),
    ],
)
def test_wrong_tax_number_is_refused_with_its_value(text, code):
    with pytest.raises(InvalidInput) as refused:
        clean_tax_id(text)
    assert (refused.value.code, refused.value.field) == (code, "tax_id")
    assert text in str(refused.value)


def test_tax_number_belongs_to_one_live_company():
    VendorFactory(tax_id="32855961", state=VendorState.REJECTED)
    apply_as_vendor(applicant=UserFactory(), name="Перша", tax_id="32855961")
    with pytest.raises(Conflict, match="32855961"):
        apply_as_vendor(applicant=UserFactory(), name="Друга", tax_id="32855961")
    assert not Vendor.objects.filter(name="Друга").exists()


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Щастя’є", "shchastiaie"), ("Office & Co", "office-co"), ("北京", "vendor"), ("Ґ" * 80, "g" * 50)],
)
def test_slug_is_the_name_in_latin_letters(name, slug):
    assert slug_of(name) == slug


def test_slugs_do_not_collide_nor_take_addresses_of_ours():
    slugs = [
        apply_as_vendor(applicant=UserFactory(), name=name).slug for name in ("Apply", "apply", "Лис", "Лис")
    ]
    assert slugs == ["apply-2", "apply-3", "lys", "lys-2"]


def test_decision_changes_the_state_and_tells_the_companys_people():
    owner = MembershipFactory(vendor__state=VendorState.APPLIED)
    operator = OperatorFactory()
    changes = []

    def listen(sender, vendor, before, **_):
        changes.append((vendor.pk, before, vendor.state))

    vendor_state_changed.connect(listen)
    meet_checklist(owner.vendor, operator)
    try:
        approve_vendor(vendor=owner.vendor, actor=operator)
        suspend_vendor(vendor=owner.vendor, actor=operator, reason="Скарги")
        approve_vendor(vendor=owner.vendor, actor=operator, reason="З’ясовано")
    finally:
        vendor_state_changed.disconnect(listen)
    owner.vendor.refresh_from_db()
    assert (owner.vendor.state, owner.vendor.state_reason) == ("approved", "З’ясовано")
    assert changes == [
        (owner.vendor.pk, "applied", "approved"),
        (owner.vendor.pk, "approved", "suspended"),
        (owner.vendor.pk, "suspended", "approved"),
    ]
    kinds = list(Notification.objects.filter(user=owner.user).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["vendor.approved", "vendor.suspended", "vendor.approved"]
    assert "Скарги" in Notification.objects.get(kind="vendor.suspended").body


@pytest.mark.parametrize(
    ("state", "decision"),
    [
        (VendorState.APPROVED, approve_vendor),
        (VendorState.APPROVED, reject_vendor),
        (VendorState.REJECTED, suspend_vendor),
        (VendorState.APPLIED, suspend_vendor),
    ],
)
def test_decision_that_does_not_follow_changes_nothing(state, decision):
    vendor = VendorFactory(state=state)
    with pytest.raises(WrongVendorState):
        decision(vendor=vendor, actor=OperatorFactory(), reason="x")
    vendor.refresh_from_db()
    assert (vendor.state, vendor.decided_at) == (state, None)


@pytest.mark.parametrize(
    ("state", "decision"), [(VendorState.APPLIED, reject_vendor), (VendorState.APPROVED, suspend_vendor)]
)
def test_refusal_needs_a_reason(state, decision):
    vendor = VendorFactory(state=state)
    with pytest.raises(InvalidInput):
        decision(vendor=vendor, actor=OperatorFactory(), reason="  ")
    vendor.refresh_from_db()
    assert vendor.state == state
