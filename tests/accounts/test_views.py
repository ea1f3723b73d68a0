"""Profile, sign-in limits, and the operators' second factor."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.factories.accounts import PASSWORD, OperatorFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_profile_is_stored_and_answers_in_the_chosen_language(sign_in):
    user = UserFactory()
    response = sign_in(user).post(
        "/profile/", {"name": " Анна  Б ", "company": "", "phone": "+380 (44) 123-45-67", "language": "en"}
    )
    assert response["Location"] == "/en/profile/"
    user.refresh_from_db()
    assert (user.name, user.phone, user.language) == ("Анна Б", "+380 (44) 123-45-67", "en")


def test_profile_cannot_make_an_operator(sign_in):
    user = UserFactory()
    sign_in(user).post(
        "/profile/",
        {
            "name": "x",
            "company": "",
            "phone": "",
            "language": "uk",
            "is_staff": "on",
            "is_superuser": "on",
            "email": "boss@example.com",
        },
    )
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser, user.name) == (False, False, "x")
    assert user.email != "boss@example.com"


@pytest.mark.parametrize(
    ("field", "value"), [("phone", "call me"), ("language", "de"), ("name", "x" * 121), ("phone", "12345")]
)
def test_wrong_value_is_named_and_nothing_changes(sign_in, field, value):
    user = UserFactory(name="Анна")
    data = {"name": "Б", "company": "", "phone": "", "language": "uk"} | {field: value}
    response = sign_in(user).post("/profile/", data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    user.refresh_from_db()
    assert user.name == "Анна"


def sign_in_with(client: Client, email: str, password: str):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_guessing_a_password_is_stopped_after_five_attempts_from_anywhere():
    user = UserFactory()
    for number in range(5):
        sign_in_with(Client(REMOTE_ADDR=f"192.0.2.{number}"), user.email, "wrong")
    late = Client(REMOTE_ADDR="192.0.2.99")
    sign_in_with(late, user.email, PASSWORD)
    assert "_auth_user_id" not in late.session


def test_one_address_cannot_try_many_accounts():
    users = UserFactory.create_batch(11)
    for user in users[:10]:
        sign_in_with(Client(), user.email, "wrong")
    late = Client()
    sign_in_with(late, users[10].email, PASSWORD)
    assert "_auth_user_id" not in late.session
    elsewhere = Client(REMOTE_ADDR="192.0.2.1")
    sign_in_with(elsewhere, users[10].email, PASSWORD)
    assert "_auth_user_id" in elsewhere.session


@pytest.mark.parametrize("password", ["short7", "1234567890", "password123"])
def test_weak_passwords_are_refused(client, password):
    response = client.post("/accounts/signup/", {"email": "new@example.com", "password1": password})
    assert response.status_code == 200
    assert not User.objects.exists()


def test_sign_up_with_a_known_address_answers_like_any_other_and_warns_its_owner(client):
    user = UserFactory(email="known@example.com")
    known = client.post("/accounts/signup/", {"email": "known@example.com", "password1": "Another-horse-77"})
    new = Client().post("/accounts/signup/", {"email": "new@example.com", "password1": "Another-horse-77"})
    assert (known.status_code, known["Location"]) == (new.status_code, new["Location"])
    assert User.objects.filter(email="known@example.com").get() == user
    assert {letter.to[0] for letter in mail.outbox} == {"known@example.com", "new@example.com"}


def test_reset_of_an_unknown_address_answers_like_any_other(client):
    UserFactory(email="known@example.com")
    answers = {
        (response.status_code, response["Location"])
        for response in (
            client.post("/accounts/password/reset/", {"email": address})
            for address in ("known@example.com", "nobody@example.com")
        )
    }
    assert len(answers) == 1


def test_session_gets_a_new_key_at_sign_in_and_ends_at_sign_out():
    user, client = UserFactory(), Client()
    client.get("/accounts/login/")
    session = client.session
    session["before"] = "1"
    session.save()
    client.cookies["sessionid"] = session.session_key
    before = session.session_key
    sign_in_with(client, user.email, PASSWORD)
    after = client.session.session_key
    assert after != before
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session
    stolen = Client()
    stolen.cookies["sessionid"] = after
    assert stolen.get("/profile/").status_code == 302


def test_changing_the_password_ends_the_other_sessions(sign_in):
    user = UserFactory()
    elsewhere = sign_in(user)
    assert elsewhere.get("/profile/").status_code == 200
    user.set_password("Another-horse-77")
    user.save()
    assert elsewhere.get("/profile/").status_code == 302


def test_sign_in_leads_nowhere_outside(client):
    user = UserFactory()
    response = client.post(
        "/accounts/login/?next=https://evil.example/",
        {"login": user.email, "password": PASSWORD, "next": "https://evil.example/"},
    )
    assert "evil" not in response["Location"]


def test_operators_are_sent_to_set_up_a_second_factor_where_it_is_asked(sign_in, settings):
    operator = OperatorFactory()
    client = sign_in(operator)
    assert client.get("/operators/").status_code == 200
    settings.OPERATORS_NEED_SECOND_FACTOR = True
    assert client.get("/operators/")["Location"] == "/accounts/2fa/"
    assert client.post("/operators/vendors/new/")["Location"] == "/accounts/2fa/"
    Authenticator.objects.create(user=operator, type="totp", data={"secret": "x"})
    assert client.get("/operators/").status_code == 200


def test_letters_come_in_the_language_of_the_sign_up(client):
    client.post("/en/accounts/signup/", {"email": "new@example.com", "password1": "Another-horse-77"})
    assert User.objects.get().language == "en"
