"""Pages that show many rooms: search, category, vendor, one good. Each asks a selector and draws it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.photos.pictures import logo
from catalog.services.clicks import record_outbound_click
from core.limits import client_address, rate_limited
from core.visits import LONGEST_AGENT, is_person, is_program, visitor_of
from reviews.selectors import rating_of
from search import metrics
from search.services import record_search, trace_further
from storefront import selectors
from storefront.forms import SearchForm
from storefront.leading import led_to
from storefront.listing import Addresses, Listing, listing, request_url
from storefront.offers_table import offers_table
from storefront.openings import mark_cards, notes_opening
from storefront.selectors.offers import Order

VENDORS_ON_PAGE = 30
#: Of an address that the form of filters made; the header's search field leaves one empty at most.
FEWEST_BLANKS = 3
#: Searches a minute from one address; far above what a person does.
SEARCH_RATE = "120/m"

limited_search = rate_limited("search", SEARCH_RATE, methods=("GET",))


@require_safe
@limited_search
def search_page(request: HttpRequest) -> HttpResponse:
    path = reverse("storefront:search")
    form = SearchForm.read(request.GET)
    if tidy := _tidy(request, form, Addresses(form, path)):
        return redirect(tidy)
    if not _wants_results_only(request) and (page := led_to(request, form.query(get_language() or ""))):
        return redirect(page)
    found = listing(form, path=path)
    if is_person(request) and found.form.page == 1 and not _wants_results_only(request):
        mark_cards(
            found.cards, record_search(query=found.query, results=found.results, visitor=visitor_of(request))
        )
    elif not is_program(request.headers.get("User-Agent", "")):
        # A changed filter, a later page: the same search.
        mark_cards(found.cards, trace_further(found.query))
    return _list_response(request, found, "storefront/search.html", {"keep_category": True})


@require_safe
@limited_search
def category_page(request: HttpRequest, slug: str) -> HttpResponse:
    category = selectors.category_by_slug(slug)
    if category is None:
        raise Http404
    path = reverse("storefront:category", args=[category.slug])
    if category.slug != slug:
        return redirect(path, permanent=True)  # merged into another one
    form = SearchForm.read(request.GET, category=category)
    if tidy := _tidy(request, form, Addresses(form, path, category=category)):
        return redirect(tidy)
    found = listing(form, path=path, category=category)
    context = {
        "category": category,
        "trail": [
            (one.name, reverse("storefront:category", args=[one.slug])) for one in found.category_path[:-1]
        ],
        "children": selectors.subcategories(category),
        "inside": _("Search in this category"),
        "level": 2,
    }
    return _list_response(request, found, "storefront/category.html", context)


@require_safe
@limited_search
def vendor_page(request: HttpRequest, slug: str) -> HttpResponse:
    vendor = selectors.public_vendor(slug)
    if vendor is None:
        raise Http404
    path = reverse("storefront:vendor", args=[vendor.slug])
    form = SearchForm.read(request.GET)
    if tidy := _tidy(request, form, Addresses(form, path, vendor=vendor)):
        return redirect(tidy)
    found = listing(form, path=path, vendor=vendor)
    context = {
        "vendor": vendor,
        "vendor_logo": logo(vendor.logo_url),
        "rating": rating_of(vendor),
        "inside": _("Search at this vendor"),
        "level": 2,
    }
    return _list_response(request, found, "storefront/vendor.html", context)


@require_safe
def categories_page(request: HttpRequest) -> HttpResponse:
    return render(request, "storefront/categories.html", {"tree": selectors.category_tree()})


@require_safe
def vendors_page(request: HttpRequest) -> HttpResponse:
    page = Paginator(selectors.public_vendors(), VENDORS_ON_PAGE).get_page(request.GET.get("page"))
    return render(request, "storefront/vendors.html", {"page": page})


@require_safe
@notes_opening
def offer_page(request: HttpRequest, pk: int) -> HttpResponse:
    found = selectors.good(pk, order=Order.read(request.GET.get("sort")))
    if found is None:
        raise Http404
    path = reverse("storefront:offer", args=[pk])
    context = {"good": found, "table": offers_table(found, request.GET, path=path)}
    if _wants(request, "offers"):
        return _table_alone(request, context)
    context |= {
        "trail": [(one.name, reverse("storefront:category", args=[one.slug])) for one in found.path],
        "similar": selectors.similar_offers(found),
        "request_url": request_url(found.title),
    }
    return render(request, "storefront/offer.html", context)


@require_safe
@notes_opening
def product_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One good with the offers of all vendors; while only one is left, its own page is the good's."""
    found = selectors.product_page(pk, order=Order.read(request.GET.get("sort")))
    if found is None:
        raise Http404
    if found.good is None:
        return redirect("storefront:offer", found.offer_id)
    path = reverse("storefront:product", args=[pk])
    table = offers_table(found.good, request.GET, path=path)
    context = {"product": found.product, "product_title": found.title, "good": found.good, "table": table}
    if _wants(request, "offers"):
        return _table_alone(request, context)
    context |= {
        "trail": [(one.name, reverse("storefront:category", args=[one.slug])) for one in found.good.path],
        "similar": selectors.similar_offers(found.good),
        "request_url": request_url(found.title),
    }
    return render(request, "storefront/product.html", context)


@require_safe
@rate_limited("leave", "60/m", methods=("GET",))
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """To a listing vendor's own page of an offer: only the link that the offer stores, counted once a visitor."""
    target = selectors.leaving_url(pk)
    if target is None:
        raise Http404
    offer, url = target
    # A photo link that points here would count a click with every look at its page.
    if is_person(request):
        agent = request.headers.get("User-Agent", "")[:LONGEST_AGENT]
        record_outbound_click(offer=offer, visitor=f"{client_address(request)}|{agent}")
    response = HttpResponseRedirect(url)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response


def _tidy(request: HttpRequest, form: SearchForm, page: Addresses) -> str:
    """The one address of what the form of filters asks, where a browser without scripts sent all its empty fields. What
    could not be understood stays as it was typed.
    """
    blank = sum(not value.strip() for _name, value in request.GET.items())
    if blank < FEWEST_BLANKS or form.errors or _wants_results_only(request):
        return ""
    return page.url(page=form.page)


def _wants_results_only(request: HttpRequest) -> bool:
    return _wants(request, "results")


def _wants(request: HttpRequest, target: str) -> bool:
    """Whether htmx asks for that part of the page alone."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and htmx.target == target


def _table_alone(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    response = render(request, "storefront/_offers.html", context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _list_response(
    request: HttpRequest, found: Listing, template: str, context: dict[str, Any]
) -> HttpResponse:
    """The page, or only its results for htmx; past the last page leads back to it."""
    if found.form.page > found.last_page:
        query = request.GET.copy()
        query["page"] = str(found.last_page)
        return redirect(f"{found.path}?{query.urlencode()}")
    fragment = _wants_results_only(request)
    context |= {
        "listing": found,
        "search_words": found.form.words,
        "search_scope": found.category_path[0].slug if found.category_path else "",
        "fragment": fragment,
    }
    with metrics.stage("rendering"):
        response = render(request, "storefront/_fragment.html" if fragment else template, context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    if fragment:
        response["HX-Push-Url"] = found.url
    return response
