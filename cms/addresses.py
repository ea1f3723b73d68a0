"""Addresses that operators write into links: what may stand there. Where they lead: `core.own_paths`."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


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
