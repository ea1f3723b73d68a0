"""“Others may join” on the draft's page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as said_now
from django.utils.translation import gettext_lazy as _

from buyer_requests.forms import options
from buyer_requests.forms.deadlines import deadline
from buyer_requests.forms.fields import NumberField, shown_number
from buyer_requests.models import BuyerRequest, PoolTerms
from buyer_requests.pooling.enums import AwardRule, DeliveryRule, Reach
from vendors.regions import Region


@options.register
class PoolOption(options.RequestOption):
    key, order, title = "pool", 40, _("Others may join")
    hint = _("Buyers who need the same add their quantities; each pays and receives apart.")
    template_name = "requests/options/pool.html"

    pooled = forms.BooleanField(label=_("Other buyers may join this request"), required=False)
    reach = forms.ChoiceField(label=_("Who may join"), choices=Reach, required=False)
    join_day = forms.DateField(
        label=_("Others join until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("To the end of the day, at least a day before the bids' deadline."),
    )
    regions = forms.MultipleChoiceField(
        label=_("Only for delivery to"),
        choices=Region,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: from everywhere."),
    )
    least_quantity = NumberField(
        label=_("Each takes at least"),
        most=Decimal(1_000_000),
        required=False,
        help_text=_("Of each line that he needs; so that a delivery is worth it."),
    )
    award_rule = forms.ChoiceField(label=_("Who gets it"), choices=AwardRule, required=False)
    price_weight = forms.IntegerField(
        label=_("Weight of the price, %"),
        min_value=10,
        max_value=100,
        required=False,
        help_text=_("100: the lowest total wins. The rest is the weight of days to deliver."),
    )
    delivery_rule = forms.ChoiceField(label=_("Delivery"), choices=DeliveryRule, required=False)
    tolerance_percent = forms.IntegerField(
        label=_("May fall away after the decision, %"),
        min_value=0,
        max_value=90,
        required=False,
        help_text=_("If more of its goods is not taken in the end, the vendor may withdraw."),
    )

    @classmethod
    def initial_of(cls, request: BuyerRequest) -> dict[str, Any]:
        terms = PoolTerms.objects.filter(request=request).first()
        shown = terms or PoolTerms()
        return {
            "pooled": terms is not None,
            "reach": shown.reach,
            "join_day": timezone.localdate(shown.join_until) if shown.join_until else None,
            "regions": shown.regions,
            "least_quantity": shown_number(shown.least_quantity) if shown.least_quantity else "",
            "award_rule": shown.award_rule,
            "price_weight": shown.price_weight,
            "delivery_rule": shown.delivery_rule,
            "tolerance_percent": shown.tolerance_percent,
        }

    def save(self, request: BuyerRequest) -> None:
        data = self.cleaned_data
        if not data["pooled"]:
            PoolTerms.objects.filter(request=request).delete()
            return
        PoolTerms.objects.update_or_create(
            request=request,
            defaults={
                "reach": data["reach"] or Reach.LISTED,
                "join_until": deadline(data["join_day"], None),
                "regions": data["regions"],
                "least_quantity": data["least_quantity"] or Decimal(0),
                "award_rule": data["award_rule"] or AwardRule.WHOLE,
                "price_weight": data["price_weight"] or 100,
                "delivery_rule": data["delivery_rule"] or DeliveryRule.EACH,
                "tolerance_percent": 20 if data["tolerance_percent"] is None else data["tolerance_percent"],
            },
        )

    def chosen(self) -> str:
        if not self.current("pooled"):
            return ""
        day = self.current("join_day")
        if not day:
            return said_now("others may join")
        return said_now("others may join until %(day)s") % {"day": date_format(day, "SHORT_DATE_FORMAT")}
