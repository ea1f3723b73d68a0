"""Menus of the header and the footer: by language, without lines that lead nowhere, new at once after a change."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation
from wagtail.contrib.redirects.models import Redirect

from catalog.models import Category
from cms.models import Menu, MenuItem, MenuPlace, StandardPage
from cms.selectors.menus import broken_lines, menus
from core.models import AuditEntry
from tests.factories.catalog import CategoryFactory

pytestmark = pytest.mark.django_db


def make(*items, place=MenuPlace.HEADER, language="uk", title="Колонка"):
    menu = Menu(place=place, language=language, title=title)
    menu.items = [MenuItem(sort_order=order, **told) for order, told in enumerate(items)]
    menu.save()
    return menu


def labels(place="header"):
    found = menus().get(place)
    return [(line.label, line.url) for line in found.lines] if found else None


def test_lines_stand_in_their_order_and_lead_to_pages_categories_and_addresses(homes):
    page = homes["uk"].add_child(
        instance=StandardPage(title="Правила", slug="rules", locale=homes["uk"].locale)
    )
    office = CategoryFactory(slug="office", name_uk="Канцелярія")
    make(
        {"label": "Усі", "address": "/categories/"},
        {"page": page},
        {"category": office},
        {"label": "Там", "address": "https://x.example/"},
    )
    assert labels() == [
        ("Усі", "/categories/"),
        ("Правила", "/rules/"),
        ("Канцелярія", "/categories/office/"),
        ("Там", "https://x.example/"),
    ]


def test_each_language_has_its_own_and_paths_get_its_prefix(homes):
    make({"label": "Усі", "address": "/categories/"})
    make({"label": "All", "address": "/categories/"}, language="en")
    with translation.override("en"):
        assert labels() == [("All", "/en/categories/")]
    with translation.override("ru"):
        assert labels() is None  # the row's own links stand there


def test_a_path_with_a_language_and_one_that_is_redirected_are_drawn(homes):
    Redirect.add_redirect("/action/", "/vendors/", is_permanent=False)
    make({"label": "Там", "address": "/ru/vendors/"}, {"label": "Акція", "address": "/action/"})
    assert labels() == [("Там", "/vendors/"), ("Акція", "/action/")]
    assert broken_lines() == []


def test_a_page_of_another_language_leads_to_its_translation(homes):
    page = homes["uk"].add_child(
        instance=StandardPage(title="Правила", slug="rules", locale=homes["uk"].locale)
    )
    other = page.copy_for_translation(homes["en"].locale)
    other.title, other.slug = "Rules", "the-rules"
    other.save_revision().publish()
    make({"page": page}, language="en")
    with translation.override("en"):
        assert labels() == [("Rules", "/en/the-rules/")]


def test_lines_whose_targets_are_gone_are_left_out_and_told(homes, django_capture_on_commit_callbacks):
    page = homes["uk"].add_child(
        instance=StandardPage(title="Правила", slug="rules", locale=homes["uk"].locale)
    )
    gone, merged, into = CategoryFactory(), CategoryFactory(), CategoryFactory(slug="into", name_uk="Нова")
    make(
        {"page": page},
        {"category": gone},
        {"category": merged},
        {"label": "Ніде", "address": "/nothing-here/"},
        {"label": "Є", "address": "/vendors/"},
    )
    assert len(labels()) == 4
    with django_capture_on_commit_callbacks(execute=True):
        page.unpublish()
    gone.delete()
    Category.objects.filter(pk=merged.pk).update(merged_into=into, is_active=False)
    translation.activate("uk")
    from cms.selectors.menus import forget

    forget()
    assert labels() == [("Нова", "/categories/into/"), ("Є", "/vendors/")]
    assert len(broken_lines()) == 3


def test_a_page_that_is_renamed_is_renamed_at_once(homes, django_capture_on_commit_callbacks):
    page = homes["uk"].add_child(
        instance=StandardPage(title="Правила", slug="rules", locale=homes["uk"].locale)
    )
    make({"page": page})
    assert labels() == [("Правила", "/rules/")]
    page.title = "Умови"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    assert labels() == [("Умови", "/rules/")]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({}, "one_target"),
        ({"label": "Два", "address": "/vendors/", "category": True}, "one_target"),
        ({"address": "/vendors/"}, "label"),
        ({"label": "Зле", "address": "javascript:alert(1)"}, "address"),
        ({"label": "Зле", "address": "//evil.example"}, "address"),
    ],
)
def test_a_line_leads_to_exactly_one_thing(told, code):
    if told.get("category"):
        told = told | {"category": CategoryFactory()}
    with pytest.raises(ValidationError) as refused:
        MenuItem(**told).clean()
    errors = (
        refused.value.error_list
        if hasattr(refused.value, "error_list")
        else [error for errors in refused.value.error_dict.values() for error in errors]
    )
    assert [error.code for error in errors] == [code]


@pytest.mark.parametrize("number", [1, 3])
def test_menus_are_read_once(homes, client, django_assert_num_queries, number):
    make(*[{"label": f"Лінія {n}", "address": "/vendors/"} for n in range(number)])
    with django_assert_num_queries(1):
        menus()
    with django_assert_num_queries(0):
        menus()


def test_an_operator_makes_a_menu_and_it_is_traced(
    client, operator, homes, django_capture_on_commit_callbacks
):
    assert labels() is None
    form = {
        "place": "header", "language": "uk", "title": "",
        "items-TOTAL_FORMS": "2", "items-INITIAL_FORMS": "0", "items-MIN_NUM_FORMS": "1", "items-MAX_NUM_FORMS": "1000",
        "items-0-label": "Другий", "items-0-address": "/vendors/", "items-0-ORDER": "2", "items-0-icon": "",
        "items-1-label": "Перший", "items-1-address": "/categories/", "items-1-ORDER": "1", "items-1-icon": "star",
    }  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("operators_menus:add"), form).status_code == 302
    assert labels() == [("Перший", "/categories/"), ("Другий", "/vendors/")]
    entry = AuditEntry.objects.get(action="cms.save_menu")
    assert entry.actor == str(operator.typed_id)
    page = client.get("/vendors/").content.decode()
    assert page.index("Перший") < page.index("Другий")
    menu = Menu.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("operators_menus:delete", args=[menu.pk]))
    assert labels() is None
    assert AuditEntry.objects.filter(action="cms.delete_menu").count() == 1


def test_the_report_shows_what_leads_nowhere(client, operator, homes):
    make({"label": "Ніде", "address": "/nothing-here/"})
    page = client.get(reverse("operators_pages_to_mend")).content.decode()
    assert "Lines of menus that lead nowhere" in page
    assert "Ніде" in page
