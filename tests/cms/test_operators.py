"""The operators' desk: the category tree, vendors, imports and requests, and who may enter."""

import pytest
from django.urls import reverse

from accounts.models import User
from catalog.models import Category, Offer
from catalog.services.categories import add_category
from cms.services import ensure_operators_group
from core.models import OutboxEntry
from tests.factories.catalog import OfferFactory
from tests.factories.onboarding import meet_checklist
from tests.factories.vendors import VendorFactory
from vendors.enums import VendorState

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True)
    user.groups.add(ensure_operators_group())
    client.force_login(user)
    return user


@pytest.fixture
def office():
    return add_category(parent=None, names={"uk": "Канцелярія", "en": "Office"})


@pytest.mark.parametrize(
    "name", ["operators_categories", "operators_category_add", "operators_vendors:index"]
)
def test_the_desk_is_closed_to_visitors_and_buyers(client, name):
    assert client.get(reverse(name)).status_code == 302
    client.force_login(User.objects.create_user("buyer@example.com", "a-long-password"))
    assert client.get(reverse(name)).status_code == 302


@pytest.mark.parametrize("name", ["operators_vendors", "operators_imports", "operators_requests"])
def test_lists_open_and_offer_no_way_to_write(client, operator, name):
    VendorFactory()
    assert client.get(reverse(f"{name}:index")).status_code == 200
    assert client.get(reverse(f"{name}:add")).status_code == 302


def test_the_tree_shows_counts_and_missing_translations(client, operator, office):
    staplers = add_category(parent=office, names={"uk": "Степлери"})
    OfferFactory(category=staplers)
    page = client.get(reverse("operators_categories"), {"at": office.pk}).content.decode()
    assert "Степлери" in page
    assert "missing: ru, en" in page or "ru, en" in page


def test_days_until_offers_expire_are_set_in_the_form_and_bounded(client, operator, office):
    page = reverse("operators_category_rename", args=[office.pk])
    names = {"name_uk": "Офіс"}
    assert client.post(page, {**names, "fresh_days": "9"}).status_code == 302
    office.refresh_from_db()
    assert office.fresh_days == 9
    for days in ("0", "367", "x"):
        assert client.post(page, {**names, "fresh_days": days}).status_code == 200
    office.refresh_from_db()
    assert office.fresh_days == 9
    below = client.get(reverse("operators_category_add_below", args=[office.pk]))
    assert 'placeholder="9"' in below.content.decode()
    client.post(page, names)
    office.refresh_from_db()
    assert office.fresh_days is None


def test_a_category_is_added_renamed_and_deleted(client, operator, office):
    added = client.post(reverse("operators_category_add_below", args=[office.pk]), {"name_uk": "Папір"})
    assert added.status_code == 302
    paper = Category.objects.get(name_uk="Папір")
    assert paper.get_parent() == office
    client.post(
        reverse("operators_category_rename", args=[paper.pk]), {"name_uk": "Папір", "name_ru": "Бумага"}
    )
    paper.refresh_from_db()
    assert paper.name_ru == "Бумага"
    # It was shown: its address has to lead somewhere.
    client.post(reverse("operators_category_delete", args=[paper.pk]))
    assert Category.objects.get(pk=paper.pk).merged_into_id is None
    client.post(reverse("operators_category_delete", args=[paper.pk]), {"target": office.pk})
    assert Category.objects.get(pk=paper.pk).merged_into_id == office.pk


def test_a_category_without_any_name_is_refused(client, operator):
    page = client.post(reverse("operators_category_add"), {"name_uk": " "})
    assert page.status_code == 200
    assert Category.objects.count() == 0


def test_moving_takes_offers_along_and_tells_index_and_matcher(client, operator, office):
    home = add_category(parent=None, names={"uk": "Дім"})
    lamps = add_category(parent=office, names={"uk": "Лампи"})
    offer = OfferFactory(category=lamps)
    OutboxEntry.objects.all().delete()
    client.post(reverse("operators_category_move", args=[lamps.pk]), {"target": home.pk})
    assert Category.objects.get(pk=lamps.pk).get_parent() == Category.objects.get(pk=home.pk)
    assert set(OutboxEntry.objects.values_list("consumer", flat=True)) == {"search", "requests", "watching"}
    assert Offer.objects.get(pk=offer.pk).version == offer.version + 1


def test_merging_moves_offers_and_subcategories_and_keeps_the_address(client, operator, office):
    old = add_category(parent=None, names={"uk": "Канцтовари"})
    child = add_category(parent=old, names={"uk": "Ручки"})
    own, below = OfferFactory(category=old), OfferFactory(category=child)
    client.post(reverse("operators_category_merge", args=[old.pk]), {"target": office.pk})
    old.refresh_from_db()
    assert (old.is_active, old.merged_into_id) == (False, office.pk)
    assert Offer.objects.get(pk=own.pk).category_id == office.pk
    assert Offer.objects.get(pk=below.pk).category_id == child.pk
    assert Category.objects.get(pk=child.pk).get_parent() == Category.objects.get(pk=office.pk)


def test_a_category_never_goes_below_itself(client, operator, office):
    child = add_category(parent=office, names={"uk": "Папір"})
    page = client.post(reverse("operators_category_move", args=[office.pk]), {"target": child.pk})
    assert page.status_code == 200  # the form comes back: the target is not among the choices
    assert Category.objects.get(pk=office.pk).is_root()


def test_a_category_with_offers_is_not_deleted(client, operator, office):
    OfferFactory(category=office)
    page = client.post(reverse("operators_category_delete", args=[office.pk]))
    assert page.status_code == 200
    assert Category.objects.filter(pk=office.pk).exists()


def test_a_vendor_is_approved_and_a_rejection_needs_a_reason(client, operator):
    vendor = VendorFactory(state=VendorState.APPLIED)
    url = reverse("operators_vendor", args=[vendor.pk])
    assert client.get(url).status_code == 200
    refused = client.post(url, {"decision": "reject", "reason": ""})
    assert refused.status_code == 200
    vendor.refresh_from_db()
    assert vendor.state == VendorState.APPLIED
    blocked = client.post(url, {"decision": "approve", "reason": ""})
    assert blocked.status_code == 200
    vendor.refresh_from_db()
    assert vendor.state == VendorState.APPLIED
    meet_checklist(vendor, operator)
    client.post(url, {"decision": "approve", "reason": ""})
    vendor.refresh_from_db()
    assert vendor.state == VendorState.APPROVED
