"""Parts of the first content that came after the first pages: menus and the help centre. Each is made once, ever.

What was made is noted (`FirstContent`), so that an older installation receives a new part with its next `migrate`, and
what operators took away afterwards stays away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Page

from cms.first_help import LEADS, TITLES, articles
from cms.first_pages import HELP
from cms.models import (
    FirstContent,
    HelpIndexPage,
    HelpPage,
    HomePage,
    Menu,
    MenuItem,
    MenuPlace,
    StandardPage,
)
from core.places import place

#: Label by language, address or page; icon.
_Line = tuple[dict[str, str], str, str]


def ensure_sections() -> None:
    """Every part that this installation was not given yet. One read where all is there."""
    made = set(FirstContent.objects.values_list("name", flat=True))
    if made >= set(_PARTS):
        return
    homes = {home.locale.language_code: home for home in HomePage.objects.select_related("locale")}
    for name, make in _PARTS.items():
        if name not in made and homes:
            with transaction.atomic():
                make(homes)
                FirstContent.objects.create(name=name)


# Help ---------------------------------------------------------------------------------------------------------


def _make_help(homes: dict[str, HomePage]) -> None:
    """A help centre below each home page. The one page of help of earlier versions goes, if nobody had changed it."""
    keys: dict[str, Any] = {}
    for language, home in homes.items():
        if HelpIndexPage.objects.child_of(home).exists():
            continue
        slug = "help" if _without_old_help(home, language) else "help-centre"
        index = HelpIndexPage(
            title=TITLES[language], slug=slug, lead=LEADS[language], locale=home.locale, show_in_menus=True
        )
        _translate(index, keys, "index")
        home.refresh_from_db()
        home.add_child(instance=index)
        for article in articles(language):
            page = HelpPage(
                title=article.title,
                slug=article.slug,
                lead=article.lead,
                audience=article.audience,
                body=article.body,
                locale=home.locale,
            )
            _translate(page, keys, article.slug)
            index.add_child(instance=page)


def _translate(page: Page, keys: dict[str, Any], name: str) -> None:
    if name in keys:
        page.translation_key = keys[name]
    else:
        keys[name] = page.translation_key


def _without_old_help(home: HomePage, language: str) -> bool:
    """Whether the address "help" is free below a home page, after what was there by itself has gone."""
    old = Page.objects.child_of(home).filter(slug=HELP["slug"]).first()
    if old is None:
        return True
    page = old.specific
    first = [(kind, str(value)) for kind, value in HELP["body"][language]]
    untouched = (
        isinstance(page, StandardPage)
        and page.title == HELP["title"][language]
        and not page.get_children().exists()
        and [(block.block_type, str(getattr(block.value, "source", block.value))) for block in page.body]
        == first
    )
    if untouched:
        page.delete()
    return untouched


# Menus --------------------------------------------------------------------------------------------------------


def _make_menus(homes: dict[str, HomePage]) -> None:
    """The row's own links as menus, so that operators change them where they find them."""
    for language, home in homes.items():
        for number, (where, (titles, lines)) in enumerate(_first_menus().items()):
            if Menu.objects.filter(place=where, language=language).exists():
                continue
            menu = Menu(place=where, language=language, title=titles.get(language, ""))
            menu.items = [
                MenuItem(label=labels[language], address=address, icon=icon, sort_order=order)
                for order, (labels, address, icon) in enumerate(lines)
            ]
            if number == 0 or where == MenuPlace.FOOTER_3:
                pages = _pages_for(home, where)
                menu.items = [
                    *menu.items.all(),
                    *(
                        MenuItem(page=page, icon=icon, sort_order=50 + n)
                        for n, (page, icon) in enumerate(pages)
                    ),
                ]
            menu.save()


def _pages_for(home: HomePage, where: MenuPlace) -> list[tuple[Page, str]]:
    index = HelpIndexPage.objects.child_of(home).live().first()
    if where == MenuPlace.HEADER:
        return [(index, "help")] if index else []
    found: list[Page] = [index, *HelpPage.objects.child_of(index).filter(slug="requests")] if index else []
    found += Page.objects.child_of(home).filter(slug="rules")
    return [(page, "") for page in found]


def _first_menus() -> dict[MenuPlace, tuple[dict[str, str], list[_Line]]]:
    with override("uk"):  # paths without a prefix: each language gets its own when a menu is drawn
        categories, vendors = place("categories"), place("vendors")
        requests, new = reverse("requests:list"), reverse("requests:new")
        desk, apply, check = reverse("desk:index"), reverse("desk:apply"), reverse("price_lists_public:check")

    def said(uk: str, ru: str, en: str) -> dict[str, str]:
        return {"uk": uk, "ru": ru, "en": en}

    all_categories = said("Усі категорії", "Все категории", "All categories")
    all_vendors = said("Постачальники", "Поставщики", "Vendors")
    sellers = said("Постачальникам", "Поставщикам", "For vendors")
    return {
        MenuPlace.HEADER: (
            {},
            [
                (all_categories, categories, "layout-grid"),
                (all_vendors, vendors, "building-store"),
                (said("Запити", "Запросы", "Requests"), requests, "clipboard-list"),
                (sellers, desk, "briefcase"),
            ],
        ),
        MenuPlace.FOOTER_1: (
            said("Покупцям", "Покупателям", "For buyers"),
            [
                (all_categories, categories, ""),
                (all_vendors, vendors, ""),
                (said("Опублікувати запит", "Опубликовать запрос", "Publish a request"), new, ""),
            ],
        ),
        MenuPlace.FOOTER_2: (
            sellers,
            [
                (said("Продавати в ряду", "Продавать в ряду", "Sell in the row"), apply, ""),
                (said("Перевірити прайс", "Проверить прайс", "Check a price list"), check, ""),
                (said("Кабінет постачальника", "Кабинет поставщика", "Vendor desk"), desk, ""),
            ],
        ),
        MenuPlace.FOOTER_3: (said("Допомога", "Помощь", "Help"), []),
    }


_PARTS: Final[dict[str, Callable[[dict[str, HomePage]], None]]] = {"help": _make_help, "menus": _make_menus}
