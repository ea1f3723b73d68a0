"""Addresses of photos as vendors write them: which are looked at, their keys and hosts, and those served from here."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import uuid
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from django.conf import settings

from core import outgoing

#: `settings.PHOTOS`: photos are fetched and shown from here; vendors' addresses are shown; none is shown.
FETCH, LINK, OFF = "fetch", "link", "off"
#: Photos of one offer that are looked at.
MOST: Final = 10
LONGEST: Final = 2_000
_HOST: Final = re.compile(r"(https?://(?:[^/?#@]*@)?([^/?#@:\s]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?)(?:[/?#]|$)")

_OWN: Final = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*\.(?:webp|jpg|png|svg)")
#: For names alone. Whether they may be asked is told when they are.
_ANYWHERE: Final = outgoing.Policy(
    ports=frozenset(range(2**16)), networks=(ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
)


def own_url(address: str) -> str:
    """Where this installation serves the photo itself, by `PHOTO_REWRITES`; empty for all others. Only a plain name of a
    picture is taken over: with `..` or a question a vendor could have every reader's browser ask for any page of ours.
    """
    for prefix, own in settings.PHOTO_REWRITES.items():
        if address.startswith(prefix) and _OWN.fullmatch(rest := address.removeprefix(prefix)):
            return f"{own}{rest}"
    return ""


def is_ours(address: str) -> bool:
    """Whether it leads to this site, which nobody's photo does."""
    return host_of(address) == host_of(settings.SITE_URL)


def looked_at(photos: Iterable[Any]) -> list[str]:
    """An offer's addresses over http and https, in the vendor's order, each once."""
    told = dict.fromkeys(str(address) for address in photos)
    return [each for each in told if each.startswith(("https://", "http://"))][:MOST]


def to_fetch(photos: Iterable[Any]) -> list[str]:
    """Those of them that stand elsewhere."""
    return [each for each in looked_at(photos) if len(each) <= LONGEST and not own_url(each)]


def key_of(address: str) -> uuid.UUID:
    """What an address is found by: 128 bits, so that nobody can name one that is taken for another vendor's."""
    return uuid.UUID(bytes=hashlib.sha256(address.encode(errors="replace")).digest()[:16])


def host_of(address: str) -> str:
    """The host as it is asked, however it is written, with its port where that is not the usual one; empty where there
    is none. What may not be asked has one, too: its vendor is told why.
    """
    found = _HOST.match(address)
    return _plain(found[1], found[2]) if found else ""


@lru_cache(4096)
def _plain(origin: str, host: str) -> str:
    try:
        target = outgoing.check_url(origin, _ANYWHERE)
    except outgoing.AddressRefused:
        return host.lower().removesuffix(".")[:255]
    usual = target.port in {80, 443}
    return (target.host if usual else f"{target.host}:{target.port}")[:255]
