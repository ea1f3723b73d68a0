"""Groups of the operators' desk: least rights, earlier operators, and a document that says the same."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupPagePermission

from accounts.models import User
from cms.roles import ABOUT, PAGES, TABLE, DeskRole, ensure_roles, rights_of, roles_named

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "roles.md"


def held(group):
    return {f"{row.content_type.app_label}.{row.codename}" for row in group.permissions.all()}


@pytest.mark.django_db
def test_each_role_holds_its_rows_and_nothing_else():
    groups = ensure_roles()
    for role in DeskRole:
        assert held(groups[role]) == set(rights_of(role))
    assert held(groups[DeskRole.ADMINISTRATOR]) == set(TABLE)
    for role, group in groups.items():
        given = {
            codename for codename, holders in PAGES.items()
            if role is DeskRole.ADMINISTRATOR or role in holders
        }  # fmt: skip
        rows = GroupPagePermission.objects.filter(group=group)
        assert set(rows.values_list("permission__codename", flat=True)) == given


def test_no_role_may_do_what_only_administrators_do():
    assert set(ABOUT) == set(DeskRole)
    for name, holders in {**TABLE, **PAGES}.items():
        assert DeskRole.ADMINISTRATOR not in holders, f"{name}: administrators hold every row already"
    assert "vendors.change_vendor" not in rights_of(DeskRole.SUPPORT)
    assert [name for name in rights_of(DeskRole.FINANCE) if not re.search(r"\.(view|access)_", name)] == []


@pytest.mark.django_db
def test_the_second_time_nothing_is_written(django_assert_max_num_queries):
    ensure_roles()
    with django_assert_max_num_queries(8) as asked:
        ensure_roles()
    written = [each["sql"] for each in asked if not re.match(r"SELECT|SAVEPOINT|RELEASE", each["sql"])]
    assert written == []


@pytest.mark.django_db
def test_earlier_operators_become_administrators_and_keep_what_they_had():
    earlier = Group.objects.create(name="Operators")
    by_hand = Permission.objects.get(content_type__app_label="wagtailimages", codename="add_image")
    earlier.permissions.add(by_hand)
    person = User.objects.create_user("person@example.com", "a-long-password", is_staff=True)
    person.groups.add(earlier)
    ensure_roles()
    assert not Group.objects.filter(name="Operators").exists()
    assert roles_named(person.groups.values_list("name", flat=True)) == [DeskRole.ADMINISTRATOR]
    person = User.objects.get(pk=person.pk)
    assert person.has_perms([*TABLE, "wagtailimages.add_image"])
    assert not person.is_superuser


@pytest.mark.django_db
def test_a_right_taken_from_a_role_comes_back_and_one_given_by_hand_stays():
    groups = ensure_roles()
    support = groups[DeskRole.SUPPORT]
    support.permissions.remove(Permission.objects.get(codename="view_vendor"))
    extra = Permission.objects.get(content_type__app_label="catalog", codename="change_offer")
    support.permissions.add(extra)
    ensure_roles()
    assert held(support) == {*rights_of(DeskRole.SUPPORT), "catalog.change_offer"}


def test_the_document_shows_the_same_table():
    rows = re.findall(r"^\| `([\w.]+)` \| (.+) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    told = {name: [cell == "yes" for cell in cells.split(" | ")] for name, cells in rows}
    assert told == {
        name: [role is DeskRole.ADMINISTRATOR or role in holders for role in DeskRole]
        for name, holders in {**TABLE, **PAGES}.items()
    }
