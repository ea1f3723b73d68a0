"""Addresses of one list with a limit added or dropped."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

from django.urls import reverse

from catalog.models import Category
from storefront.forms import SearchForm, canonical, pairs_of
from vendors.models import Vendor


class Addresses:
    """The page number never survives a change."""

    def __init__(
        self,
        form: SearchForm,
        path: str,
        *,
        category: Category | None = None,
        vendor: Vendor | None = None,
    ) -> None:
        self.path = path
        self.own_category, self.own_vendor = category, vendor
        self.pairs = pairs_of(form, own_category=category is not None, own_vendor=vendor is not None)

    def url(
        self, *, drop: tuple[str, str] | Collection[str] = (), page: int = 1, path: str = "", **add: str
    ) -> str:
        """`drop`: a pair, or a set of the names of parameters."""
        named = frozenset(drop) if isinstance(drop, set | frozenset) else frozenset()
        pairs = [pair for pair in self.pairs if pair != drop and pair[0] not in named and pair[0] not in add]
        pairs += [(name, value) for name, value in add.items() if value]
        if page > 1:
            pairs.append(("page", str(page)))
        return _address(path or self.path, canonical(pairs))

    def cleared(self) -> str:
        """Without limits: the words and the order stay."""
        return _address(self.path, [pair for pair in self.pairs if pair[0] in {"q", "sort"}])

    def everywhere(self) -> str:
        """The words alone, in the whole row."""
        return _address(reverse("storefront:search"), [pair for pair in self.pairs if pair[0] == "q"])

    def of_category(self, category: Category | None) -> str:
        """The list in another category: another page where the page is a category's own."""
        if self.own_category is None:
            return self.url(category=category.slug) if category else self.url(drop={"category"})
        if category is None:
            return self.url(path=reverse("storefront:search"))
        return self.url(path=reverse("storefront:category", args=[category.slug]))


def _address(path: str, pairs: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path
