"""The company's own pages: what is typed stays, what is wrong is named, and what is sent takes effect."""

from __future__ import annotations

import pytest

from notifications.models import Notification
from tests.factories.accounts import UserFactory
from tests.factories.vendors import MembershipFactory
from vendors import desk
from vendors.enums import Role, VendorState
from vendors.models import Invitation, Membership, Vendor
from vendors.tokens import token_for

pytestmark = pytest.mark.django_db

APPLICATION = {
    "name": "Скріпка",
    "legal_name": "ТОВ «Скріпка»",
    "tax_id": "32855961",
    "participation": "listing",
    "default_currency": "UAH",
    "vat_status": "included",
    "city": "Київ",
    "region": "UA-30",
    "email": "sales@skripka.example",
    "phone": "+380 44 123 45 67",
    "site_url": "skripka.example",
    "description": "Канцелярія",
    "agreed": "on",
}
SETTINGS = {
    **APPLICATION,
    "vat_percent": "20",
    "delivery_cost": "79.50",
    "free_from": "1500",
    "delivery_days": "3",
    "delivery_regions": ["UA-30", "UA-32"],
}


def test_person_applies_and_lands_on_the_waiting_desk(sign_in):
    user = UserFactory()
    client = sign_in(user)
    response = client.post("/desk/apply/", APPLICATION, follow=True)
    assert response.redirect_chain == [("/desk/skripka/", 302)]
    assert "desk/state.html" in [template.name for template in response.templates]
    vendor = Vendor.objects.get()
    assert (vendor.site_url, vendor.region, vendor.state) == ("https://skripka.example", "UA-30", "applied")
    assert client.get("/desk/").text.count("/desk/skripka/") >= 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("tax_id", "32855968", "32855968"),
        ("name", "", "error-summary"),
        ("agreed", "", "error-summary"),
        ("participation", "everything", "everything"),
        ("site_url", "javascript:alert(1)", "error-summary"),
    ],
)
def test_wrong_field_is_named_and_the_rest_stays_typed(sign_in, field, value, words):
    response = sign_in(UserFactory()).post("/desk/apply/", {**APPLICATION, field: value})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert words in response.text
    assert 'value="ТОВ «Скріпка»"' in response.text
    assert not Vendor.objects.exists()


def test_sixth_application_in_an_hour_has_to_wait(sign_in):
    client = sign_in(UserFactory())
    for _ in range(5):
        assert client.post("/desk/apply/", {}).status_code == 422
    response = client.post("/desk/apply/", APPLICATION)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 3600
    assert not Vendor.objects.exists()


def test_settings_are_stored_in_stored_units(sign_in):
    owner = MembershipFactory()
    url = f"/desk/{owner.vendor.slug}/settings/"
    client = sign_in(owner.user)
    assert client.get(url).status_code == 200
    assert client.post(url, SETTINGS).status_code == 302
    vendor = Vendor.objects.get()
    assert (vendor.delivery_price, vendor.free_delivery_from) == (795_000, 15_000_000)
    assert vendor.delivery_regions == ["UA-30", "UA-32"]
    page = client.get(url).text
    assert 'value="79.50"' in page or 'value="79.5"' in page or 'value="79,5' in page


def test_settings_cannot_approve_the_company_nor_raise_its_quality(sign_in):
    owner = MembershipFactory(vendor__state=VendorState.APPLIED)
    url = f"/desk/{owner.vendor.slug}/settings/"
    sign_in(owner.user).post(url, {**SETTINGS, "state": "approved", "quality": "1", "slug": "best"})
    vendor = Vendor.objects.get()
    assert (vendor.name, vendor.state, vendor.quality) == ("Скріпка", "applied", 0.5)
    assert vendor.slug == owner.vendor.slug


