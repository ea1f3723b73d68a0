"""What the row tells search engines to read: goods on sale, offers, categories, vendors and pages, in each language.

Files of goods and offers hold ranges of ids, so that none is found by counting from the start, and a file changes only
with what is in it. Each is made when it is asked for and kept, packed, for an hour.
"""

from __future__ import annotations

import datetime as dt
import gzip
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, Max, OuterRef
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Page

from catalog.freshness import DEFAULT_DAYS, Rules
from catalog.models import Category, Offer
from search.selectors import hidden_vendor_ids
from vendors.models import Vendor

#: Ids in one file: with three languages at most so many times three of the 50,000 addresses that a file may hold.
RANGE: Final = 5_000
SECONDS: Final = 3_600
_NAMESPACES: Final = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
#: Stands in an address for the id or slug that is put there a thousand times.
_ID, _SLUG = 987654321, "slug-goes-here"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page in all its languages: {language: path}."""

    paths: dict[str, str]
    changed_at: dt.datetime | None = None


def index(base: str) -> bytes:
    """The list of all files, packed. `base` is the site's address without a slash at its end."""
    return _known("index", 0, base) or _kept("index", 0, base, lambda: _index(base))


def file(kind: str, number: int, base: str) -> bytes | None:
    """One file, packed; None where there is none of that name. An empty range is an empty file, for ranges are stable."""
    maker = _MAKERS.get(kind)
    if maker is None or not 0 <= number <= 10**9 or (number and kind not in _RANGES):
        return None
    found = _known(kind, number, base)
    if found is None and kind in _RANGES and number > _last(kind):
        return None
    return found or _kept(kind, number, base, lambda: _urlset(base, maker(number)))


def _last(kind: str) -> int:
    """The number of the last file; whoever counts further gets nothing made."""
    column = _RANGES[kind]
    # In so many words, for an index that leaves empty ones out answers no other question.
    rows = Offer.objects.filter(**{f"{column}__isnull": False})
    highest: int | None = rows.aggregate(highest=Max(column))["highest"]
    return (highest or 0) // RANGE


def _known(kind: str, number: int, base: str) -> bytes | None:
    found: bytes | None = cache.get(_key(kind, number, base))
    return found


def _key(kind: str, number: int, base: str) -> str:
    return f"storefront.sitemap.{kind}.{number}.{base}"


def _kept(kind: str, number: int, base: str, make: Callable[[], str]) -> bytes:
    """Of each kind a process makes one at a time; who waited finds it kept."""
    with _making[kind]:
        found = _known(kind, number, base)
        if found is None:
            made = make()
            found = gzip.compress(made.encode(), 6, mtime=0)
            # Empty ranges cost nothing to ask for, and whoever counts them up is not to fill the cache.
            if "<loc>" in made:
                with suppress(OSError):  # a full disk
                    cache.set(_key(kind, number, base), found, SECONDS)
    return found


# Files ------------------------------------------------------------------------------------------------------


def _index(base: str) -> str:
    numbers = {kind: [0] for kind in _MAKERS} | {
        kind: list(_ranges(kind, column)) for kind, column in _RANGES.items()
    }
    lines = [f'{_HEAD}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n']
    for kind, ranges in numbers.items():
        pattern = escape(base + reverse("sitemap_file", args=[kind, _ID]))
        lines += [f"<sitemap><loc>{pattern.replace(str(_ID), str(n))}</loc></sitemap>\n" for n in ranges]
    lines.append("</sitemapindex>\n")
    return "".join(lines)


def _ranges(kind: str, column: str) -> Iterator[int]:
    """Ranges with something on sale: from the first id of one to the first of the next that has any, so that a million
    offers are two hundred steps in an index and no scan.
    """
    rows = Offer.objects.filter(withdrawn_at__isnull=True, hidden_at__isnull=True)
    if kind == "offers":
        rows = rows.filter(product__isnull=True)
    after = 0
    while (
        found := rows.filter(**{f"{column}__gte": after})
        .order_by(column)
        .values_list(column, flat=True)
        .first()
    ) is not None:
        yield found // RANGE
        after = (found // RANGE + 1) * RANGE


def _urlset(base: str, entries: Iterable[Entry]) -> str:
    parts = [f"{_HEAD}<urlset {_NAMESPACES}>\n"]
    for entry in entries:
        urls = {language: escape(base + path) for language, path in entry.paths.items()}
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href="{url}"/>'
            for language, url in urls.items()
        )
        if default := urls.get(settings.LANGUAGE_CODE):
            links += f'<xhtml:link rel="alternate" hreflang="x-default" href="{default}"/>'
        changed = f"<lastmod>{entry.changed_at:%Y-%m-%d}</lastmod>" if entry.changed_at else ""
        parts += [f"<url><loc>{url}</loc>{changed}{links}</url>\n" for url in urls.values()]
    parts.append("</urlset>\n")
    return "".join(parts)


# What stands in them ----------------------------------------------------------------------------------------


