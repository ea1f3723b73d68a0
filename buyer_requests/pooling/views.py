"""Pages of pooled requests: the list, joining, the organiser's decision, and the vendor's word on who fell away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from buyer_requests.drafting.templates import draft_of_joined
from buyer_requests.errors import RequestIncomplete
from buyer_requests.pooling import awarding, joining, selectors
from buyer_requests.pooling.forms import JoinForm
from buyer_requests.selectors.lists import category_tree
from buyer_requests.selectors.visibility import own_request, request_for
from buyer_requests.views.buyer import BuyerHttpRequest
from catalog.models import Category
from core.errors import Conflict
from core.limits import rate_limited
from vendors.access import DeskRequest, desk_view
from vendors.regions import Region

PAGE = 20


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Requests that one may join now, found by words, category and region; above them those that one joined."""
    words = request.GET.get("q", "")[:200].strip()
    region = request.GET.get("region", "")
    region = region if region in Region.values else ""
    wanted = request.GET.get("category", "")[:100]
    category = Category.objects.filter(slug=wanted, is_active=True).first() if wanted else None
    rows = selectors.joinable(words=words, category=category, region=region)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pools": selectors.with_progress(list(page.object_list)),
        "mine": list(selectors.pools_of(request.user)[:20]) if request.user.is_authenticated else [],
        "words": words,
        "region": region,
        "regions": Region.choices,
        "category": category,
        "tree": category_tree(),
        "is_narrowed": bool(words or region or category),
    }
    return render(request, "requests/pools.html", context)


@require_http_methods(["GET", "POST"])
@rate_limited("requests.join", "40/h", by="user")
def pool(request: HttpRequest, code: UUID) -> HttpResponse:
    """A request that one may join, with what its reader may know of it; sent, it joins or changes what is taken."""
    terms = selectors.pool_by_code(code, request.user)
    if request.method == "POST" and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    shown = selectors.pool_for(terms, request.user)
    if request.method == "GET":
        return _pool_page(request, shown, JoinForm(pool=shown))
    assert isinstance(request.user, User)
    form = JoinForm(request.POST, pool=shown)
    if not form.is_valid():
        return _pool_page(request, shown, form, status=422)
    try:
        joining.join(
            user=request.user,
            request=terms.request,
            takings=form.takings(),
            place=form.cleaned_data["place"],
            region=form.cleaned_data["region"],
            name_shown=form.cleaned_data["name_shown"],
        )
    except RequestIncomplete as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _pool_page(request, shown, form, status=422)
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("Saved: what you take is changed.")
            if shown.member
            else _("You take part. Nobody sees your limits."),
        )
    return redirect("requests:pool", terms.code)


def _pool_page(
    request: HttpRequest, shown: selectors.Pool, form: JoinForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "pool": shown,
        "buyer_request": shown.request,
        "form": form,
        "is_organiser": request.user.is_authenticated and shown.request.buyer_id == request.user.pk,
        "bound_days": awarding.BOUND_DAYS,
    }
    return render(request, "requests/pool.html", context, status=status)


@login_required
@require_POST
@rate_limited("requests.leave", "10/h", by="user")
def leave(request: BuyerHttpRequest, code: UUID) -> HttpResponse:
    terms = selectors.pool_by_code(code, request.user)
    joining.leave(user=request.user, request=terms.request)
    messages.success(request, _("You no longer take part."))
    return redirect("requests:pool", terms.code)


@login_required
@require_POST
@rate_limited("requests.draft", "60/h", by="user")
def again(request: BuyerHttpRequest, code: UUID) -> HttpResponse:
    """What a person took of a pool, as a draft of his own."""
    draft = draft_of_joined(user=request.user, request=selectors.pool_by_code(code, request.user).request)
    messages.success(request, _("A new draft with what you took. Check quantities and the deadline."))
    return redirect("requests:edit", draft.public_id)


@login_required
@require_POST
def decide(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """The organiser asks the stated rule; its answer is the decision."""
    found = own_request(request.user, public_id)
    try:
        awarding.award_by_rule(buyer=request.user, request=found)
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Decided by the rule. Everybody is told what he pays, and to whom."))
    return redirect("requests:detail", found.public_id)


@login_required
@require_POST
@rate_limited("requests.put_out", "30/h", by="user")
def put_out(request: BuyerHttpRequest, public_id: UUID, member_id: int) -> HttpResponse:
    """The organiser puts a participant out, with a reason that is told to him."""
    found = own_request(request.user, public_id)
    try:
        joining.put_out(
            organiser=request.user,
            request=found,
            member_id=member_id,
            reason=request.POST.get("reason", ""),
        )
    except (Conflict, RequestIncomplete) as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("The participant is out and was told your reason. The totals are counted anew.")
        )
    return redirect("requests:detail", found.public_id)


@require_POST
@desk_view()
def fell_away(request: DeskRequest, vendor_slug: str, public_id: UUID, part_id: int) -> HttpResponse:
    found = request_for(request.vendor, public_id)
    awarding.part_fell_away(vendor=request.vendor, request=found, part_id=part_id)
    messages.success(request, _("Noted. What the others pay stays as it is."))
    return redirect("requests_desk:detail", request.vendor.slug, found.public_id)


@require_POST
@desk_view()
def withdraw(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    assert isinstance(request.user, User)  # the desk is for people who signed in
    found = request_for(request.vendor, public_id)
    try:
        awarding.withdraw_after_falls(vendor=request.vendor, user=request.user, request=found)
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Given back. The participants and the organiser are told."))
    return redirect("requests_desk:detail", request.vendor.slug, found.public_id)
