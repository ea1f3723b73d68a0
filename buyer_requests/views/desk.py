"""The vendor's pages: requests that fit, a request with its bid filled in, the vendor's bids, categories followed."""

from __future__ import annotations

import re
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from buyer_requests import services
from buyer_requests.enums import BidState, RequestState
from buyer_requests.errors import BidIncomplete
from buyer_requests.forms import BidForm, BidLineForm, QuestionForm
from buyer_requests.models import Bid, BuyerRequest
from buyer_requests.selectors import desk, lists
from buyer_requests.selectors.visibility import buyer_shown_to, request_for
from core.errors import InvalidInput
from core.limits import rate_limited
from vendors.access import DeskRequest, desk_view

PAGE = 20


@require_GET
@desk_view()
def fitting(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    return _list(request, desk.fitting(request.vendor), "fitting")


@require_GET
@desk_view()
def every(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    return _list(request, desk.open_for(request.vendor), "every")


def _list(request: DeskRequest, rows: QuerySet[BuyerRequest], tab: str) -> HttpResponse:
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "requests/desk_list.html", {"page": page, "tab": tab})


@require_GET
@desk_view()
def bids(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    page = Paginator(desk.bids_of(request.vendor), PAGE).get_page(request.GET.get("page"))
    return render(request, "requests/desk_bids.html", {"page": page, "tab": "bids"})


@require_http_methods(["GET", "POST"])
@desk_view()
@rate_limited("requests.bid", "120/h", by="user")
def detail(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    """A request with the vendor's bid: filled in from its offers, or as it was saved or sent."""
    found = request_for(request.vendor, public_id)
    bid = Bid.objects.filter(request=found, vendor=request.vendor).prefetch_related("lines").first()
    drafts = desk.draft_lines(request.vendor, found, bid)
    if request.method == "GET":
        form = BidForm(initial=BidForm.initial_of(bid, found, request.vendor), currency=found.currency)
        return _page(request, found, bid, form, [BidLineForm(draft=draft) for draft in drafts])
    form = BidForm(request.POST, currency=found.currency)
    lines = [BidLineForm(request.POST, draft=draft) for draft in drafts]
    if all([form.is_valid(), *(line.is_valid() for line in lines)]):
        values = [value for line in lines if (value := line.value()) is not None]
        try:
            return _store(request, found, form, values)
        except BidIncomplete as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    return _page(request, found, bid, form, lines, status=422)


def _store(
    request: DeskRequest, found: BuyerRequest, form: BidForm, values: list[services.BidLineInput]
) -> HttpResponse:
    assert isinstance(request.user, User)
    if "draft" in request.POST:
        services.save_bid_draft(vendor=request.vendor, request=found, lines=values, terms=form.value())
        messages.success(request, _("Saved. The buyer sees nothing until you send it."))
    else:
        services.send_bid(
            vendor=request.vendor, user=request.user, request=found, lines=values, terms=form.value()
        )
        messages.success(request, _("Sent. You can revise or withdraw the bid until the deadline."))
    return redirect("requests_desk:detail", request.vendor.slug, found.public_id)


def _page(
    request: DeskRequest,
    found: BuyerRequest,
    bid: Bid | None,
    form: BidForm,
    lines: list[BidLineForm],
    *,
    status: int = 200,
) -> HttpResponse:
    won = lists.won_lines(found, request.vendor)
    context = {
        "buyer_request": found,
        "buyer_name": buyer_shown_to(found, request.vendor),
        "bid": bid,
        "bid_currency": bid.currency if bid else found.currency,
        "form": form,
        "lines": lines,
        "filled": sum(line.draft.is_filled_in for line in lines),
        "questions": found.questions.all(),
        "question_form": QuestionForm(),
        "won": won,
        "is_over": found.state != RequestState.OPEN,
        "is_sent": bid is not None and bid.state == BidState.SENT,
        "revisions": bid.revisions.all() if bid else [],
        "wrong": sum(bool(line.errors) for line in lines),
    }
    return render(request, "requests/desk_detail.html", context, status=status)


@require_POST
@desk_view()
def withdraw(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    found = request_for(request.vendor, public_id)
    services.withdraw_bid(vendor=request.vendor, request=found)
    messages.success(request, _("The bid is withdrawn. Until the deadline you can send it again."))
    return redirect("requests_desk:detail", request.vendor.slug, found.public_id)


@require_POST
@desk_view()
@rate_limited("requests.ask", "30/h", by="user")
def ask(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    found = request_for(request.vendor, public_id)
    form = QuestionForm(request.POST)
    if form.is_valid():
        try:
            services.ask_question(vendor=request.vendor, request=found, text=form.cleaned_data["text"])
        except InvalidInput:
            messages.error(request, _("Write a question first."))
        else:
            messages.success(request, _("Asked. You get a message when the buyer answers."))
    else:
        messages.error(request, _("Write a question of at most 1,000 characters."))
    return redirect("requests_desk:detail", request.vendor.slug, found.public_id)


@require_http_methods(["GET", "POST"])
@desk_view()
def categories(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """Categories of which the company wants to hear, whatever is in its price lists."""
    if request.method == "POST":
        # `isdigit` would let ² through, and longer numbers are no id of any database's.
        sent = request.POST.getlist("category")
        chosen = [int(value) for value in sent if re.fullmatch(r"[0-9]{1,18}", value)]
        services.follow_categories(vendor=request.vendor, category_ids=chosen)
        messages.success(request, _("Saved."))
        return redirect("requests_desk:categories", request.vendor.slug)
    context = {"tree": lists.category_tree(), "followed": desk.following(request.vendor), "tab": "categories"}
    return render(request, "requests/desk_categories.html", context)
