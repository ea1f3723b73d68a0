"""What bidders send: a price for a lot, or how far it goes by itself."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from buyer_requests.forms.fields import NumberField
from core.money import MAX_PRICE, to_price


class PriceForm(forms.Form):
    """`key` makes the same press twice one move."""

    lot = forms.IntegerField(min_value=1, max_value=10_000, widget=forms.HiddenInput)
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    amount = NumberField(label=_("Your price"), is_money=True, most=MAX_PRICE)

    def price(self) -> int:
        return to_price(self.cleaned_data["amount"])


class FloorForm(PriceForm):
    amount = NumberField(label=_("Not below"), is_money=True, most=MAX_PRICE)