def test_owner_invites_and_the_colleague_accepts_after_signing_in(sign_in, client):
    owner = MembershipFactory()
    response = sign_in(owner.user).post(
        f"/desk/{owner.vendor.slug}/people/invite/",
        {"email": "new@example.com", "role": "manager"},
        follow=True,
    )
    assert "new@example.com" in response.text
    url = f"/desk/invitations/{token_for(Invitation.objects.get().pk)}/"
    assert client.get(url)["Location"].startswith("/accounts/login/?next=/desk/invitations/")
    user = UserFactory(email="new@example.com")
    invited = sign_in(user)
    assert invited.get(url).status_code == 200
    assert not Membership.objects.filter(user=user).exists()
    assert invited.post(url)["Location"] == f"/desk/{owner.vendor.slug}/"
    assert Membership.objects.get(user=user).role == Role.MANAGER
    assert invited.get(url).status_code == 400


def test_somebody_else_with_the_link_is_told_whose_it_is_and_does_not_get_in(sign_in):
    owner = MembershipFactory()
    sign_in(owner.user).post(
        f"/desk/{owner.vendor.slug}/people/invite/", {"email": "new@example.com", "role": "owner"}
    )
    url = f"/desk/invitations/{token_for(Invitation.objects.get().pk)}/"
    thief = UserFactory()
    response = sign_in(thief).post(url)
    assert response.status_code == 400
    assert not Membership.objects.filter(user=thief).exists()


def test_manager_is_not_offered_owners_and_cannot_send_one(sign_in):
    manager = MembershipFactory(role=Role.MANAGER)
    client = sign_in(manager.user)
    page = client.get(f"/desk/{manager.vendor.slug}/people/")
    assert [value for value, _label in page.context["form"].fields["role"].choices] == [
        "manager",
        "assistant",
    ]
    response = client.post(
        f"/desk/{manager.vendor.slug}/people/invite/", {"email": "new@example.com", "role": "owner"}
    )
    assert response.status_code == 422
    assert not Invitation.objects.exists()


def test_last_owner_who_leaves_is_told_why_not(sign_in):
    owner = MembershipFactory()
    response = sign_in(owner.user).post(f"/desk/{owner.vendor.slug}/people/{owner.pk}/remove/", follow=True)
    assert response.status_code == 200
    assert [str(message.level_tag) for message in response.context["messages"]] == ["error"]
    assert Membership.objects.filter(pk=owner.pk).exists()


def test_assistant_can_leave_but_not_remove_others(sign_in):
    owner = MembershipFactory()
    assistant = MembershipFactory(vendor=owner.vendor, role=Role.ASSISTANT)
    client = sign_in(assistant.user)
    assert client.post(f"/desk/{owner.vendor.slug}/people/{owner.pk}/remove/").status_code == 403
    assert Membership.objects.filter(pk=owner.pk).exists()
    assert client.post(f"/desk/{owner.vendor.slug}/people/{assistant.pk}/remove/")["Location"] == "/desk/"
    assert not Membership.objects.filter(pk=assistant.pk).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_people_page_asks_as_much_for_three_as_for_one(
    sign_in, django_assert_num_queries, monkeypatch, count
):
    monkeypatch.setattr(desk, "_entries", {})  # other rooms' badges ask on their own
    owner = MembershipFactory()
    for _ in range(count):
        member = MembershipFactory(vendor=owner.vendor, role=Role.ASSISTANT)
        Invitation.objects.create(
            vendor=owner.vendor,
            email=f"x{member.pk}@example.com",
            invited_by=owner.user,
            expires_at="2999-01-01T00:00Z",
        )
    client = sign_in(owner.user)
    url = f"/desk/{owner.vendor.slug}/people/"
    client.get(url)
    # session, user, gate, people, invitations; then what the header asks: unread, desks, rights, categories
    with django_assert_num_queries(9):
        client.get(url)


def test_decisions_reach_the_inbox_page(sign_in):
    owner = MembershipFactory()
    Notification.objects.create(
        user=owner.user, kind="vendor.approved", params={"vendor": "Скріпка", "reason": ""}, key="k"
    )
    assert "Скріпка" in sign_in(owner.user).get("/inbox/").text
