"""The buyer's buttons of a standing request."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from buyer_requests.selectors.visibility import own_request
from buyer_requests.standing import services
from buyer_requests.standing.errors import NoBids
from buyer_requests.views.buyer import BuyerHttpRequest
from core.errors import InvalidInput
from core.limits import rate_limited


@login_required
@require_POST
@rate_limited("requests.standing", "60/h", by="user")
def switch(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """Close a round now, pause, go on or end, by the button that was pressed."""
    found = own_request(request.user, public_id)
    match request.POST.get("do", ""):
        case "round":
            try:
                made = services.close_now(buyer=request.user, request=found)
            except NoBids as error:
                messages.error(request, str(error))
                return redirect("requests:detail", found.public_id)
            messages.success(request, _("The round is closed. Choose among its bids."))
            return redirect("requests:detail", made.public_id)
        case "pause":
            services.pause(buyer=request.user, request=found)
            messages.success(request, _("Paused: no round closes, and nobody is told of offers."))
        case "go_on":
            services.go_on(buyer=request.user, request=found)
            messages.success(request, _("The request goes on."))
        case "end":
            services.end(buyer=request.user, request=found)
            messages.success(
                request, _("Ended: no more bids come in. You may still choose among those there are.")
            )
        case _other:
            raise InvalidInput("unknown_button")
    return redirect("requests:detail", found.public_id)
