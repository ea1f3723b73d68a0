"""How a vendor hears of requests: its settings, and what waits for the next message."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from buyer_requests.forms.hearing import HearingForm
from buyer_requests.models import Parcel
from buyer_requests.selectors import lists
from buyer_requests.telling.parcels import worth_telling
from buyer_requests.telling.services import choose_hearing, hearing_of
from vendors.access import DeskRequest, desk_view
from vendors.enums import Role


@require_http_methods(["GET", "POST"])
@desk_view(min_role=Role.MANAGER)
def hearing(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    assert isinstance(request.user, User)
    tree = lists.category_tree()
    if request.method == "POST":
        form = HearingForm(request.POST, tree=tree)
        if form.is_valid():
            choose_hearing(
                vendor=request.vendor, user=request.user, values=form.value(), muted_ids=form.muted_ids()
            )
            messages.success(request, _("Saved."))
            return redirect("requests_desk:hearing", request.vendor.slug)
        return _page(request, form, status=422)
    held = hearing_of(request.vendor)
    muted = set(held.muted.values_list("pk", flat=True))
    return _page(request, HearingForm(initial=HearingForm.initial_of(held, muted), tree=tree))


def _page(request: DeskRequest, form: HearingForm, *, status: int = 200) -> HttpResponse:
    parcel = Parcel.objects.filter(vendor=request.vendor, sent_at=None).first()
    held = hearing_of(request.vendor)
    context = {
        "form": form,
        "parcel": parcel,
        "waiting": worth_telling(parcel, timezone.now()) if parcel else [],
        "counted": held.counted_today(timezone.now()),
        "tab": "hearing",
    }
    return render(request, "requests/hearing.html", context, status=status)
