"""The vendor's pages: requests that fit, a request with its bid filled in, the vendor's bids, categories followed."""

from __future__ import annotations

import re
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from buyer_requests import services
from buyer_requests.bidding import counters
from buyer_requests.bidding.history import differences
from buyer_requests.bidding.labels import WHY
from buyer_requests.bidding.look_alikes import sender_of
from buyer_requests.changing.errors import RequestChanged
from buyer_requests.changing.reading import asks_otherwise, carried
from buyer_requests.changing.standing import with_question
from buyer_requests.deciding.enums import LIVE, AwardState
from buyer_requests.enums import BidState, RequestState
from buyer_requests.errors import BidIncomplete
from buyer_requests.forms import BidForm, BidLineForm, QuestionForm
from buyer_requests.forms.rules import CounterForm, FileForm
from buyer_requests.known_buyers import known_of
from buyer_requests.models import Bid, BuyerRequest
from buyer_requests.sealing.holding import OwnBid, own_bid
from buyer_requests.sealing.pages import keep_quiet, mark_rows, seal_of
from buyer_requests.selectors import desk, lists
from buyer_requests.selectors.visibility import buyer_shown_to, request_for
from core.errors import InvalidInput, TooMany
from core.ids import id_of
from core.limits import rate_limited
from vendors.access import DeskRequest, desk_view

PAGE = 20
#: Lines of a bid on one page: with five offers each they are some 500 fields.
LINES_ON_PAGE = 50


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
    mark_rows(page.object_list, request.vendor)
    return render(request, "requests/desk_list.html", {"page": page, "tab": tab})


