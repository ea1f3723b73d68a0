"""What a vendor enters for a bid: its terms and its lines."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyer_requests.forms.fields import NumberField, currency_choices, shown_number, shown_price
from buyer_requests.models import Bid, BuyerRequest
from buyer_requests.selectors.desk import DraftLine
from buyer_requests.services.bids import BidLineInput, BidTerms
from core.money import MAX_PRICE, to_price
from vendors.models import Vendor


class BidForm(forms.Form):
    """What holds for a whole bid."""

    currency = forms.ChoiceField(label=_("Currency"))
    delivery_price = NumberField(
        label=_("Delivery, for all"),
        is_money=True,
        most=MAX_PRICE,
        required=False,
        help_text=_("Empty: free."),
    )
    delivery_days = forms.IntegerField(label=_("Days to deliver"), min_value=0, max_value=365, required=False)
    valid_until = forms.DateField(
        label=_("Bid holds until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    terms = forms.CharField(
        label=_("Terms"),
        max_length=4000,
        required=False,
        help_text=_("Payment, warranty, what the delivery covers."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        """`currency` is the request's: prices filled in for it must not be sent under another one's name."""
        super().__init__(*args, **kwargs)
        named = [(code, name) for code, name in currency_choices() if code == currency]
        self.fields["currency"].choices = named or [(currency, currency)]  # type: ignore[attr-defined]  # a ChoiceField

    @staticmethod
    def initial_of(bid: Bid | None, request: BuyerRequest, vendor: Vendor) -> dict[str, Any]:
        if bid is None:
            in_base = request.currency == settings.BASE_CURRENCY
            return {
                "currency": request.currency,
                "delivery_price": shown_price(vendor.delivery_price or None) if in_base else "",
                "delivery_days": vendor.delivery_days,
                "valid_until": timezone.localdate(request.deadline_at) + dt.timedelta(days=14)
                if request.deadline_at
                else None,
            }
        return {
            "currency": bid.currency,
            "delivery_price": shown_price(bid.delivery_price or None),
            "delivery_days": bid.delivery_days,
            "valid_until": bid.valid_until,
            "terms": bid.terms,
        }

    def clean_delivery_price(self) -> Decimal:
        value: Decimal | None = self.cleaned_data["delivery_price"]
        return value or Decimal(0)

    def value(self) -> BidTerms:
        data = self.cleaned_data
        return BidTerms(
            currency=data["currency"],
            delivery_price=to_price(data["delivery_price"]),
            delivery_days=data["delivery_days"],
            valid_until=data["valid_until"],
            terms=data["terms"].strip(),
        )


class BidLineForm(forms.Form):
    """A line of a bid. Only what is included has to be complete."""

    include = forms.BooleanField(label=_("I offer this"), required=False)
    offer = forms.ChoiceField(label=_("From your price list"), required=False)
    title = forms.CharField(label=_("What you offer"), max_length=500, required=False)
    quantity = NumberField(label=_("Quantity"), most=Decimal(100_000_000), required=False)
    price = NumberField(
        label=_("Price per unit, VAT included"), is_money=True, most=MAX_PRICE, required=False
    )
    is_substitute = forms.BooleanField(label=_("Substitute"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, data: Any = None, *, draft: DraftLine) -> None:
        self.draft = draft
        super().__init__(
            data,
            prefix=f"line-{draft.line.pk}",
            initial={
                "include": draft.is_included,
                "offer": str(draft.offer_id or ""),
                "title": draft.title,
                "quantity": shown_number(draft.quantity),
                "price": shown_price(draft.price_amount),
                "is_substitute": draft.is_substitute,
                "note": draft.note,
            },
        )
        self.fields["offer"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("another good")),
            *((str(choice.offer.pk), choice.offer.title) for choice in draft.choices),
        ]
        for name in ("offer", "title", "quantity", "price", "note"):
            self.fields[name].widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("include"):
            if not (data.get("title") or "").strip():
                self.add_error("title", _("Say what you offer, or take the line out of the bid."))
            if data.get("price") is None and "price" not in self.errors:
                self.add_error("price", _("Give a price, or take the line out of the bid."))
        return data

    def value(self) -> BidLineInput | None:
        data = self.cleaned_data
        if not data.get("include"):
            return None
        offer = data.get("offer") or ""
        return BidLineInput(
            line_id=self.draft.line.pk,
            title=data["title"].strip(),
            quantity=(data.get("quantity") or self.draft.line.quantity).quantize(Decimal("0.001")),
            price_amount=to_price(data["price"]),
            offer_id=int(offer) if offer.isdigit() else None,
            is_substitute=data["is_substitute"],
            note=data["note"].strip(),
        )
