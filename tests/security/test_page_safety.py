"""What every page promises browsers: a strict content policy that it keeps, and the other headers."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.csp import OPERATORS_POLICY, PERMISSIONS
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.vendors import MembershipFactory, VendorFactory
from tests.security.rights import RIGHTS, World
from tests.security.test_url_rights import BACKEND, address_of, denied

pytestmark = pytest.mark.django_db

#: Types that browsers keep as data and never run.
DATA = {"application/json", "application/ld+json"}


class _Inline(HTMLParser):
    """Collects what the policy would block: scripts and styles in the page, handlers, script addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "script" and "src" not in values and values.get("type") not in DATA:
            self.found.append("<script> without src")
        if tag == "style":
            self.found.append("<style>")
        for name, value in attrs:
            if name == "style" or name.startswith(("on", "hx-on")):
                self.found.append(f"<{tag} {name}=…>")
            if name in {"href", "src", "action"} and (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"<{tag} {name}=javascript:…>")
            loads = tag in {"script", "iframe"} or values.get("rel") in {"stylesheet", "preload", "icon"}
            if loads and name in {"src", "href"} and "//" in (value or ""):
                self.found.append(f"<{tag}> from {value}")


def inline_parts(html: str) -> list[str]:
    parser = _Inline()
    parser.feed(html)
    return parser.found


def policy_of(response) -> dict[str, list[str]]:
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<script>x</script>", 1),
        ('<script type="module">x</script>', 1),
        ('<script src="/static/a.js"></script><script type="application/json">{}</script>', 0),
        ('<p style="color:red" onclick="x()">', 2),
        ('<a href=" JavaScript:x">', 1),
        ('<script src="https://cdn.example/a.js"></script>', 1),
        ("<style>p{}</style>", 1),
    ],
)
def test_the_look_for_inline_parts_finds_them(html, found):
    assert len(inline_parts(html)) == found


@pytest.mark.parametrize("key", sorted(key for key, row in RIGHTS.items() if row.get and row.get != {405}))
def test_page_keeps_the_strict_policy(key):
    row, world = RIGHTS[key], World()
    url = address_of(key, row, world)
    for role, user in world.roles.items():
        if denied(row, role):
            continue
        client = Client()
        if user:
            client.force_login(user, backend=BACKEND)
        response = client.get(url)
        policy = policy_of(response)
        assert policy["default-src"] == policy["script-src"] == policy["style-src"] == ["'self'"]
        assert policy["object-src"] == policy["base-uri"] == ["'none'"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        assert response["X-Frame-Options"] in {"SAMEORIGIN", "DENY"}
        assert response["Permissions-Policy"] == PERMISSIONS
        if not response.streaming and response["Content-Type"].startswith("text/html"):
            assert inline_parts(response.text) == []
        break


@pytest.mark.parametrize("path", ["/nowhere/", "/desk/nobody/", "/operators/nowhere/"])
def test_refusals_carry_the_headers_too(client, path):
    client.force_login(UserFactory(), backend=BACKEND)
    response = client.get(path)
    assert response.status_code in {302, 404}
    assert "Content-Security-Policy" in response
    assert response["Permissions-Policy"] == PERMISSIONS


def test_failure_of_ours_carries_the_policy_and_says_nothing_of_the_inside(client, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("secret inside")

    monkeypatch.setattr("notifications.selectors.inbox_of", fail)
    client.force_login(UserFactory(), backend=BACKEND)
    client.raise_request_exception = False
    response = client.get("/inbox/")
    assert response.status_code == 500
    assert policy_of(response)["script-src"] == ["'self'"]
    assert "secret inside" not in response.text
    assert inline_parts(response.text) == []


def test_only_the_operators_admin_gets_the_looser_policy(client):
    client.force_login(OperatorFactory(), backend=BACKEND)
    loose = policy_of(client.get(reverse("wagtailadmin_home")))
    assert loose["script-src"] == OPERATORS_POLICY["script-src"] == ["'self'", "'unsafe-inline'"]
    assert loose["default-src"] == ["'self'"]
    assert loose["object-src"] == ["'none'"]
    assert policy_of(client.get("/inbox/"))["script-src"] == ["'self'"]


def test_what_a_signed_in_person_sees_is_kept_by_no_cache(client):
    member = MembershipFactory()
    client.force_login(member.user, backend=BACKEND)
    for path in ("/inbox/", "/profile/", f"/desk/{member.vendor.slug}/", "/requests/", "/categories/"):
        assert "no-store" in client.get(path)["Cache-Control"], path


def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client, settings):
    user = UserFactory(password="Correct-horse-battery-7")
    client.post("/accounts/login/", {"login": user.email, "password": "Correct-horse-battery-7"})
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert client.cookies["csrftoken"]["samesite"] == "Lax"


def test_names_from_outside_are_escaped(client):
    member = MembershipFactory(
        vendor=VendorFactory(name="<script>alert(1)</script>"), user__name='"><img src=x onerror=alert(1)>'
    )
    client.force_login(member.user, backend=BACKEND)
    for path in ("/desk/", f"/desk/{member.vendor.slug}/people/", "/vendors/"):
        html = client.get(path).text
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert inline_parts(html) == []