@require_GET
@desk_view()
def bids(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    page = Paginator(with_question(desk.bids_of(request.vendor)), PAGE).get_page(request.GET.get("page"))
    return render(request, "requests/desk_bids.html", {"page": page, "tab": "bids"})


@require_http_methods(["GET", "POST"])
@desk_view()
@rate_limited("requests.bid", "120/h", by="user")
@sensitive_post_parameters()
def detail(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    """A request with the vendor's bid: filled in from its offers, or as it was saved or sent.

    A long request comes by pages of its lines. What is sent from one page takes the other pages' lines as they
    stand: as they were saved, else as they are filled in.
    """
    found = request_for(request.vendor, public_id)
    keep_quiet(request, found)
    sealed = own_bid(found, request.vendor)
    bid = sealed.bid if sealed else Bid.objects.filter(request=found, vendor=request.vendor).first()
    use = _use(request.GET.get("use", ""))
    lines_now = desk.draft_lines(request.vendor, found, bid, sealed.lines if sealed else None, use=use)
    drafts = carried(lines_now, found, None if sealed else bid)
    pages = Paginator(drafts, LINES_ON_PAGE)
    of_use = (use[0] - 1) // LINES_ON_PAGE + 1 if use else None
    page = pages.get_page(request.POST.get("page") or request.GET.get("page") or of_use)
    if request.method == "GET":
        form = BidForm(initial=BidForm.initial_of(bid, found, request.vendor), currency=found.currency)
        lines = [BidLineForm(draft=draft) for draft in page]
        return _page(request, found, bid, sealed, form=form, lines=lines, page=page, drafts=drafts)
    form = BidForm(request.POST, currency=found.currency)
    lines = [BidLineForm(request.POST, draft=draft) for draft in page]
    if all([form.is_valid(), *(line.is_valid() for line in lines)]):
        shown = {line.draft.line.pk: line.value() for line in lines}
        standing = {draft.line.pk: draft.given if draft.is_included else None for draft in drafts}
        seen = id_of(request.POST.get("version", "")) or found.version
        unseen = asks_otherwise(found, bid, sealed, but=shown) if seen >= found.version else set()
        values = [value for pk, value in (standing | shown).items() if value is not None and pk not in unseen]
        left_out = sum(value is not None for pk, value in standing.items() if pk in unseen)
        try:
            return _store(request, found, form, values, page, left_out=left_out)
        except BidIncomplete as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except RequestChanged as error:
            form.add_error(None, str(error))
        except TooMany as error:  # what was written stays on the page
            form.add_error(None, str(error))
            answer = _page(
                request, found, bid, sealed, form=form, lines=lines, page=page, drafts=drafts, status=429
            )
            answer["Retry-After"] = str(error.retry_after)
            return answer
    return _page(request, found, bid, sealed, form=form, lines=lines, page=page, drafts=drafts, status=422)


def _use(told: str) -> desk.Use | None:
    """`?use=3:17`: offer 17, which nearly fits, for line 3."""
    read = re.fullmatch(r"([0-9]{1,6}):([0-9]{1,18})", told)
    return (int(read[1]), int(read[2])) if read else None


def _store(
    request: DeskRequest,
    found: BuyerRequest,
    form: BidForm,
    values: list[services.BidLineInput],
    page: Page[desk.DraftLine],
    *,
    left_out: int,
) -> HttpResponse:
    assert isinstance(request.user, User)
    here = reverse("requests_desk:detail", args=[request.vendor.slug, found.public_id])
    if "draft" in request.POST or "next" in request.POST:
        services.save_bid_draft(
            vendor=request.vendor,
            request=found,
            lines=values,
            terms=form.value(),
            version=id_of(request.POST.get("version", "")),
        )
        if "next" in request.POST and page.has_next():
            return redirect(f"{here}?page={page.next_page_number()}")
        messages.success(request, _("Saved. The buyer sees nothing until you send it."))
    else:
        services.send_bid(
            vendor=request.vendor,
            user=request.user,
            request=found,
            lines=values,
            terms=form.value(),
            sender=sender_of(request),
            version=id_of(request.POST.get("version", "")),
        )
        messages.success(request, _("Sent. You can revise or withdraw the bid until the deadline."))
    if left_out:
        messages.warning(
            request,
            ngettext(
                "%(n)s line on another page asks for something else now: its old price is left out. Look at it and save or send again.",
                "%(n)s lines on other pages ask for something else now: their old prices are left out. Look at them and save or send again.",
                left_out,
            )
            % {"n": left_out},
        )
    return redirect(here)


def _page(
    request: DeskRequest,
    found: BuyerRequest,
    bid: Bid | None,
    sealed: OwnBid | None,
    *,
    form: BidForm,
    lines: list[BidLineForm],
    page: Page[desk.DraftLine],
    drafts: list[desk.DraftLine],
    status: int = 200,
) -> HttpResponse:
    won = lists.won_lines(found, request.vendor)
    texts = {draft.line.pk: draft.line for draft in drafts}
    revisions = list(bid.revisions.order_by("number")) if bid and bid.pk else []
    if sealed:
        revisions = sealed.revisions
    context = {
        "buyer_request": found,
        "buyer_name": buyer_shown_to(found, request.vendor),
        # A hidden buyer could be told by the figures.
        "known_of_buyer": [] if found.name_hidden else known_of(found.buyer),
        "bid": bid,
        "bid_currency": bid.currency if bid else found.currency,
        "form": form,
        "lines": lines,
        "page": page,
        "elsewhere": sum(draft.is_included for draft in drafts) - sum(draft.is_included for draft in page),
        "line_count": len(drafts),
        "filled": sum(draft.is_filled_in for draft in drafts),
        "questions": found.questions.all(),
        "question_form": QuestionForm(),
        "won": won,
        "is_live": any(award.state in LIVE for award in won),
        "is_deal": any(award.state == AwardState.ACCEPTED for award in won),
        "is_over": found.state != RequestState.OPEN,
        "is_sent": bid is not None and bid.state == BidState.SENT,
        "history": differences(revisions) if len(revisions) > 1 else [],
        "texts": texts,
        "counters": counters.talks_about(bid, vendor=request.vendor) if bid and bid.pk else [],
        "counter_form": CounterForm(),
        "file_form": FileForm(),
        "why": WHY,
        "files": sealed.files if sealed else list(bid.files.all()) if bid else [],
        "seal": seal_of(found),
        "own_seal": sealed,
        "wrong": sum(bool(line.errors) for line in lines),
    }
    return render(request, "requests/desk_detail.html", context, status=status)


@require_POST
@desk_view()
def withdraw(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    found = request_for(request.vendor, public_id)
    keep_quiet(request, found)
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
