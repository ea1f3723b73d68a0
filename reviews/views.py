"""Pages of reviews: the buyer's and the vendor's word on a deal, a vendor's reviews on its desk and for everybody."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from buyer_requests.models import BuyerRequest, PoolMember
from buyer_requests.pooling.selectors import pool_by_code
from buyer_requests.selectors.visibility import own_request, request_for
from core.errors import DomainError, InvalidInput
from core.limits import rate_limited
from reviews import selectors, services
from reviews.deals import deal_of, participant_of
from reviews.enums import ReviewState, Side
from reviews.errors import UnknownDeal
from reviews.forms import ReviewForm
from vendors.access import DeskRequest, desk_view
from vendors.models import Vendor

PAGE = 20


class BuyerHttpRequest(HttpRequest):
    """What a view behind `login_required` receives; for annotations only."""

    user: User


@login_required
@require_http_methods(["GET", "POST"])
@rate_limited("reviews.rate", "60/h", by="user")
def rate_vendor(request: BuyerHttpRequest, public_id: UUID, vendor_slug: str) -> HttpResponse:
    """The buyer's word on a vendor, and the vendor's once it may be read."""
    found = own_request(request.user, public_id)
    vendor = Vendor.objects.filter(slug=vendor_slug).first()
    if vendor is None:
        raise UnknownDeal("unknown_deal")
    back = reverse("requests:detail", args=[found.public_id])
    return _rate(request, found, vendor, Side.BUYER, template="reviews/rate.html", back=back)


@login_required
@require_http_methods(["GET", "POST"])
@rate_limited("reviews.rate", "60/h", by="user")
def rate_in_pool(request: BuyerHttpRequest, code: UUID, vendor_slug: str) -> HttpResponse:
    """A participant's word on the vendor that served him in a pooled request."""
    found = pool_by_code(code, request.user).request
    vendor = Vendor.objects.filter(slug=vendor_slug).first()
    if vendor is None:
        raise UnknownDeal("unknown_deal")
    member = participant_of(found, vendor, request.user)
    back = reverse("requests:pool", args=[code])
    return _rate(request, found, vendor, Side.BUYER, template="reviews/rate.html", back=back, member=member)


@desk_view()
@require_http_methods(["GET", "POST"])
@rate_limited("reviews.rate", "60/h", by="user")
def rate_buyer(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    """The vendor's word on a buyer, and the buyer's once it may be read."""
    found = request_for(request.vendor, public_id)
    back = reverse("requests_desk:detail", args=[request.vendor.slug, found.public_id])
    return _rate(request, found, request.vendor, Side.VENDOR, template="reviews/desk_rate.html", back=back)


def _rate(
    request: HttpRequest,
    found: BuyerRequest,
    vendor: Vendor,
    side: Side,
    *,
    template: str,
    back: str,
    member: PoolMember | None = None,
) -> HttpResponse:
    deal = deal_of(found, vendor)
    mine = selectors.review_of(found, vendor, side, member)
    user = request.user
    assert isinstance(user, User)  # behind a sign-in
    if request.method == "POST" and "take_back" in request.POST:
        services.take_back(side=side, user=user, request=found, vendor=vendor)
        messages.success(request, _("Your rating is taken back."))
        return redirect(request.path)
    form = ReviewForm(
        request.POST if request.method == "POST" else None, side=side, initial=ReviewForm.initial_of(mine)
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.rate(side=side, user=user, request=found, vendor=vendor, said=form.said())
        except InvalidInput as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(
                request, _("Thank you. It is shown once the other side has rated too, or in two weeks.")
            )
            return redirect(back)
    context = {
        "buyer_request": found,
        "vendor": vendor,
        "deal": deal,
        "mine": mine,
        "other": None if member else selectors.word_of_other(found, vendor, side),
        "may_rate": deal.is_open and (mine is None or mine.state == ReviewState.WAITING),
        "form": form,
        "back": back,
    }
    return render(request, template, context, status=422 if form.errors else 200)


@require_safe
def reviews_page(request: HttpRequest, slug: str) -> HttpResponse:
    """All that buyers say of a vendor."""
    vendor = Vendor.objects.public().filter(slug=slug).first()
    if vendor is None:
        raise Http404
    page = Paginator(selectors.shown_reviews(vendor), PAGE).get_page(request.GET.get("page"))
    context = {"vendor": vendor, "page": page, "rating": selectors.rating_of(vendor)}
    return render(request, "reviews/vendor.html", context)


@require_safe
@desk_view()
def desk_list(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """What buyers say of us, with an answer to each."""
    page = Paginator(selectors.shown_reviews(request.vendor), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rating": selectors.rating_of(request.vendor)}
    return render(request, "reviews/desk_list.html", context)


@desk_view()
@require_POST
@rate_limited("reviews.answer", "60/h", by="user")
def answer(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    try:
        services.answer_review(
            vendor=request.vendor, public_id=public_id, text=request.POST.get("text", "")[: services.LONGEST]
        )
    except InvalidInput as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your answer is shown below the review."))
    return redirect("reviews_desk:list", request.vendor.slug)


@desk_view()
@require_POST
@rate_limited("reviews.report", "20/h", by="user")
def report(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    try:
        services.report_review(
            vendor=request.vendor, public_id=public_id, reason=request.POST.get("reason", "")
        )
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, _("An operator looks at it and tells you what is decided."))
    return redirect("reviews_desk:list", request.vendor.slug)
