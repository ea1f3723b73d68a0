"""Addresses that operators write into links: what may stand there, where it leads in a language, whether it leads at all."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.urls import Resolver404, resolve, translate_url
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from wagtail.models import Page


def check_address(address: str) -> None:
    """Raises ValidationError for all but a path of this site ("/vendors/") and a secure address of another one."""
    parts = urlsplit(address)
    own = address.startswith("/") and not address.startswith(("//", "/\\"))
    other = parts.scheme == "https" and bool(parts.netloc) and "@" not in parts.netloc
    if "\\" in address or any(char.isspace() or not char.isprintable() for char in address):
        own = other = False
    if not own and not other:
        raise ValidationError(
            _(
                "“%(address)s” is no address that buyers can be sent to. Write a path of this site, such as /vendors/,"
                " or a full address that begins with https://."
            ),
            code="address",
            params={"address": address},
        )


def is_own(address: str) -> bool:
    return address.startswith("/")


def in_language(address: str, language: str) -> str:
    """An own path, written without a prefix, as it stands in a language; others as they are."""
    if not is_own(address):
        return address
    with override("uk"):  # the language whose paths have no prefix
        return translate_url(address, language)


def leads_nowhere(address: str) -> bool:
    """Whether a path of this site has no page behind it. Other sites are not asked."""
    if not is_own(address):
        return False
    path = urlsplit(address).path
    try:
        with override("uk"):
            found = resolve(path)
    except Resolver404:
        return True
    if found.url_name != "wagtail_serve":
        return False
    parts = [part for part in path.split("/") if part]
    slug = parts[-1] if parts else ""
    # Wagtail takes every path that nothing else does: it must be the path of a live page.
    ends = f"/{'/'.join(parts)}/"
    return bool(slug) and not any(
        page.url_path.endswith(ends) and page.depth == len(parts) + 2
        for page in Page.objects.live().filter(slug=slug).only("url_path", "depth")
    )
