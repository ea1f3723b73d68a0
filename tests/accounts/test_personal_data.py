"""A copy of a person's data, and the end of an account."""

from __future__ import annotations

import json
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts import personal_data
from accounts.errors import AccountInUse
from accounts.models import Consent, User
from accounts.services import erase_person, export_person
from buyer_requests.models import BuyerRequest
from notifications.models import MailChoice, Notification
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.buyer_requests import make_draft, make_open
from tests.factories.vendors import MembershipFactory
from vendors.enums import Role, VendorState
from vendors.models import Invitation, Membership, Vendor

pytestmark = pytest.mark.django_db


def confirm(client: Client) -> None:
    """As if the password had just been given again."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


@pytest.fixture
def person():
    user = UserFactory(email="anna@example.com", name="Анна", company="Скріпка", phone="+380441234567")
    Consent.objects.create(user=user, purpose="terms", version="1")
    Authenticator.objects.create(user=user, type="totp", data={"secret": "top-secret"})
    Notification.objects.create(user=user, kind="vendor.invited", params={"vendor": "Олівець"}, key="k")
    MailChoice.objects.create(user=user, kind="vendor.joined", mailed=False)
    return user


def test_every_room_with_people_in_it_has_joined():
    rooms = {keeper.room for keeper in personal_data.keepers()}
    assert {"accounts", "notifications", "vendors"} <= rooms
    assert personal_data.keepers()[-1].room == "accounts"


def test_every_row_that_points_to_a_person_belongs_to_a_room_that_joined():
    rooms = {keeper.room for keeper in personal_data.keepers()}
    ours = {
        "accounts",
        "notifications",
        "vendors",
        "catalog",
        "search",
        "price_lists",
        "buyer_requests",
        "api",
    }
    pointing = {
        relation.related_model._meta.app_label
        for relation in User._meta.related_objects
        if relation.related_model._meta.app_label in ours and relation.on_delete.__name__ != "SET_NULL"
    }
    assert pointing - rooms == set(), "join accounts.personal_data in the room's AppConfig.ready()"


def test_copy_holds_what_is_kept_but_no_secret(person):
    vendor = MembershipFactory(user=person).vendor
    copy = export_person(user=person)
    text = json.dumps(copy, ensure_ascii=False)
    assert copy["accounts"]["phone"] == "+380441234567"
    assert copy["accounts"]["addresses"] == [{"email": "anna@example.com", "verified": True, "primary": True}]
    assert copy["vendors"]["companies"][0]["name"] == vendor.name
    assert "Олівець" in copy["notifications"]["messages"][0]["subject"]
    assert copy["notifications"]["letters"] == [{"kind": "vendor.joined", "mailed": False, "pushed": True}]
    assert "top-secret" not in text
    assert person.password not in text


def test_copy_is_given_only_after_the_password_and_only_of_oneself(person, sign_in):
    UserFactory(email="other@example.com")
    client = sign_in(person)
    assert "/reauthenticate/" in client.post("/profile/data/")["Location"]
    confirm(client)
    response = client.post("/profile/data/")
    assert response["Content-Disposition"] == 'attachment; filename="ryad-my-data.json"'
    assert response.json()["accounts"]["email"] == "anna@example.com"
    assert "other@example.com" not in response.text


def test_erased_person_leaves_a_nameless_stub_and_no_way_in(person, sign_in):
    owner = MembershipFactory()
    MembershipFactory(vendor=owner.vendor, user=person, role=Role.ASSISTANT)
    Invitation.objects.create(vendor=owner.vendor, email="ANNA@example.com", expires_at="2999-01-01T00:00Z")
    elsewhere = sign_in(person)
    erase_person(user=person)
    person.refresh_from_db()
    assert (person.email, person.name, person.phone, person.company) == (
        f"erased-{person.pk}@erased.invalid",
        "",
        "",
        "",
    )
    assert not person.is_active
    for rows in (
        EmailAddress.objects.filter(user=person),
        Authenticator.objects.filter(user=person),
        Consent.objects.filter(user=person),
        Notification.objects.filter(user=person),
        MailChoice.objects.filter(user=person),
        Membership.objects.filter(user=person),
        Invitation.objects.filter(email__iexact="anna@example.com"),
    ):
        assert not rows.exists()
    assert elsewhere.get("/profile/").status_code == 302
    visitor = Client()
    visitor.post("/accounts/login/", {"login": "anna@example.com", "password": PASSWORD})
    assert "_auth_user_id" not in visitor.session


def test_requests_end_with_their_buyer_and_lose_the_persons_words(person):
    draft, running = make_draft(person), make_open(person, notes="Дзвоніть Анні", place="Київ, вул. Лісова 1")
    erase_person(user=person)
    assert not BuyerRequest.objects.filter(pk=draft.pk).exists()
    running.refresh_from_db()
    assert (running.state, running.notes, running.place, running.name_hidden) == ("cancelled", "", "", True)


def test_address_is_free_again_after_erasure(person):
    erase_person(user=person)
    assert UserFactory(email="anna@example.com").pk != person.pk


def test_last_owner_is_told_what_to_settle_and_nothing_is_erased(person):
    MembershipFactory(user=person, vendor__name="Скріпка")
    with pytest.raises(AccountInUse, match="Скріпка"):
        erase_person(user=person)
    person.refresh_from_db()
    assert person.is_active
    assert Notification.objects.filter(user=person).exists()


def test_refused_company_keeps_nobody(person):
    membership = MembershipFactory(user=person, vendor__state=VendorState.REJECTED, vendor__applied_by=person)
    erase_person(user=person)
    assert Vendor.objects.get(pk=membership.vendor.pk).applied_by is None


def test_page_asks_for_the_address_and_signs_out(person, sign_in):
    client = sign_in(person)
    assert "/reauthenticate/" in client.get("/profile/delete/")["Location"]
    confirm(client)
    assert client.post("/profile/delete/", {"email": "other@example.com"}).status_code == 422
    person.refresh_from_db()
    assert person.is_active
    assert client.post("/profile/delete/", {"email": "Anna@example.com"})["Location"] == "/"
    assert "_auth_user_id" not in client.session
    person.refresh_from_db()
    assert not person.is_active
