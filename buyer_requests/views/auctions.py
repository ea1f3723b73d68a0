"""Pages of auctions: of the buyer, of operators, of bidders at their desk; live, and told again when it is over."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from buyer_requests.auctioning import moving, replay, running, streaming, telling
from buyer_requests.auctioning.board import Board, reserve_of
from buyer_requests.auctioning.enums import UNDECIDED, AuctionState, Form
from buyer_requests.auctioning.forms import FloorForm, PriceForm
from buyer_requests.auctioning.labels import REFUSED
from buyer_requests.enums import RequestState
from buyer_requests.errors import AuctionRuns, UnknownRequest
from buyer_requests.locks import database_now
from buyer_requests.models import Auction, AuctionBidder, AuctionEvent, BuyerRequest
from buyer_requests.selectors.visibility import request_for
from buyer_requests.views.buyer import BuyerHttpRequest
from core.errors import NotAllowed
from core.limits import rate_limited
from vendors.access import DeskRequest, desk_view

#: Whose holders see any auction, stop its clock and annul slips.
CONTROL = "buyer_requests.change_auction"
#: What a browser without scripts waits before it looks again.
REFRESH_SECONDS = 15
#: Events that a reader who comes back is told at most.
MOST_MISSED = 200


def _found(request: BuyerHttpRequest, public_id: UUID) -> Auction:
    """The auction of the buyer's own request, or for who controls auctions of any but those in which the own company
    bids; else it is not there.
    """
    auctions = Auction.objects.select_related("request").exclude(request__state=RequestState.DRAFT)
    auction = auctions.filter(request__public_id=public_id).first()
    if auction is None or not (auction.request.buyer_id == request.user.pk or _may_control(request, auction)):
        raise UnknownRequest("unknown_auction")
    return auction


def _may_control(request: BuyerHttpRequest, found: Auction) -> bool:
    """Holders of the right, and never a party: neither the buyer nor who works for a bidder."""
    return (
        request.user.has_perm(CONTROL)
        and found.request.buyer_id != request.user.pk
        and not found.bidders.filter(vendor__memberships__user=request.user).exists()
    )


def _at_desk(request: DeskRequest, public_id: UUID) -> tuple[Auction, AuctionBidder | None]:
    found = request_for(request.vendor, public_id)
    auction = Auction.objects.select_related("request").filter(request=found).first()
    if auction is None:
        raise UnknownRequest("unknown_auction")
    return auction, AuctionBidder.objects.filter(auction=auction, vendor=request.vendor).first()


def _must_take_part(bidder: AuctionBidder | None) -> AuctionBidder:
    if bidder is None:
        raise UnknownRequest("unknown_bidder")
    return bidder


@login_required
@require_GET
@never_cache
def auction(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """The buyer's and the operators' page: all prices, nobody's name before the end."""
    found = _found(request, public_id)
    is_buyer = found.request.buyer_id == request.user.pk
    names = _names(found)
    context = _context(found, None) | {
        "names": names,
        "replay": replay.replay_of(found, names, with_reserve=is_buyer) if _is_ended(found) else [],
        "reserve": reserve_of(found) if is_buyer else None,
        "is_buyer": is_buyer,
        "may_control": _may_control(request, found),
        "live_url": reverse("requests:auction_live", args=[public_id]),
        "log_url": reverse("requests:auction_log", args=[public_id]),
    }
    return _page(request, "requests/auction.html", found, context)


