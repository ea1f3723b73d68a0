"""Which pages are not in all languages, and which translations are older than what they translate."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from wagtail.models import Page


@dataclass(frozen=True, slots=True)
class Behind:
    """A page, and the languages in which it lacks a translation or has one older than itself."""

    page: Page
    missing: tuple[str, ...]
    stale: tuple[Page, ...]


def pages_behind() -> list[Behind]:
    """By the Ukrainian page, in the order of the tree. One statement."""
    by_key: dict[Any, dict[str, Page]] = defaultdict(dict)
    for page in Page.objects.live().filter(depth__gt=1).select_related("locale").order_by("path"):
        by_key[page.translation_key][page.locale.language_code] = page
    return [behind for pages in by_key.values() if (behind := _behind(pages)) is not None]


def _behind(pages: dict[str, Page]) -> Behind | None:
    source = pages.get(settings.LANGUAGE_CODE)
    if source is None:
        return None  # written for readers of another language alone
    codes = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    missing = tuple(code for code in codes if code not in pages)
    stale = tuple(
        pages[code]
        for code in codes
        if code in pages
        and source.last_published_at
        and (pages[code].last_published_at or pages[code].first_published_at or source.last_published_at)
        < source.last_published_at
    )
    return Behind(source, missing, stale) if missing or stale else None
