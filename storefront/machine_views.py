"""What machines ask for by name: robots.txt and the sitemaps."""

from __future__ import annotations

import gzip

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from core.limits import rate_limited
from storefront import sitemaps

#: Nobody's own pages, forms, and what only counts: reading them helps no search engine.
_CLOSED = (
    "accounts/",
    "profile/",
    "inbox/",
    "jobs/",
    "desk/",
    "go/",
    "compare/",
    "watching/",
    "requests/new/",
)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines need not read, and where the sitemap is."""
    lines = ["User-agent: *", "Disallow: /operators/", "Disallow: /desk-api/", "Disallow: /metrics"]
    for language, _name in settings.LANGUAGES:
        prefix = "/" if language == settings.LANGUAGE_CODE else f"/{language}/"
        lines += [f"Disallow: {prefix}{part}" for part in _CLOSED]
    lines += ["", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}", ""]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={sitemaps.SECONDS}"
    return response


@require_safe
@rate_limited("sitemap", "120/m", methods=("GET",))
def sitemap(request: HttpRequest) -> HttpResponse:
    return _packed(request, sitemaps.index(_base(request)))


@require_safe
@rate_limited("sitemap", "120/m", methods=("GET",))
def sitemap_file(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    # The names of categories are none here, yet reading them must not depend on who asks.
    with translation.override(settings.LANGUAGE_CODE):
        found = sitemaps.file(kind, number, _base(request))
    if found is None:
        raise Http404
    return _packed(request, found)


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _packed(request: HttpRequest, body: bytes) -> HttpResponse:
    """As it was kept where the reader takes that, else unpacked."""
    takes = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(body if takes else gzip.decompress(body), content_type="application/xml")
    if takes:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    response["Cache-Control"] = f"public, max-age={sitemaps.SECONDS}"
    response["X-Robots-Tag"] = "noindex"
    return response
