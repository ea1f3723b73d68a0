"""Bids by rules as operators see them: the switch for all and for one vendor; bidders who may be one company."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from buyer_requests.bidding import look_alikes, rules
from buyer_requests.bidding.enums import RuleState
from buyer_requests.bidding.labels import SIGNS
from buyer_requests.models import BiddingRule, BiddingStop, LookAlike
from cms.operators.pages import DeskPage, number_of
from vendors.models import Vendor


class Bidding(DeskPage):
    """Who bids by rules, who was stopped, and pairs of bidders that share something."""

    permission_required = "buyer_requests.change_biddingstop"
    template_name = "cms/operators/bidding.html"
    header_icon = "cog"
    page_title = gettext_lazy("Automatic bids")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        live = BiddingRule.objects.filter(state=RuleState.LIVE).values("vendor")
        stops = BiddingStop.objects.select_related("vendor", "made_by").order_by("-made_at")
        page = self.page_of(look_alikes.open_pairs())
        return super().get_context_data(
            everybody=stops.filter(everybody=True).first(),
            stops=stops.filter(everybody=False)[:100],
            vendors=Vendor.objects.filter(pk__in=live, bidding_stop=None).order_by("name")[:200],
            page=page,
            pairs=[(pair, [SIGNS[sign] for sign in pair.signs]) for pair in page],
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        operator = request.user
        assert isinstance(operator, User)
        act, number = request.POST.get("act", ""), number_of(request.POST.get("number", ""))
        if act == "clear":
            pair = LookAlike.objects.filter(pk=number).first()
            if pair is not None:
                look_alikes.clear_pair(operator=operator, pair=pair, note=request.POST.get("note", ""))
                messages.success(request, _("Noted."))
            return self.back()
        vendor = Vendor.objects.filter(pk=number).first() if number else None
        if act in {"stop", "lift"} and vendor is None:
            return self.back()
        if act in {"stop", "stop_all"}:
            rules.stop_bidding(operator=operator, vendor=vendor, reason=request.POST.get("reason", ""))
            messages.success(request, _("Stopped. Bids that were sent stay."))
        elif act in {"lift", "lift_all"}:
            rules.lift_stop(operator=operator, vendor=vendor)
            messages.success(request, _("Lifted: rules that are live bid again."))
        return self.back()
