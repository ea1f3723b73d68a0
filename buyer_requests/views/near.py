"""Near misses of one line: for the buyer's pages, for the vendor's, loaded when somebody asks."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from buyer_requests.enums import RequestState
from buyer_requests.errors import UnknownRequest
from buyer_requests.models import BuyerRequest, RequestLine
from buyer_requests.selectors.near import near_offers
from buyer_requests.selectors.visibility import own_request, request_for
from buyer_requests.views.buyer import BuyerHttpRequest
from core.limits import rate_limited
from vendors.access import DeskRequest, desk_view

_ASKED_IN = (RequestState.DRAFT, RequestState.OPEN)


@login_required
@require_GET
@rate_limited("requests.near", "600/h", by="user", methods=("GET",))
def of_line(request: BuyerHttpRequest, public_id: UUID, position: int) -> HttpResponse:
    """What nearly fits a line of one's own request, of whichever vendor."""
    line = line_at(own_request(request.user, public_id), position)
    context = {"buyer_request": line.request, "line": line, "near": near_offers(line)}
    return _answer(request, context)


@require_GET
@desk_view()
@rate_limited("requests.near", "600/h", by="user", methods=("GET",))
def at_desk(request: DeskRequest, vendor_slug: str, public_id: UUID, position: int) -> HttpResponse:
    """The vendor's own offers that nearly fit: it may offer them instead."""
    line = line_at(request_for(request.vendor, public_id), position)
    near = near_offers(line, vendor_ids=[request.vendor.pk])
    context = {"buyer_request": line.request, "line": line, "near": near, "vendor": request.vendor}
    return _answer(request, context)


def line_at(found: BuyerRequest, position: int) -> RequestLine:
    """Raises UnknownRequest for a line that is not there, and once nobody bids any more."""
    line = found.lines.filter(position=position).select_related("request").first()
    if line is None or found.state not in _ASKED_IN:
        raise UnknownRequest("unknown_request")
    return line


def _answer(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    template = "_near_list" if request.headers.get("HX-Request") else "near"
    return render(request, f"requests/{template}.html", context)
