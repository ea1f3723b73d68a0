"""Pages that show many rooms: search, category, vendor, one good. Each asks a selector and draws it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.photos.pictures import logo
from catalog.services.clicks import record_outbound_click
from core.limits import client_address, rate_limited
from search import metrics
from search.services import record_search
from storefront import selectors
from storefront.forms import SearchForm
from storefront.listing import Listing, listing, request_url

VENDORS_ON_PAGE = 30
#: Searches a minute from one address; far above what a person does.
SEARCH_RATE = "120/m"

limited_search = rate_limited("search", SEARCH_RATE, methods=("GET",))


@require_safe
@limited_search
def search_page(request: HttpRequest) -> HttpResponse:
    found = listing(SearchForm.read(request.GET), path=reverse("storefront:search"))
    if not _wants_results_only(request):  # a changed filter is the same search
        record_search(query=found.query, results=found.results)
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
    found = listing(SearchForm.read(request.GET), path=path, category=category)
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
    found = listing(SearchForm.read(request.GET), path=path, vendor=vendor)
    context = {
        "vendor": vendor,
        "vendor_logo": logo(vendor.logo_url),
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
def offer_page(request: HttpRequest, pk: int) -> HttpResponse:
    found = selectors.good(pk)
    if found is None:
        raise Http404
    context = {
        "good": found,
        "trail": [(one.name, reverse("storefront:category", args=[one.slug])) for one in found.path],
        "similar": selectors.similar_offers(found),
        "request_url": request_url(found.title),
    }
    return render(request, "storefront/offer.html", context)


@require_safe
def product_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One good with the offers of all vendors; while only one is left, its own page is the good's."""
    found = selectors.product_page(pk)
    if found is None:
        raise Http404
    if found.good is None:
        return redirect("storefront:offer", found.offer_id)
    context = {
        "product": found.product,
        "good": found.good,
        "trail": [(one.name, reverse("storefront:category", args=[one.slug])) for one in found.good.path],
        "similar": selectors.similar_offers(found.good),
        "request_url": request_url(found.product.title),
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
    if request.method == "GET" and request.headers.get("Sec-Fetch-Dest", "document") == "document":
        record_outbound_click(
            offer=offer,
            visitor=f"{client_address(request)}|{request.headers.get('User-Agent', '')}",
        )
    response = HttpResponseRedirect(url)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response


def _wants_results_only(request: HttpRequest) -> bool:
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and htmx.target == "results"


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
