"""Which goods somebody chose to compare: kept in the session, which lives on through signing in, or told by an address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from core.ids import id_of

#: Fewer are no comparison, more cannot be read side by side.
FEWEST: Final = 2
MOST: Final = 6
_KEY: Final = "compared_goods"
#: An address may name that many; further ones are left out unread.
_READ: Final = 50


def chosen(request: HttpRequest | None) -> tuple[int, ...]:
    """Ids of the offers that stand for the chosen goods, in the order in which they were chosen."""
    session = getattr(request, "session", None)
    if session is None or _KEY not in session:
        return ()
    kept: Any = session[_KEY]
    return tuple(pk for pk in kept if isinstance(pk, int))[:MOST] if isinstance(kept, list) else ()


def choose(request: HttpRequest, pk: int) -> bool:
    """Adds a good; False where there is no room for it."""
    now = chosen(request)
    if pk in now:
        return True
    if len(now) >= MOST:
        return False
    keep(request, (*now, pk))
    return True


def drop(request: HttpRequest, pk: int) -> None:
    now = chosen(request)
    if pk in now:
        keep(request, [each for each in now if each != pk])


def keep(request: HttpRequest, ids: Iterable[int]) -> None:
    request.session[_KEY] = list(ids)[:MOST]


def asked(data: QueryDict) -> tuple[list[int], int]:
    """The ids that an address names, each once, and how many of its words are none."""
    told = data.getlist("good")
    ids = [number for word in told[:_READ] if (number := id_of(word)) is not None]
    return list(dict.fromkeys(ids)), len(told[:_READ]) - len(ids)


def address(ids: Sequence[int], *, differences: bool = False) -> str:
    """Of the comparison of these goods, which anybody may be sent."""
    pairs = [("good", str(pk)) for pk in ids]
    if differences:
        pairs.append(("only", "differences"))
    base = reverse("storefront:compare")
    return f"{base}?{urlencode(pairs)}" if pairs else base
