"""Searches that operators lead to a page: where to, and what the reader is told there."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.models import Category
from core.own_paths import has_page, in_language, is_search
from core.visits import is_person, visitor_of
from search.curation.enums import RouteKind
from search.curation.routes import route_of
from search.curation.routing import RouteRule
from search.query import SearchQuery
from search.services import record_search, search
from storefront.selectors import category_by_slug
from vendors.models import Vendor


def led_to(request: HttpRequest, query: SearchQuery) -> str:
    """The address of the page, "" where the query has results of its own or the page is gone. The search is noted as any
    other, and the reader is told how to see its results all the same.
    """
    route = route_of(query)
    address = _address(route) if route is not None else ""
    if not address:
        return ""
    if is_person(request):
        record_search(query=query, results=search(query), visitor=visitor_of(request))
    results = f"{reverse('storefront:search')}?{urlencode({'q': query.words, 'exact': '1'})}"
    messages.info(
        request,
        format_html(
            '{} <a href="{}">{}</a>',
            _("For “%(words)s” we show you this page.") % {"words": query.words},
            results,
            _("Show the results of the search"),
        ),
    )
    return address


def _address(route: RouteRule) -> str:
    match route.kind:
        case RouteKind.CATEGORY:
            slug = Category.objects.filter(pk=route.category).values_list("slug", flat=True).first()
            category = category_by_slug(slug) if slug else None
            return reverse("storefront:category", args=[category.slug]) if category else ""
        case RouteKind.VENDOR:
            shown = Vendor.objects.public().filter(pk=route.vendor)
            slug = shown.values_list("slug", flat=True).first()
            return reverse("storefront:vendor", args=[slug]) if slug else ""
        case RouteKind.PAGE:
            # A page that is served by a redirect might lead back to the search.
            if is_search(route.path) or not has_page(route.path):
                return ""
            return in_language(route.path, get_language() or settings.LANGUAGE_CODE)
