"""Pages that every installation starts with, and the group of people who run the row."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import GroupPagePermission, Locale, Page, Site

from cms.first_pages import HELP, HOME, HOME_TITLE, RULES
from cms.models import HomePage, StandardPage

OPERATORS = "Operators"
#: What operators may do beside pages; bids are not among it.
_PERMISSIONS = (
    "wagtailadmin.access_admin",
    "catalog.view_category",
    "catalog.add_category",
    "catalog.change_category",
    "catalog.delete_category",
    "catalog.change_offer",
    "catalog.view_product",
    "catalog.change_product",
    "vendors.view_vendor",
    "vendors.change_vendor",
    "price_lists.view_importrun",
    "price_lists.change_titlerule",
    "buyer_requests.change_biddingstop",
    "buyer_requests.change_requesthold",
    "search.change_rankingweights",
    "buyer_requests.view_buyerrequest",
    "reviews.change_review",
    "core.view_job",
    "core.change_job",
)
_PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page", "bulk_delete_page")


@transaction.atomic
def ensure_pages() -> HomePage:
    """Home, help and rules in three languages, where they are not there yet. Operators' edits stay as they are."""
    locales = {code: Locale.objects.get_or_create(language_code=code)[0] for code in ("uk", "ru", "en")}
    root = _root()
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
    for content in (HELP, RULES):
        _ensure_standard(content, locales)
    return home


def _root() -> Page:
    """Wagtail's first migration makes it; a flushed database has lost it."""
    return Page.get_first_root_node() or Page.add_root(title="Root", slug="root")


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
    """The group whose members run the row from Wagtail's admin, with the least rights that this needs."""
    group, _created = Group.objects.get_or_create(name=OPERATORS)
    held = set(group.permissions.values_list("content_type__app_label", "codename"))
    for name in _PERMISSIONS:
        app_label, codename = name.split(".")
        if (app_label, codename) not in held:
            group.permissions.add(
                Permission.objects.get(content_type__app_label=app_label, codename=codename)
            )
    Locale.objects.get_or_create(language_code="uk")
    root = _root()
    for codename in _PAGE_PERMISSIONS:
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    return group
