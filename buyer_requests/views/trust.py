"""A vendor reports a request; a buyer appeals against a closing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from buyer_requests.forms.trust import AppealForm, ReportForm
from buyer_requests.selectors.visibility import own_request, request_for
from buyer_requests.trust import holding, reports
from buyer_requests.trust.enums import ReportReason
from buyer_requests.trust.errors import HoldDecided, ReportedAlready
from buyer_requests.views.buyer import BuyerHttpRequest
from vendors.access import DeskRequest, desk_view


@require_POST
@desk_view()
def report(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    assert isinstance(request.user, User)
    found = request_for(request.vendor, public_id)
    form = ReportForm(request.POST)
    if form.is_valid():
        try:
            reports.report(
                vendor=request.vendor,
                user=request.user,
                request=found,
                reason=ReportReason(form.cleaned_data["reason"]),
                text=form.cleaned_data["text"],
            )
        except ReportedAlready as error:
            messages.info(request, str(error))
        else:
            messages.success(
                request, _("Thank you. Operators see the report; the buyer does not learn whose it is.")
            )
    else:
        messages.error(request, _("Choose what is wrong with the request."))
    return redirect("requests_desk:detail", request.vendor.slug, found.public_id)


@login_required
@require_POST
def appeal(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    found = own_request(request.user, public_id)
    form = AppealForm(request.POST)
    if form.is_valid():
        try:
            holding.appeal(buyer=request.user, request=found, text=form.cleaned_data["text"])
        except HoldDecided as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("An operator looks at it again. You get a message."))
    else:
        messages.error(request, _("Say why the request should be open."))
    return redirect("requests:detail", found.public_id)
