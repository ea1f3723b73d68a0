"""Sealed values: the search that a page's button saves, and the links of letters that stop one watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.core import signing
from django.urls import reverse

from notifications.mailing import without_language
from search.query import SearchQuery
from search.saved.errors import NotASearch
from search.saved.queries import pack

_SEARCH: Final = "search.saved.search"
_STOP: Final = "search.saved.stop"
#: Of an address; longer ones no page makes.
_LONGEST_URL: Final = 2_000
Thing = Literal["search", "watch"]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A search as its page would save it."""

    query: dict[str, Any]
    url: str
    name: str


def seal(query: SearchQuery, *, url: str, name: str) -> str:
    """For the button of a page with results. A reader cannot change it, so it needs no form of its own."""
    told = [pack(query), _first_page(without_language(url))[:_LONGEST_URL], name[:120]]
    return signing.dumps(told, salt=_SEARCH, compress=True)


def _first_page(url: str) -> str:
    parts = urlsplit(url)
    asked = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "page"
    ]
    return urlunsplit(("", "", parts.path, urlencode(asked), ""))


def unseal(value: str) -> Sealed:
    """Raises NotASearch."""
    try:
        query, url, name = signing.loads(value, salt=_SEARCH)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotASearch("not_a_search", field="what") from error
    return Sealed(query, url, name)


def stop_url(thing: Thing, ids: Sequence[int]) -> str:
    """The path that stops these, for whoever has it: the letter's reader, signed in or not."""
    return reverse("watching:stop", args=[signing.dumps([thing, list(ids)], salt=_STOP)])


def open_stop(token: str) -> tuple[Thing, list[int]] | None:
    """None for a link that is not ours."""
    try:
        thing, ids = signing.loads(token, salt=_STOP)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return thing, ids
