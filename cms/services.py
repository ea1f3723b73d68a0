"""Pages that every installation starts with, and the groups of people who run the row."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.models import Locale, Page, Site

from cms.first_pages import HOME, HOME_TITLE, RULES
from cms.first_sections import ensure_sections
from cms.models import HomePage, StandardPage
from cms.roles import DeskRole, ensure_roles, root_page

# Who may do what on the desk stands in one table, `cms.roles.TABLE`: a new right gets its row there.
OPERATORS = DeskRole.ADMINISTRATOR.group_name


@transaction.atomic
def ensure_pages() -> HomePage:
    """Home, rules, help and menus in three languages, where they are not there yet. Operators' edits stay as they are."""
    locales = {code: Locale.objects.get_or_create(language_code=code)[0] for code in ("uk", "ru", "en")}
    root = root_page()
    home = HomePage.objects.filter(locale=locales["uk"]).first()
    if home is None:
        Page.objects.filter(depth=2, slug="home").delete()  # Wagtail's own welcome page
        root.refresh_from_db()
        home = root.add_child(instance=_home("uk", locales["uk"]))
        Site.objects.all().delete()
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True, site_name="Ряд")
    for code in ("ru", "en"):
        if not HomePage.objects.filter(locale=locales[code]).exists():
            root.refresh_from_db()
            root.add_child(instance=_home(code, locales[code], translation_of=home))
    _ensure_standard(RULES, locales)
    ensure_sections()
    return home


def _home(code: str, locale: Locale, translation_of: HomePage | None = None) -> HomePage:
    page = HomePage(title=HOME_TITLE[code], slug=f"home-{code}", locale=locale, body=HOME[code])
    if translation_of is not None:
        page.translation_key = translation_of.translation_key
    return page


def _ensure_standard(content: dict[str, Any], locales: dict[str, Locale]) -> None:
    key = None
    for code, locale in locales.items():
        parent = HomePage.objects.get(locale=locale)
        page = StandardPage.objects.child_of(parent).filter(slug=content["slug"]).first()
        if page is None:
            page = StandardPage(
                title=content["title"][code], slug=content["slug"], locale=locale, body=content["body"][code]
            )
            if key is not None:
                page.translation_key = key
            parent.add_child(instance=page)
        key = page.translation_key


def ensure_operators_group() -> Group:
    """The group of administrators, who may do all that operators may; the groups of the other roles come along."""
    return ensure_roles()[DeskRole.ADMINISTRATOR]
