"""Requests that are held back: what was found or reported, and an operator's decision, which its buyer reads."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from buyer_requests.enums import RequestState
from buyer_requests.models import BuyerRequest, RequestHold
from buyer_requests.trust import holding, trace
from buyer_requests.trust.enums import Rule
from cms.operators.pages import DeskPage, number_of
from core.errors import DomainError

#: Requests with reports that do not hold them yet.
_REPORTED = 50


class HeldRequests(DeskPage):
    """What waits for a decision, the soonest deadline first; below it, what was reported by too few."""

    permission_required = "buyer_requests.change_requesthold"
    template_name = "cms/operators/held_requests.html"
    header_icon = "warning"
    page_title = gettext_lazy("Requests held back")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.page_of(holding.waiting())
        reported = (
            BuyerRequest.objects.filter(state=RequestState.OPEN)
            .annotate(report_count=Count("reports", filter=Q(reports__verdict="")))
            .filter(report_count__gt=0)
            .exclude(hold__in=holding.waiting())
            .prefetch_related("reports__vendor")
            .order_by("-report_count", "deadline_at")
        )
        return super().get_context_data(
            page=page,
            rows=[(hold, _in_words(hold), trace.of(hold.request_id)) for hold in page],
            reported=reported[:_REPORTED],
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        operator = request.user
        assert isinstance(operator, User)
        found = BuyerRequest.objects.filter(pk=number_of(request.POST.get("number", ""))).first()
        act = request.POST.get("act", "")
        if found is None:
            return self.back()
        try:
            if act == "dismiss":
                holding.dismiss_reports(operator=operator, request=found)
                messages.success(request, _("The reports are rejected."))
            elif act in {"release", "close"}:
                holding.decide(
                    operator=operator,
                    request=found,
                    releases=act == "release",
                    reason=request.POST.get("reason", ""),
                )
                messages.success(
                    request,
                    _("Released: vendors hear of it.")
                    if act == "release"
                    else _("Closed. The buyer is told why."),
                )
        except DomainError as error:
            said = _("Write the reason: the buyer reads it.") if error.code == "no_reason" else str(error)
            messages.error(request, said)
        return self.back()


def _in_words(hold: RequestHold) -> list[str]:
    """What the early look found, or how much the reports weigh."""
    said = []
    for each in hold.findings:
        if each["rule"] in Rule.values:
            what = f": {each['what']}" if each.get("what") else ""
            said.append(f"{Rule(each['rule']).label}{what} ({each['weight']})")
        else:
            said.append(_("Vendors' reports weigh %(weight)s") % {"weight": each["weight"]})
    return said
