"""“What fits” on the draft's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as said_now
from django.utils.translation import gettext_lazy as _

from buyer_requests.forms import options
from buyer_requests.limits.models import MatchingTerms
from buyer_requests.models import BuyerRequest


@options.register
class MatchingOption(options.RequestOption):
    key, order, title = "limits", 60, _("What fits")
    hint = _("Price, quantity, place and day always limit what fits; the category only if you say so.")
    template_name = "requests/options/limits.html"

    by_category = forms.BooleanField(
        label=_("Only goods of the category that stands in the line"),
        required=False,
        help_text=_("Offers whose category is not known still fit."),
    )

    @classmethod
    def initial_of(cls, request: BuyerRequest) -> dict[str, Any]:
        return {"by_category": MatchingTerms.objects.filter(request=request, by_category=True).exists()}

    def save(self, request: BuyerRequest) -> None:
        if self.cleaned_data["by_category"]:
            MatchingTerms.objects.update_or_create(request=request, defaults={"by_category": True})
        else:
            MatchingTerms.objects.filter(request=request).delete()

    def chosen(self) -> str:
        return said_now("only goods of the line's category") if self.current("by_category") else ""
