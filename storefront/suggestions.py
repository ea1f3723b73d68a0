"""Suggestions under the search field: the answer to each pause in typing, as a fragment or as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.models import Category, Offer
from catalog.photos.pictures import Picture, first_pictures
from catalog.unit_prices import with_vat
from core.limits import rate_limited
from core.money import Money
from search.suggesting.marking import marked
from search.suggesting.selectors import suggestions
from search.suggesting.types import Suggestions
from storefront import selectors
from storefront.selectors.cards import title_of

#: Answers a minute to one address: a quick typist's, for several people behind one.
RATE = "600/m"
#: For how long a browser may answer the same letters by itself.
_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One suggestion as it is drawn. `words` are what it puts into the field, '' where it leads to a page of its own."""

    kind: str
    text: str
    url: str
    words: str = ""
    segments: tuple[tuple[str, bool], ...] = ()
    place: str = ""  # the category that it searches in
    category: Category | None = None
    price: Money | None = None
    photo: Picture | None = None
    number: int = 0

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"kind": self.kind, "text": self.text, "url": self.url}
        if self.words:
            told["words"] = self.words
        if self.place:
            told["category"] = self.place
        if self.price is not None:
            told |= {"price": str(self.price.amount), "currency": self.price.currency}
        return told


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading; `each` is said of every row to those who do not see the heading."""

    title: str
    each: str
    rows: list[Row]


@require_safe
@rate_limited("suggestions", RATE, methods=("GET",))
def suggestions_page(request: HttpRequest) -> HttpResponse:
    """For nobody in particular: no session is read or written, and nothing is recorded."""
    scope = request.GET.get("category", "")[:80]
    category = selectors.category_by_slug(scope) if scope else None
    found = suggestions(
        words=request.GET.get("q", ""),
        language=get_language() or "uk",
        category_id=category.pk if category else None,
    )
    groups = _groups(found, scope=category)
    if "application/json" in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse(
            {
                "words": found.words,
                "corrected": found.is_corrected,
                "suggestions": [row.as_json() for group in groups for row in group.rows],
            },
            json_dumps_params={"ensure_ascii": False},
        )
    else:
        count = sum(len(group.rows) for group in groups)
        status = ngettext("%(count)d suggestion", "%(count)d suggestions", count) % {"count": count}
        context = {"groups": groups, "found": found, "status": status if count else _("No suggestions")}
        response = HttpResponse(render_to_string("storefront/_suggestions.html", context))
    response["Cache-Control"] = f"private, max-age={_SECONDS}"
    response["X-Robots-Tag"] = "noindex"
    patch_vary_headers(response, ["Accept"])
    return response


def _groups(found: Suggestions, *, scope: Category | None) -> list[Group]:
    """The groups that have rows, numbered through."""
    categories = _categories(found)
    title = _("Often searched") if not found.words else _("Searches")
    groups = [
        Group(title, _("search"), _queries(found, scope)),
        Group(_("Categories"), _("category"), [*_places(found, categories), *_narrowed(found, categories)]),
        Group(_("Goods"), _("good"), _goods(found)),
        Group(_("Vendors"), _("vendor"), _vendors(found)),
    ]
    number = 0
    for group in groups:
        for place, row in enumerate(group.rows):
            group.rows[place] = replace(
                row, number=number, segments=row.segments or tuple(marked(row.text, found.words))
            )
            number += 1
    return [group for group in groups if group.rows]


def _queries(found: Suggestions, scope: Category | None) -> list[Row]:
    return [Row("query", words, _search_url(words, scope), words=words) for words in found.queries]


def _categories(found: Suggestions) -> dict[int, Category]:
    """In one statement, whatever they are needed for."""
    ids = {*found.categories, *(each.category_id for each in found.in_categories)}
    return selectors.category_names(ids)


def _places(found: Suggestions, known: dict[int, Category]) -> Iterable[Row]:
    for pk in found.categories:
        if pk in known:
            category = known[pk]
            url = reverse("storefront:category", args=[category.slug])
            yield Row("category", category.name, url, category=category)


def _narrowed(found: Suggestions, known: dict[int, Category]) -> Iterable[Row]:
    for each in found.in_categories:
        if each.category_id in known:
            category = known[each.category_id]
            url = _search_url(each.words, category)
            yield Row(
                "in_category", each.words, url, words=each.words, place=category.name, category=category
            )


def _goods(found: Suggestions) -> list[Row]:
    if not found.offers:
        return []
    offers = Offer.objects.shown().select_related("category").in_bulk(found.offers)
    pictures = first_pictures(offers.values())
    return [
        Row(
            "good",
            title_of(offers[pk]),
            reverse("storefront:offer", args=[pk]),
            category=offers[pk].category,
            price=_price(offers[pk]),
            photo=pictures.get(pk),
        )
        for pk in found.offers
        if pk in offers
    ]


def _price(offer: Offer) -> Money:
    """As ceilings and watches mean it, whatever the vendor does with VAT."""
    return Money.from_price(with_vat(offer.price_amount, offer.vat, offer.vat_percent), offer.price_currency)


def _vendors(found: Suggestions) -> list[Row]:
    known = selectors.vendor_names(found.vendors)
    return [
        Row("vendor", known[pk].name, reverse("storefront:vendor", args=[known[pk].slug]))
        for pk in found.vendors
        if pk in known
    ]


def _search_url(words: str, category: Category | None) -> str:
    query = {"q": words} | ({"category": category.slug} if category else {})
    return f"{reverse('storefront:search')}?{urlencode(query)}"
