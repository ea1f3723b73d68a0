"""The log of sign-ins."""

from __future__ import annotations

import pytest
from django.test import Client
from structlog.testing import capture_logs

from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def test_sign_ins_are_logged_without_secrets():
    user = UserFactory(email="anna@example.com")
    with capture_logs() as lines:
        client = Client()
        client.post("/accounts/login/", {"login": user.email, "password": "wrong-password"})
        client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        client.post("/accounts/logout/")
    events = [line["event"] for line in lines if line["event"].startswith("accounts.")]
    assert events[0] == "accounts.sign_in_refused"
    assert "accounts.signed_in" in events
    assert events[-1] == "accounts.signed_out"
    text = str(lines)
    for secret in (PASSWORD, "wrong-password", "anna@example.com"):
        assert secret not in text