@require_GET
@never_cache
@desk_view()
def desk_auction(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    """The bidder's page: the best price, its own rank, what it may name, the time that is left."""
    found, bidder = _at_desk(request, public_id)
    slot = bidder.slot if bidder else None
    names = {slot: request.vendor.name} if slot is not None else {}
    context = _context(found, slot) | {
        "bidder": bidder,
        "names": names,
        "replay": replay.replay_of(found, names, with_reserve=False) if bidder and _is_ended(found) else [],
        "key": uuid.uuid4().hex,
        "live_url": reverse("requests_desk:auction_live", args=[vendor_slug, public_id]),
        "log_url": reverse("requests_desk:auction_log", args=[vendor_slug, public_id]),
    }
    return _page(request, "requests/desk_auction.html", found, context)


def _names(found: Auction) -> dict[int, str]:
    """Who was who, for the buyer and operators: at the end alone, and never of an auction that was not held to its end."""
    return dict(found.bidders.values_list("slot", "vendor__name")) if found.state == AuctionState.OVER else {}


def _is_ended(found: Auction) -> bool:
    return found.state not in UNDECIDED


def _context(found: Auction, slot: int | None) -> dict[str, Any]:
    rows = []
    for lot in found.lots.select_related("line"):
        board = Board.of(found, lot)
        data = board.data()
        standing = data["standing"]
        rows.append(
            {
                "lot": lot,
                "board": board,
                "standing": standing,
                "best": standing[0][1] if standing else None,
                "view": telling.own_view(board.rules, slot, standing) if slot is not None else {},
                "is_turn": slot is not None and board.whose_turn == slot,
                "has_floor": slot is not None and slot in board.rows and bool(board.rows[slot].floor_sealed),
            }
        )
    recent = []
    if found.is_live:
        reader = telling.reader_of(found, slot)
        events = AuctionEvent.objects.filter(auction=found).order_by("-seq").values(*telling.FIELDS)[:30]
        recent = [told for event in events if (told := telling.told_to(reader, event)) is not None]
    return {
        "auction": found,
        "buyer_request": found.request,
        "rows": rows,
        "recent": recent,
        "slot": slot,
        "is_rounds": found.form == Form.ROUNDS,
        "starts_at": found.starts_at or running.start_of(found.request, found),
        "now": database_now(),
        "refresh_seconds": REFRESH_SECONDS,
        "refused": REFUSED,
    }


def _page(request: HttpRequest, template: str, found: Auction, context: dict[str, Any]) -> HttpResponse:
    """Nothing new in the log: nothing is drawn or sent to a browser that looks again by itself."""
    who = request.user.pk if request.user.is_authenticated else 0
    parts = f"{found.pk}:{found.seq}:{found.state}:{found.request.state}:{who}:{get_language()}"
    etag = f'"{hashlib.sha256(parts.encode()).hexdigest()[:32]}"'
    if not len(messages.get_messages(request)):
        answered = get_conditional_response(request, etag=etag)
        if answered is not None:
            return answered
    response = render(request, template, context)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


@login_required
@require_GET
@rate_limited("requests.auction_live", "120/m", by="user")
def live(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """All that happens, for the buyer and operators."""
    return _stream(request, _found(request, public_id), None)


@require_GET
@desk_view()
@rate_limited("requests.auction_live", "120/m", by="user")
def desk_live(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    """What happens, as the bidder may know it."""
    found, bidder = _at_desk(request, public_id)
    return _stream(request, found, _must_take_part(bidder).slot)


def _stream(request: HttpRequest, found: Auction, slot: int | None) -> HttpResponse:
    """What has happened since the reader's place; the server's edge goes on from there (`auctioning.streaming`)."""
    given = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    # Without a place the reader's page has just been drawn. Each event tells how all stands, so who missed many needs the last alone.
    seen = int(given) if re.fullmatch(r"[0-9]{1,9}", given) else found.seq
    events = telling.events_after(found.pk, max(seen, found.seq - MOST_MISSED))
    last = events[-1]["seq"] if events else min(seen, found.seq)
    reader = telling.reader_of(found, slot, last, request.user.pk)
    now = database_now()
    told = [telling.as_message(each, now) for event in events if (each := telling.told_to(reader, event))]
    body = "retry: 2000\n\n" + "".join(told) + telling.tick(now)
    place = getattr(request, "scope", {}).get(streaming.SCOPE)
    if place is not None and not _is_ended(found):
        place["reader"] = reader
    response = HttpResponse(body, content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"  # nginx would keep messages back to fill its buffer
    response["Content-Encoding"] = "identity"  # compressed, each would wait for the next
    return response


@require_POST
@desk_view()
@rate_limited("requests.auction_bid", "60/m", by="user")
def bid(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    """A price, or how far the price goes by itself."""
    found, bidder = _at_desk(request, public_id)
    _must_take_part(bidder)
    here = redirect("requests_desk:auction", vendor_slug, public_id)
    wants_floor = "floor" in request.POST or "floor_off" in request.POST
    form = FloorForm(request.POST) if wants_floor else PriceForm(request.POST)
    is_off = "floor_off" in request.POST
    form.fields["amount"].required = not is_off
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return here
    lot, key = form.cleaned_data["lot"], form.cleaned_data["key"]
    of_whom: dict[str, Any] = {"vendor": request.vendor, "request": found.request}
    try:
        if wants_floor:
            floor = None if is_off else form.price()
            event = moving.set_floor(**of_whom, lot=lot, amount=floor, key=key)
        else:
            event = moving.place_bid(**of_whom, lot=lot, amount=form.price(), key=key)
    except AuctionRuns as refused:  # said on the page itself, which is drawn anew with a new key
        messages.error(request, str(refused))
        return here
    if event.code:
        messages.error(request, _("Not taken: %(why)s.") % {"why": REFUSED[event.code]})
    elif wants_floor:
        messages.success(request, _("Kept. Nobody is shown how far your price goes."))
    else:
        messages.success(request, _("Your price is in force."))
    return here


@login_required
@require_GET
def download(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    found = _found(request, public_id)
    return _log(found, _names(found))


@require_GET
@desk_view()
def desk_download(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    found, bidder = _at_desk(request, public_id)
    return _log(found, {_must_take_part(bidder).slot: request.vendor.name})


def _log(found: Auction, names: dict[int, str]) -> HttpResponse:
    if not _is_ended(found):
        raise UnknownRequest("auction_not_over")
    response = JsonResponse(
        replay.download_of(found, names), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Content-Disposition"] = f'attachment; filename="auction-{found.request.pseudonym}.json"'
    return response


@login_required
@require_POST
def control(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """Operators pause an auction, let it go on, or annul a slip."""
    found = _found(request, public_id)
    if not _may_control(request, found):
        raise NotAllowed("operators_only")
    assert isinstance(request.user, User)
    _controlled(request, found.request, request.user)
    return redirect("requests:auction", public_id)


def _controlled(request: HttpRequest, found: BuyerRequest, operator: User) -> None:
    reason = request.POST.get("reason", "").strip()[:200]
    step = request.POST.get("step", "")
    if step == "resume":
        moving.resume_auction(operator=operator, request=found)
        return
    if not reason:
        messages.error(request, _("Give the reason: it stands in the log."))
        return
    if step == "pause":
        moving.pause_auction(operator=operator, request=found, reason=reason)
    seq = request.POST.get("seq", "")
    if step == "annul" and re.fullmatch(r"[0-9]{1,9}", seq):
        moving.annul_move(operator=operator, request=found, seq=int(seq), reason=reason)
