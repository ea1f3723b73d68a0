"""Roles × addresses: every address of the URL conf is decided in `rights.py`, and every role gets what was decided."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.security.rights import ADMIN, ADMIN_OPEN, RIGHTS, Right, Row, World

LOGIN = "/accounts/login/"
BACKEND = "django.contrib.auth.backends.ModelBackend"
#: What a denied request may write: the session that carries a sign-in or a message.
HARMLESS = re.compile(r"^(SELECT|SAVEPOINT|RELEASE|ROLLBACK|PRAGMA)|\bdjango_session\b", re.IGNORECASE)

DESK_RANK = {"assistant": 1, "manager": 2, "owner": 3}
NEEDED_RANK = {Right.ASSISTANT: 1, Right.MANAGER: 2, Right.OWNER: 3}


def addresses() -> Iterator[tuple[str, str]]:
    """(key, route) of every pattern; the key is the name with its namespaces, the route where it has no name."""

    def walk(patterns, namespace, route):
        for pattern in patterns:
            here = route + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from walk(pattern.url_patterns, inner, here)
            elif isinstance(pattern, URLPattern):
                yield (namespace + pattern.name if pattern.name else here), here

    return walk(get_resolver().url_patterns, "", "")


OURS = sorted({key for key, route in addresses() if not route.startswith(ADMIN)})


def denied(row: Row, role: str) -> str:
    """How the role is turned away, "login" or "404"; empty where it has the right."""
    if row.right is Right.ANYONE:
        return ""
    if role == "visitor":
        return "login"
    if row.right is Right.SIGNED_IN:
        return ""
    if row.right in {Right.OWN, Right.OWN_OR_OPERATOR}:
        return "" if role == "buyer" or (row.right is Right.OWN_OR_OPERATOR and role == "operator") else "404"
    return "" if DESK_RANK.get(role, 0) >= NEEDED_RANK[row.right] else "404"


def test_every_address_has_a_decided_right():
    missing = [key for key in OURS if key not in RIGHTS]
    assert not missing, (
        f"Decide who may open {', '.join(missing)}: add a row for each to RIGHTS in tests/security/rights.py."
    )


def test_no_right_outlives_its_address():
    gone = sorted(set(RIGHTS) - set(OURS))
    assert not gone, f"These rows of tests/security/rights.py name no address any more: {', '.join(gone)}"


def address_of(key: str, row: Row, world: World) -> str:
    if "/" in key:  # a pattern without a name
        return f"/{key}"
    args = row.args(world)
    try:
        return reverse(key, kwargs=args)
    except NoReverseMatch:
        return reverse(key, args=list(args.values()))  # regular expressions without group names


@pytest.mark.django_db
@pytest.mark.parametrize("key", [key for key in OURS if key in RIGHTS])
def test_every_role_gets_what_was_decided(key):
    row, world = RIGHTS[key], World()
    url, data = address_of(key, row, world), row.data(world)
    for role, user in world.roles.items():
        client = Client()
        if user:
            client.force_login(user, backend=BACKEND)
        for method, statuses in (("get", row.get), ("post", row.post)):
            if statuses is None:
                continue
            with transaction.atomic(), CaptureQueriesContext(connection) as queries:
                response = getattr(client, method)(url, data if method == "post" else {})
                transaction.set_rollback(True)
            told = f"{role} {method.upper()} {url}: {response.status_code} {response.get('Location', '')}"
            turned_away = denied(row, role)
            is_login = response.status_code == 302 and response["Location"].partition("?")[0] == LOGIN
            if statuses == {405} and response.status_code == 405:
                continue  # the method itself is refused, before or after the right is looked at
            if turned_away:
                assert is_login if turned_away == "login" else response.status_code == 404, told
                written = [query["sql"] for query in queries if not HARMLESS.search(query["sql"])]
                assert not written, f"{told} was turned away, but wrote {written}"
            else:
                assert response.status_code in statuses, told
                assert row.right is Right.ANYONE or not is_login, told


@pytest.mark.django_db
@pytest.mark.parametrize("key", [key for key in OURS if key in RIGHTS and RIGHTS[key].right in NEEDED_RANK])
def test_own_desk_does_not_open_another_vendors_things(key):
    """The right slug with somebody else's id: the thing does not exist, and nothing is written."""
    row, world = RIGHTS[key], World()
    args = row.args(world)
    # Pages without a thing; requests are open to all vendors, and points of the checklist are every vendor's.
    if len(args) == 1 or {"public_id", "item"} & set(args):
        return
    url = reverse(key, kwargs=args | {"vendor_slug": "theirs"})
    client = Client()
    client.force_login(world.roles["foreign owner"], backend=BACKEND)
    for method, statuses in (("get", row.get), ("post", row.post)):
        if statuses is None or statuses == {405}:
            continue
        with CaptureQueriesContext(connection) as queries:
            response = getattr(client, method)(url, row.data(world))
        assert response.status_code == 404, f"{method.upper()} {url}: {response.status_code}"
        assert not [query["sql"] for query in queries if not HARMLESS.search(query["sql"])]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "key", [key for key in OURS if key in RIGHTS and RIGHTS[key].post and not RIGHTS[key].sealed]
)
def test_no_form_is_taken_without_its_token(key):
    """Cross-site request forgery: whoever has the right is refused without the token of our own page."""
    row, world = RIGHTS[key], World()
    url, data = address_of(key, row, world), row.data(world)
    for role, user in world.roles.items():
        if denied(row, role):
            continue
        client = Client(enforce_csrf_checks=True)
        if user:
            client.force_login(user, backend=BACKEND)
        with CaptureQueriesContext(connection) as queries:
            response = client.post(url, data)
        assert response.status_code == 403, f"{role} POST {url}: {response.status_code}"
        assert not [query["sql"] for query in queries if not HARMLESS.search(query["sql"])]


def _admin_paths() -> list[str]:
    """Addresses of the operators' admin with made-up arguments."""
    paths = []
    for _key, route in addresses():
        if not route.startswith(ADMIN) or route.endswith("^.*/$"):
            continue
        path = re.sub(r"<int:\w+>", "1", route)
        path = re.sub(r"<[^>]+>", "x", path)
        path = (
            path.replace("(\\d+)", "1")
            .replace("(live|earliest|\\d+)", "live")
            .replace("(live|latest|\\d+)", "latest")
        )
        paths.append(path.replace("^", "").replace("$", "").replace("\\.", "."))
    return sorted(set(paths))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["visitor", "owner"])
def test_admin_is_closed_to_all_but_operators(role):
    client, user = Client(), World().roles[role]
    if user:
        client.force_login(user, backend=BACKEND)
    for path in _admin_paths():
        if path in ADMIN_OPEN:
            continue
        client.cookies.pop("messages", None)  # each refusal leaves one
        for method in ("get", "post"):
            with CaptureQueriesContext(connection) as queries:
                response = getattr(client, method)(f"/{path}")
            told = f"{role} {method.upper()} /{path}: {response.status_code}"
            assert response.status_code in {302, 401, 403, 404, 405}, told
            written = [query["sql"] for query in queries if not HARMLESS.search(query["sql"])]
            assert not written, f"{told} wrote {written}"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/operators/login/", "/_util/login/"])
def test_wagtails_own_sign_in_forms_are_no_way_around_the_second_factor(client, path):
    world = World()
    response = client.post(
        path, {"username": world.roles["operator"].email, "password": "Correct-horse-battery-7"}
    )
    assert (response.status_code, response["Location"]) == (302, LOGIN)
    assert "_auth_user_id" not in client.session
