"""Reads of vendors and categories: lists, names, trees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, overload

from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.templatetags.static import static
from django.utils.translation import get_language

from catalog.counting import shown_offers
from catalog.models import Category
from catalog.tree.addresses import category_at
from vendors.models import Vendor

#: The header's list may be a minute old: every page asks for it.
_HEADER_SECONDS = 60


@dataclass(slots=True)
class CategoryNode:
    """A category with those below it."""

    category: Category
    children: list[CategoryNode] = field(default_factory=list)


# Categories -------------------------------------------------------------------------------------------------


def top_categories() -> list[dict[str, Any]]:
    """Shown top categories as `{"slug", "name", "icon"}` in the reader's language, a minute old at most."""
    key = f"storefront.top_categories.{get_language()}"
    found = cache.get(key)
    if found is None:
        roots = Category.objects.filter(depth=1, is_active=True).order_by("path")
        found = [{"slug": root.slug, "name": root.name, "icon": root.icon} for root in roots]
        cache.set(key, found, _HEADER_SECONDS)
    return found


def category_by_slug(slug: str) -> Category | None:
    """A shown category; an address of before, of a merged or a renamed one, leads to where it went."""
    category = category_at(slug)
    return category if category is not None and category.is_active else None


def category_names(ids: Collection[int]) -> dict[int, Category]:
    """Shown categories by id."""
    return {row.pk: row for row in Category.objects.filter(pk__in=ids, is_active=True)} if ids else {}


def category_path(category: Category | None) -> list[Category]:
    """From the top to the category itself."""
    if category is None:
        return []
    steps = range(Category.steplen, len(category.path), Category.steplen)
    above = [category.path[:end] for end in steps]
    found = list(Category.objects.filter(path__in=above).order_by("path")) if above else []
    return [*found, category]


def subcategories(category: Category) -> list[Category]:
    """Shown children of a category."""
    return list(
        Category.objects.filter(
            path__startswith=category.path, depth=category.depth + 1, is_active=True
        ).order_by("path")
    )


def category_tree(*, depth: int = 2) -> list[CategoryNode]:
    """The shown tree down to `depth`, in one query."""
    roots: list[CategoryNode] = []
    by_path: dict[str, CategoryNode] = {}
    for category in Category.objects.filter(depth__lte=depth, is_active=True).order_by("path"):
        node = CategoryNode(category)
        by_path[category.path] = node
        if category.depth == 1:
            roots.append(node)
        elif above := by_path.get(category.path[: -Category.steplen]):
            above.children.append(node)
    return roots


@lru_cache(maxsize=256)
def placeholder_url(icon: str) -> str:
    """Address of the drawing that stands for a missing photo, empty where none of that name is drawn."""
    path = f"img/placeholders/{icon}.svg"
    return static(path) if icon and finders.find(path) else ""


# Vendors ----------------------------------------------------------------------------------------------------


def public_vendor(slug: str) -> Vendor | None:
    return Vendor.objects.public().filter(slug=slug).prefetch_related("pickup_points").first()


def public_vendors_by_slug(slugs: Iterable[str]) -> dict[str, Vendor]:
    return {vendor.slug: vendor for vendor in Vendor.objects.public().filter(slug__in=set(slugs))}


def vendor_names(ids: Collection[int]) -> dict[int, Vendor]:
    """Public vendors by id."""
    return {row.pk: row for row in Vendor.objects.public().filter(pk__in=ids)} if ids else {}


class VendorsByOffers(Sequence[Vendor]):
    """Vendors that buyers may see, those with most offers in lists first, each with `offer_count`. Of a slice only the
    vendors in it are read.
    """

    def __init__(self) -> None:
        self._counts = shown_offers()
        by_name = Vendor.objects.public().order_by("name", "pk").values_list("pk", flat=True)
        self._ids = sorted(by_name, key=lambda pk: -self._counts.get(pk, 0))

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, place: int) -> Vendor: ...
    @overload
    def __getitem__(self, place: slice) -> list[Vendor]: ...
    def __getitem__(self, place: int | slice) -> Vendor | list[Vendor]:
        if isinstance(place, int):
            return self._read([self._ids[place]])[0]
        return self._read(self._ids[place])

    def _read(self, ids: list[int]) -> list[Vendor]:
        found = Vendor.objects.in_bulk(ids)
        for pk, vendor in found.items():
            vendor.offer_count = self._counts.get(pk, 0)  # type: ignore[attr-defined]  # for the template
        return [found[pk] for pk in ids if pk in found]


def public_vendors() -> VendorsByOffers:
    """Vendors that buyers may see, each with `offer_count`: of offers that lists show, a minute old at most."""
    return VendorsByOffers()
