"""Paths of this site that people write by hand: without a language's prefix, in a language, and whether they lead anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve, translate_url
from django.utils.translation import override
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from core.places import place

#: The language whose paths have no prefix.
_BARE = "uk"


def is_own(address: str) -> bool:
    return address.startswith("/")


def bare(address: str) -> str:
    """Without the language that it has when it is copied from the address bar."""
    for code, _name in settings.LANGUAGES:
        if address.startswith(f"/{code}/"):
            return address[len(code) + 1 :]
    return address


def in_language(address: str, language: str) -> str:
    """An own path as it stands in a language; other sites' as they are."""
    if not is_own(address):
        return address
    with override(_BARE):
        return translate_url(bare(address), language)


def leads_nowhere(address: str) -> bool:
    """Whether a path of this site has no page behind it, nor a redirect. Other sites are not asked."""
    if not is_own(address):
        return False
    return not has_page(address) and not _is_redirected(address)


def has_page(path: str) -> bool:
    """Whether a path of this site shows a page itself: a live one, where Wagtail serves it."""
    return bool(with_page([path]))


def with_page(paths: Iterable[str]) -> set[str]:
    """Those of the paths that show a page themselves; one statement at most."""
    here, asked = set(), {}
    for path in paths:
        found = _match(path)
        if found is None:
            continue
        if found.url_name != "wagtail_serve" or not _parts(path):
            here.add(path)
        else:
            asked[path] = _parts(path)
    if asked:
        # Wagtail takes every path that nothing else does: it must be the path of a live page.
        slugs = {parts[-1] for parts in asked.values()}
        live = list(Page.objects.live().filter(slug__in=slugs).values_list("url_path", "depth"))
        for path, parts in asked.items():
            ends = f"/{'/'.join(parts)}/"
            if any(url.endswith(ends) and depth == len(parts) + 2 for url, depth in live):
                here.add(path)
    return here


def is_search(path: str) -> bool:
    """Whether it is the page of results, in whatever language and with or without the last slash."""
    with override(_BARE):
        return _parts(path) == _parts(place("search"))


def _match(address: str) -> ResolverMatch | None:
    try:
        with override(_BARE):
            return resolve(unquote(urlsplit(bare(address)).path))
    except Resolver404:
        return None


def _parts(address: str) -> list[str]:
    path = unquote(urlsplit(bare(address)).path)
    return [part for part in path.split("/") if part not in {"", "."}]


def _is_redirected(address: str) -> bool:
    paths = {Redirect.normalise_path(path) for path in (address, bare(address))}
    is_known: bool = Redirect.objects.filter(old_path__in=paths).exists()
    return is_known