def _named(name: str, value: Any = None) -> dict[str, str]:
    """The address of a page in each language."""
    paths = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            paths[language] = reverse(name, args=[] if value is None else [value])
    return paths


def _filled(patterns: dict[str, str], stands: object, value: object) -> dict[str, str]:
    return {language: path.replace(str(stands), str(value)) for language, path in patterns.items()}


def _offers(number: int) -> Iterator[Entry]:
    """Offers that are of no good with others."""
    rows = _on_sale().filter(product__isnull=True, pk__gte=number * RANGE, pk__lt=(number + 1) * RANGE)
    patterns = _named("storefront:offer", _ID)
    for pk, _product, changed_at in _holding(rows.order_by("pk")):
        yield Entry(_filled(patterns, _ID, pk), changed_at)


def _goods(number: int) -> Iterator[Entry]:
    """Goods that several offers are of; the one that is left of a good stands for it."""
    rows = _on_sale().filter(product__gte=number * RANGE, product__lt=(number + 1) * RANGE)
    found: dict[int, list[tuple[int, dt.datetime]]] = defaultdict(list)
    for pk, product, changed_at in _holding(rows.order_by("product_id", "pk")):
        found[product].append((pk, changed_at))
    goods, offers = _named("storefront:product", _ID), _named("storefront:offer", _ID)
    for product, members in found.items():
        changed_at = max(each for _pk, each in members)
        if len(members) > 1:
            yield Entry(_filled(goods, _ID, product), changed_at)
        else:
            yield Entry(_filled(offers, _ID, members[0][0]), changed_at)


def _on_sale() -> Any:
    # Vendors are judged apart: joined, a database may start from them and read all that they sell.
    return Offer.objects.filter(withdrawn_at__isnull=True, hidden_at__isnull=True).exclude(
        vendor__in=hidden_vendor_ids()
    )


def _holding(rows: Any) -> Iterator[tuple[int, int, dt.datetime]]:
    """(offer, product, changed at) of those that are not past their days."""
    rules, now = Rules.now(), timezone.now()
    told = rows.values_list("pk", "product_id", "updated_at", "supply__confirmed_at", "category__path")
    days: dict[str | None, dt.timedelta] = {None: dt.timedelta(days=DEFAULT_DAYS)}
    for pk, product, changed_at, confirmed_at, path in told.iterator(chunk_size=2_000):
        if path not in days:
            days[path] = dt.timedelta(days=rules.days(path))
        if now - confirmed_at <= days[path]:
            yield pk, product, changed_at


def _categories(_number: int) -> Iterator[Entry]:
    """Shown ones with something on sale in or below them."""
    active = Category.objects.filter(is_active=True).order_by("path")
    # One step in an index for each, however many offers there are.
    asked = active.annotate(is_sold=Exists(_on_sale().filter(category=OuterRef("pk"))))
    shown = list(asked.values_list("is_sold", "path", "slug"))
    paths = {path for is_sold, path, _slug in shown if is_sold}
    filled = {
        path[:end] for path in paths for end in range(Category.steplen, len(path) + 1, Category.steplen)
    }
    patterns = _named("storefront:category", _SLUG)
    for _is_sold, path, slug in shown:
        if path in filled:
            yield Entry(_filled(patterns, _SLUG, slug))


def _vendors(_number: int) -> Iterator[Entry]:
    """Those with something on sale, changed when they last confirmed anything."""
    offers = Offer.objects.filter(withdrawn_at__isnull=True, hidden_at__isnull=True, vendor=OuterRef("pk"))
    selling = Vendor.objects.public().filter(Exists(offers))
    rows = selling.annotate(told_at=Max("supplies__confirmed_at")).order_by("pk")
    patterns = _named("storefront:vendor", _SLUG)
    for slug, told_at in rows.values_list("slug", "told_at"):
        yield Entry(_filled(patterns, _SLUG, slug), told_at)


def _pages(_number: int) -> Iterator[Entry]:
    """Wagtail's pages in the languages they were written in, and the pages that lead to the others."""
    yield Entry(_named("storefront:categories"))
    yield Entry(_named("storefront:vendors"))
    yield Entry(_named("price_lists_public:check"))
    by_key: dict[Any, list[Page]] = defaultdict(list)
    live = Page.objects.live().public().filter(depth__gt=1).select_related("locale").order_by("path")
    for page in live:
        by_key[page.translation_key].append(page)
    for versions in by_key.values():
        paths = {
            page.locale.language_code: parts[2]
            for page in versions
            if (parts := page.get_url_parts()) is not None and parts[2]
        }
        told = [page.last_published_at for page in versions if page.last_published_at]
        if paths:
            yield Entry(paths, max(told, default=None))


_RANGES: Final = {"goods": "product_id", "offers": "pk"}
_MAKERS: Final[dict[str, Callable[[int], Iterator[Entry]]]] = {
    "pages": _pages,
    "categories": _categories,
    "vendors": _vendors,
    "goods": _goods,
    "offers": _offers,
}
_making: Final = {kind: threading.Lock() for kind in ("index", *_MAKERS)}
