"""A bid in full for its buyer, counter-offers of both sides, files of a bid."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from buyer_requests.auctioning.enums import UNDECIDED
from buyer_requests.bidding import counters, files
from buyer_requests.bidding.history import differences, goods_total
from buyer_requests.changing.standing import is_unconfirmed, outdated
from buyer_requests.enums import BidState, RequestState
from buyer_requests.errors import UnknownRequest
from buyer_requests.forms.rules import CounterForm, FileForm
from buyer_requests.models import Bid, BidFile, BuyerRequest, CounterOffer
from buyer_requests.sealing import files as sealed_files
from buyer_requests.sealing.holding import is_sealed
from buyer_requests.sealing.pages import keep_quiet
from buyer_requests.selectors.visibility import own_request, request_for
from buyer_requests.views.buyer import BuyerHttpRequest
from core.errors import Conflict, InvalidInput
from core.ids import id_of
from core.limits import rate_limited
from vendors.access import DeskRequest, desk_view
from vendors.models import Vendor

LINES_ON_PAGE = 50


@login_required
@require_GET
def bid(request: BuyerHttpRequest, public_id: UUID, bid_id: UUID) -> HttpResponse:
    """One bid with everything that it says, what changed in it, and the talk about it."""
    found = own_request(request.user, public_id)
    held = _bid_of(found, bid_id)
    talks = {talk.line.pk if talk.line else 0: talk for talk in counters.talks_about(held)}
    lines = held.lines.select_related("line").prefetch_related("alternatives").order_by("line__position")
    page = Paginator(lines, LINES_ON_PAGE).get_page(request.GET.get("page"))
    revisions = list(held.revisions.order_by("number"))
    waits = is_unconfirmed(held, found)
    context = {
        "buyer_request": found,
        "bid": held,
        "page": page,
        "lines": [(line, talks.get(line.line_id)) for line in page],
        "whole": talks.get(0),
        "goods": goods_total(revisions[-1].content),
        "history": differences(revisions) if len(revisions) > 1 else [],
        "texts": {line.pk: line for line in found.lines.all()},
        "files": list(held.files.all()),
        "counter_form": CounterForm(),
        "may_counter": counters.counters_allowed(found) and not waits,
        "waits": waits,
        "outdated": set(outdated(held.lines.all()).values_list("pk", flat=True)) if waits else set(),
        "given": counters.given_lines([held]).get(held.pk, set()),
    }
    return render(request, "requests/bid.html", context)


def _bid_of(found: BuyerRequest, bid_id: UUID) -> Bid:
    held = (
        Bid.objects.filter(request=found, public_id=bid_id, state=BidState.SENT)
        .exclude(request__auction__state__in=UNDECIDED)
        .select_related("vendor")
        .first()
    )
    if held is None or found.state == RequestState.DRAFT:
        raise UnknownRequest("unknown_bid")
    held.request = found
    return held


@login_required
@require_POST
@rate_limited("requests.counter", "60/h", by="user")
def counter(request: BuyerHttpRequest, public_id: UUID, bid_id: UUID) -> HttpResponse:
    """The buyer names a price or a day for a line of the bid, or for the whole of it."""
    held = _bid_of(own_request(request.user, public_id), bid_id)
    _make(request, request.user, held, id_of(request.POST.get("line", "")), None)
    return redirect("requests:bid", public_id, bid_id)


@login_required
@require_POST
@rate_limited("requests.counter", "60/h", by="user")
def decide(request: BuyerHttpRequest, public_id: UUID, counter_id: UUID) -> HttpResponse:
    """The buyer's answer to a vendor's counter-offer."""
    found = own_request(request.user, public_id)
    held = counters.counter_for(counter_id, user=request.user)
    _decide(request, request.user, held, None)
    return redirect("requests:bid", found.public_id, held.bid.public_id)


@require_POST
@desk_view()
@rate_limited("requests.counter", "60/h", by="user")
def decide_at_desk(request: DeskRequest, vendor_slug: str, public_id: UUID, counter_id: UUID) -> HttpResponse:
    """The vendor's answer: yes, no, or a price of its own."""
    assert isinstance(request.user, User)
    found = request_for(request.vendor, public_id)
    held = counters.counter_for(counter_id, user=request.user, vendor=request.vendor)
    _decide(request, request.user, held, request.vendor)
    return redirect("requests_desk:detail", request.vendor.slug, found.public_id)


def _decide(request: HttpRequest, user: User, held: CounterOffer, vendor: Vendor | None) -> None:
    if "counter" in request.POST:
        _make(request, user, held.bid, held.line_id, vendor)
        return
    accept = "accept" in request.POST
    try:
        counters.decide_counter_offer(user=user, counter=held, accept=accept, vendor=vendor)
    except (Conflict, InvalidInput) as error:
        messages.error(request, str(error))
        return
    messages.success(
        request, _("Agreed: the bid says so now.") if accept else _("Declined. The bid stays as it was.")
    )


def _make(request: HttpRequest, user: User, held: Bid, line_id: int | None, vendor: Vendor | None) -> None:
    form = CounterForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for each in form.errors.values() for error in each))
        return
    try:
        counters.make_counter_offer(user=user, bid=held, line_id=line_id, vendor=vendor, **form.value())
    except (Conflict, InvalidInput) as error:
        messages.error(request, str(error))
        return
    messages.success(request, _("Your counter-offer is sent. You get a message with the answer."))


@require_POST
@desk_view()
@rate_limited("requests.attach", "60/h", by="user")
def attach(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    assert isinstance(request.user, User)
    found = request_for(request.vendor, public_id)
    keep_quiet(request, found)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a file first."))
        return redirect("requests_desk:detail", request.vendor.slug, found.public_id)
    upload = form.cleaned_data["file"]
    try:
        files.attach_file(
            vendor=request.vendor, user=request.user, request=found, name=str(upload.name), file=upload
        )
    except InvalidInput as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The file goes with your bid."))
    return redirect("requests_desk:detail", request.vendor.slug, found.public_id)


@require_POST
@desk_view()
def detach(request: DeskRequest, vendor_slug: str, public_id: UUID, file_id: UUID) -> HttpResponse:
    found = request_for(request.vendor, public_id)
    if is_sealed(found):
        keep_quiet(request, found)
        sealed_files.take_away(vendor=request.vendor, request=found, public_id=file_id)
    else:
        files.remove_file(
            vendor=request.vendor, request=found, file=files.file_of_vendor(file_id, request.vendor)
        )
    messages.success(request, _("The file is removed."))
    return redirect("requests_desk:detail", request.vendor.slug, found.public_id)


@require_GET
@desk_view()
def desk_file(request: DeskRequest, vendor_slug: str, public_id: UUID, file_id: UUID) -> HttpResponseBase:
    found = request_for(request.vendor, public_id)
    if is_sealed(found):
        keep_quiet(request, found)
        return _served(sealed_files.as_row(found, request.vendor, file_id))
    return _served(files.file_of_vendor(file_id, request.vendor))


@login_required
@require_GET
def buyer_file(request: BuyerHttpRequest, public_id: UUID, file_id: UUID) -> HttpResponseBase:
    own_request(request.user, public_id)
    return _served(files.file_of_buyer(file_id, request.user))


def _served(file: BidFile) -> FileResponse:
    """Always to be saved, never shown in the page's place: what is in it is a stranger's."""
    response = FileResponse(
        sealed_files.read(file), as_attachment=True, filename=file.name, content_type=file.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
