"""Signing up and in as a person does it, in a real browser under the strict content policy."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, page: Page, require_part):
    """The address of the site; in the end, nothing was blocked and no script failed."""
    require_part("node_modules")
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console",
        lambda message: troubles.append(message.text) if "Content Security Policy" in message.text else None,
    )
    page.set_default_timeout(20_000)
    yield live_server.url
    assert troubles == []


def enter(page: Page, site: str, user: User, password: str = PASSWORD) -> None:
    page.goto(f"{site}/en/accounts/login/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", password)
    page.click("main form button[type=submit] >> nth=0")


def leave(page: Page, site: str) -> None:
    page.goto(f"{site}/en/accounts/logout/")
    page.click("main form button[type=submit]")


def confirm_password(page: Page) -> None:
    """Allauth asks again before it touches second factors."""
    if "reauthenticate" in page.url:
        page.fill("input[name=password]", PASSWORD)
        page.click("main form:has(input[name=password]) button[type=submit]")


def link_in_letter(pattern: str) -> str:
    found = re.search(pattern, mail.outbox[-1].body)
    assert found, mail.outbox[-1].body
    return found.group(0)


def is_signed_in(page: Page, site: str) -> bool:
    page.goto(f"{site}/en/profile/")
    return page.url == f"{site}/en/profile/"


def test_sign_up_needs_the_letter_then_lets_in(page, site):
    page.goto(f"{site}/en/accounts/signup/")
    page.fill("input[name=email]", "New.Person@example.com")
    page.fill("input[name=password1]", PASSWORD)
    page.click("main form button[type=submit] >> nth=0")
    page.wait_for_url("**/confirm-email/")
    assert not is_signed_in(page, site)
    user = User.objects.get()
    assert (user.email, user.language) == ("new.person@example.com", "en")
    page.goto(link_in_letter(r"http://\S+/confirm-email/\S+/"))
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    if not is_signed_in(page, site):
        enter(page, site, user)
        page.wait_for_url(lambda url: "login" not in url)
    assert is_signed_in(page, site)


def test_forgotten_password_is_set_anew_by_letter(page, site):
    user = UserFactory(language="en")
    page.goto(f"{site}/en/accounts/password/reset/")
    page.fill("input[name=email]", user.email)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/password/reset/done/")
    page.goto(link_in_letter(r"http://\S+/password/reset/key/\S+/"))
    page.fill("input[name=password1]", "Quite-another-91")
    if page.locator("input[name=password2]").count():
        page.fill("input[name=password2]", "Quite-another-91")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/password/reset/key/done/")
    enter(page, site, user, "Quite-another-91")
    page.wait_for_url(lambda url: "login" not in url)
    assert is_signed_in(page, site)


def test_second_factor_by_code_is_asked_for_at_the_next_sign_in(page, site):
    user = UserFactory(language="en")
    enter(page, site, user)
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"{site}/en/accounts/2fa/totp/activate/")
    confirm_password(page)
    expect(page.locator("input[name=code]")).to_be_visible()
    secret = page.evaluate(
        "() => (document.body.innerText + ' ' + [...document.querySelectorAll('input')]"
        ".map(i => i.value).join(' ')).match(/\\b[A-Z2-7]{32}\\b/)[0]"
    )

    def code() -> str:
        return format_hotp_value(hotp_value(secret, int(time.time()) // 30))

    page.fill("input[name=code]", code())
    page.click("main form:has(input[name=code]) button[type=submit]")
    page.wait_for_url(lambda url: "activate" not in url)
    leave(page, site)
    enter(page, site, user)
    page.wait_for_url("**/2fa/authenticate/**")
    assert not is_signed_in(page, site)
    page.goto(f"{site}/en/accounts/2fa/authenticate/")
    page.fill("input[name=code]", "000000")
    page.click("main form:has(input[name=code]) button[type=submit] >> nth=0")
    page.wait_for_load_state()
    assert "/2fa/authenticate/" in page.url
    cache.clear()  # a code is good once, and the test would wait for the next one
    page.fill("input[name=code]", code())
    page.click("main form:has(input[name=code]) button[type=submit] >> nth=0")
    page.wait_for_url(lambda url: "authenticate" not in url)
    assert is_signed_in(page, site)


def test_passkey_is_added_and_signs_in_without_a_password(page, site):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    user = UserFactory(language="en")
    enter(page, site, user)
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"{site}/en/accounts/2fa/webauthn/add/")
    confirm_password(page)
    page.fill("input[name=name]", "My device")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    assert user.authenticator_set.filter(type="webauthn").count() == 1
    leave(page, site)
    assert not is_signed_in(page, site)
    page.goto(f"{site}/en/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url(lambda url: "login" not in url)
    assert is_signed_in(page, site)
