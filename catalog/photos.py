"""Addresses of an offer's photos as a page may show them."""

from __future__ import annotations

from django.conf import settings


def photo_url(address: str) -> str:
    """A vendor's photo link; links that this installation serves itself are rewritten. Empty if not https/http."""
    for prefix, own in settings.PHOTO_REWRITES.items():
        if address.startswith(prefix):
            return str(own) + address.removeprefix(prefix)
    return address if address.startswith(("https://", "http://")) else ""


def photo_urls(photos: list[str]) -> list[str]:
    """All that can be shown, in the vendor's order, each once."""
    return list(dict.fromkeys(url for address in photos if (url := photo_url(str(address)))))
