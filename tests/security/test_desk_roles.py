"""Every page of the operators' desk that is ours has decided roles, and each role gets what was decided."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import resolve, reverse

from accounts.models import User
from cms.roles import DeskRole, ensure_roles
from tests.factories.accounts import UserFactory
from tests.security.desk import CLOSED, PAGES, TOLD
from tests.security.rights import ADMIN
from tests.security.test_url_rights import BACKEND, addresses

OURS = {key: route for key, route in addresses() if route.startswith(ADMIN) and key.startswith("operators_")}
HOME = "/operators/"
#: Single rows of lists that are only read: Wagtail looks for the row first, then asks the list's own right.
VIEWED = {
    "operators_imports:inspect": ["price_lists.view_importrun"],
    "operators_requests:inspect": ["buyer_requests.view_buyerrequest"],
    **{
        f"operators_menus:{part}": ["cms.change_menu"]
        for part in ("edit", "delete", "history", "history_results", "usage")
    },
}


def decided(key):
    """Roles beside the administrator's, None where nobody decided."""
    if key in PAGES:
        return PAGES[key]
    part = key.partition(":")[2]
    if part in CLOSED:
        return "nobody"
    if part in TOLD:
        return "readers"
    return None


def path_of(route):
    path = re.sub(r"<uuid:\w+>", "6f0ad1c8-6a9f-4a3c-9f0c-0f6a3b1f7a11", route)
    path = re.sub(r"<int:\w+>", "999999", path)
    return "/" + re.sub(r"<[^>]+>", "x:1", path)


def rights_of(path):
    """What the view says it needs, in full names; none for Wagtail's own views of single rows."""
    named = getattr(resolve(path).func.view_class, "permission_required", None) or ()
    named = (named,) if isinstance(named, str) else named
    return [name for name in named if "." in name]


def test_every_page_of_the_desk_has_decided_roles():
    missing = sorted(key for key in OURS if decided(key) is None)
    assert not missing, f"Decide which roles open {', '.join(missing)}: add rows to tests/security/desk.py."
    assert sorted(set(PAGES) - set(OURS)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(DeskRole))
def test_each_role_opens_its_pages_and_no_other(role):
    person = UserFactory(is_staff=True)
    person.groups.add(ensure_roles()[role])
    client = Client()
    person = User.objects.get(pk=person.pk)
    client.force_login(person, backend=BACKEND)
    wrong = []
    for key, route in sorted(OURS.items()):
        roles = decided(key)
        if roles == "readers" or roles is None:
            continue
        opens = roles != "nobody" and (role is DeskRole.ADMINISTRATOR or role in roles)
        client.cookies.pop("messages", None)
        response = client.get(path_of(route))
        turned_away = response.status_code == 403 or (
            response.status_code == 302 and response["Location"] == HOME
        )
        if response.status_code == 404:  # the made-up thing was looked for first: the view's own right tells
            needed = VIEWED.get(key) or rights_of(path_of(route))
            turned_away = not needed or not person.has_perms(needed)
        if turned_away is opens:
            wrong.append(f"{key}: {response.status_code} {response.get('Location', '')}")
    assert not wrong, wrong


@pytest.mark.django_db
def test_no_role_reads_what_wagtail_keeps_of_people(client):
    for role in DeskRole:
        person = UserFactory(is_staff=True)
        person.groups.add(ensure_roles()[role])
        client.force_login(User.objects.get(pk=person.pk), backend=BACKEND)
        for name in ("wagtailusers_users:index", "wagtailusers_groups:index"):
            assert client.get(reverse(name)).status_code == 302, (role, name)
