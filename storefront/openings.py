"""Which hit of a search a person opened: links of results get a mark, and pages of goods read it, with no cookie."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from core.errors import TooMany
from core.limits import client_address, limit
from core.visits import is_person
from search.learning.marks import PARAMETER, Trace, read_mark
from search.services import record_opening
from storefront.selectors import Card

P = ParamSpec("P")
#: More than a person opens.
VISITOR_RATE: Final = "30/m"


def mark_cards(cards: Iterable[Card], trace: Trace | None) -> None:
    """Lets the links of a page of results tell their place. Addresses that machines read stay without it."""
    if trace is not None:
        for place, card in enumerate(cards, 1):
            card.mark = trace.mark(card.offer.pk, place)


def notes_opening(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """For the page of a good: notes what its mark says once the page is made. A wrong mark changes nothing."""

    @wraps(view)
    def noting(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        text = request.GET.get(PARAMETER, "")
        if text and response.status_code in {200, 302} and is_person(request):
            mark = read_mark(text)
            if mark is not None and _is_in_bounds(request):
                record_opening(mark=mark, language=get_language() or "")
        return response

    return noting


def _is_in_bounds(request: HttpRequest) -> bool:
    try:
        limit(f"opened:{client_address(request)}", VISITOR_RATE)
    except TooMany:
        return False
    return True
