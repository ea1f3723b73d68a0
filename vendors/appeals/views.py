"""The desk's page of decisions about the company, with the appeal against each, and its word on the checklist."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.limits import rate_limited
from vendors.access import DeskRequest, desk_view, has_role
from vendors.appeals import kinds, selectors, services
from vendors.enums import Role, VendorState
from vendors.onboarding import services as onboarding
from vendors.onboarding.selectors import checklist

#: Whoever was refused or suspended is the first who needs this page.
_ALWAYS = tuple(VendorState)
_ON_PAGE = 20


@require_GET
@desk_view(states=_ALWAYS)
def decisions(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    page = Paginator(selectors.decisions_of(request.vendor), _ON_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    rows = [
        (
            each,
            kinds.label_of(each.kind),
            selectors.may_be_appealed(each, now),
            each.decided_at + selectors.APPEAL_TIME,
        )
        for each in page
    ]
    context = {"page": page, "rows": rows, "may_appeal": has_role(request.membership, Role.MANAGER)}
    return render(request, "vendors/decisions.html", context)


@require_POST
@desk_view(Role.MANAGER, states=_ALWAYS)
@rate_limited("vendors.appeal", "30/h", by="user")
def appeal(request: DeskRequest, vendor_slug: str, decision_id: int) -> HttpResponse:
    try:
        services.appeal(
            vendor=request.vendor,
            user=request.user,
            decision_id=decision_id,
            text=request.POST.get("text", ""),
        )
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your appeal was received. Another operator looks at it."))
    return redirect("desk:decisions", vendor_slug)


@require_GET
@desk_view(states=_ALWAYS)
def points(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    context = {
        "points": checklist(request.vendor),
        "may_attest": has_role(request.membership, Role.MANAGER),
    }
    return render(request, "vendors/checklist.html", context)


@require_POST
@desk_view(Role.MANAGER, states=_ALWAYS)
def attest(request: DeskRequest, vendor_slug: str, item: str) -> HttpResponse:
    says = request.POST.get("says") == "yes"
    try:
        onboarding.attest(membership=request.membership, key=item, says=says)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Noted.") if says else _("Taken back."))
    return redirect("desk:checklist", vendor_slug)
