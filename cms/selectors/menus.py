"""The menus of the header and the footer as a page draws them: by language, without lines whose targets are gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import get_language, override

from cms.models import MenuItem
from cms.selectors.places import current_categories
from core.own_paths import in_language, leads_nowhere
from core.places import place

#: What operators change is seen at once; a category that went, a minute later.
_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Lines:
    """A place's lines, with its heading."""

    title: str
    lines: tuple[Line, ...]


def menus() -> dict[str, Lines]:
    """By place, in the reader's language; empty where operators made none. One look into the cache for a page."""
    language = get_language() or settings.LANGUAGE_CODE
    found: dict[str, Lines] | None = cache.get(_key(language))
    if found is None:
        found = _read(language)
        with suppress(OSError):  # a full disk
            cache.set(_key(language), found, _SECONDS)
    return found


def forget() -> None:
    """A menu, or a page that menus may lead to, was changed."""
    cache.delete_many([_key(language) for language, _name in settings.LANGUAGES])


def _key(language: str) -> str:
    return f"cms.menus.{language}"


def _read(language: str) -> dict[str, Lines]:
    items = list(
        MenuItem.objects.filter(menu__language=language)
        .select_related("menu", "page__locale", "category")
        .order_by("menu__place", "sort_order", "pk")
    )
    found: dict[str, list[Line]] = defaultdict(list)
    titles: dict[str, str] = {}
    for item, url, name in targets(items, language):
        titles[item.menu.place] = item.menu.title
        if url:
            found[item.menu.place].append(Line(item.label or name, url, item.icon))
    return {each: Lines(titles[each], tuple(lines)) for each, lines in found.items()}


def targets(items: Iterable[MenuItem], language: str) -> list[tuple[MenuItem, str, str]]:
    """Each line with its target's address ("" where it is gone) and name. One statement for all categories' merges."""
    items = list(items)
    out = []
    with override(language):
        for item in items:
            url = name = ""
            if item.page_id:
                page = item.page if item.page.locale.language_code == language else item.page.localized
                url, name = (page.url or "", page.title) if page.live else ("", page.title)
            elif item.category_id:
                now = current_categories([item.category])
                url, name = (place("category", now[0].slug), now[0].name) if now else ("", item.category.name)
            elif item.address:
                url = "" if leads_nowhere(item.address) else in_language(item.address, language)
            out.append((item, url, name))
    return out


def broken_lines() -> list[MenuItem]:
    """Lines that menus leave out, because what they lead to is gone."""
    broken = []
    for language, _name in settings.LANGUAGES:
        items = MenuItem.objects.filter(menu__language=language).select_related(
            "menu", "page__locale", "category"
        )
        broken += [
            item for item, url, _title in targets(items.order_by("menu", "sort_order"), language) if not url
        ]
    return broken
