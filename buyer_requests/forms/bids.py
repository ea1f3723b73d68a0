"""What a vendor enters for a bid: its terms and its lines."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyer_requests.bidding.enums import Supply
from buyer_requests.bidding.inputs import AlternativeInput, BidLineInput, BidTerms
from buyer_requests.forms.fields import NumberField, currency_choices, shown_number, shown_price
from buyer_requests.models import Bid, BidAlternative, BuyerRequest
from buyer_requests.parsing.amounts import to_decimal
from buyer_requests.selectors.desk import DraftLine
from core.ids import id_of
from core.money import MAX_PRICE, PRICE_SCALE, to_price
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
    free_delivery_from = NumberField(
        label=_("Free delivery from"),
        is_money=True,
        most=MAX_PRICE,
        required=False,
        help_text=_("Goods that are taken, in total."),
    )
    minimum_order = NumberField(
        label=_("Least order"),
        is_money=True,
        most=MAX_PRICE,
        required=False,
        help_text=_("Below it the bid does not hold."),
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
                "free_delivery_from": shown_price(vendor.free_delivery_from or None) if in_base else "",
                "delivery_days": vendor.delivery_days,
                "valid_until": timezone.localdate(request.deadline_at) + dt.timedelta(days=14)
                if request.deadline_at
                else None,
            }
        return {
            "currency": bid.currency,
            "delivery_price": shown_price(bid.delivery_price or None),
            "free_delivery_from": shown_price(bid.free_delivery_from),
            "minimum_order": shown_price(bid.minimum_order),
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
            free_delivery_from=_amount(data["free_delivery_from"]),
            minimum_order=_amount(data["minimum_order"]),
        )


def _amount(value: Decimal | None) -> int | None:
    return to_price(value) if value else None


class BreaksField(forms.CharField):
    """Prices by quantity as people write them down: "50: 12.30; 100: 11.90"."""

    def clean(self, value: Any) -> tuple[tuple[Decimal, int], ...]:
        text = super().clean(value)
        found = []
        for part in re.split(r"[;\n]", text):
            if not part.strip():
                continue
            quantity, _sign, price = part.partition(":")
            read = to_decimal(quantity.strip(), is_money=False), to_decimal(price.strip(), is_money=True)
            if read[0] is None or read[1] is None or not 0 < read[1] <= MAX_PRICE:
                raise ValidationError(
                    _(
                        "Write “%(value)s” as a quantity, a colon and a price, for example 50: 12.30; 100: 11.90."
                    ),
                    code="not_breaks",
                    params={"value": part.strip()[:30]},
                )
            found.append((read[0].quantize(Decimal("0.001")), to_price(read[1])))
        return tuple(sorted(found))


def shown_breaks(breaks: tuple[tuple[Decimal, int], ...]) -> str:
    return "; ".join(f"{shown_number(quantity)}: {shown_price(price)}" for quantity, price in breaks)


_OFFERED = re.compile(
    r"(?P<offer>[0-9]{1,18}):(?P<price>[0-9]{1,15}):(?P<quantity>[0-9]{1,9}(?:\.[0-9]{1,3})?)"
)
_THOUSANDTH = Decimal("0.001")


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
    supply = forms.ChoiceField(
        label=_("Availability"),
        choices=[("", _("not said")), *((each.value, each.label) for each in (Supply.STOCK, Supply.ORDER))],
        required=False,
    )
    delivery_on = forms.DateField(
        label=_("Delivered by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    breaks = BreaksField(label=_("Cheaper from a quantity on"), max_length=200, required=False)
    is_divisible = forms.BooleanField(label=_("Less may be taken at this price"), required=False)
    step = NumberField(label=_("Only in multiples of"), most=Decimal(1_000_000), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    other_title = forms.CharField(label=_("Another good instead"), max_length=500, required=False)
    other_price = NumberField(label=_("Its price per unit"), is_money=True, most=MAX_PRICE, required=False)

    def __init__(self, data: Any = None, *, draft: DraftLine) -> None:
        self.draft = draft
        given = draft.given
        free = [each for each in given.alternatives if each.offer_id is None] if given else []
        super().__init__(
            data,
            prefix=f"line-{draft.line.pk}",
            initial={
                "include": draft.is_included,
                "offer": str((given.offer_id if given else None) or ""),
                "title": given.title if given else "",
                "quantity": shown_number(given.quantity if given else draft.line.quantity),
                "price": shown_price(given.price_amount if given else None),
                "is_substitute": bool(given and given.is_substitute),
                "supply": given.supply if given else "",
                "delivery_on": given.delivery_on if given else None,
                "breaks": shown_breaks(given.breaks) if given else "",
                "is_divisible": bool(given and given.is_divisible),
                "step": shown_number(given.step) if given else "",
                "note": given.note if given else "",
                "other_title": free[0].title if free else "",
                "other_price": shown_price(free[0].price_amount) if free else "",
            },
        )
        self.fields["offer"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("another good")),
            *((str(choice.offer.pk), choice.offer.title) for choice in draft.choices),
        ]
        self.fields["breaks"].widget.attrs["placeholder"] = (
            f"50: {shown_price(123000)}; 100: {shown_price(119000)}"
        )
        for name in (
            "offer", "title", "quantity", "price", "supply", "delivery_on", "breaks", "step", "note",
            "other_title", "other_price",
        ):  # fmt: skip
            self.fields[name].widget.attrs["class"] = "input"

    @property
    def offered(self) -> list[dict[str, Any]]:
        """The vendor's other offers for the line, each to be ticked as an alternative."""
        given = self.draft.given
        kept = {each.offer_id: each for each in given.alternatives if each.offer_id} if given else {}
        best = given.offer_id if given else None
        return [
            {
                "choice": choice,
                "name": self.add_prefix("alternative"),
                "id": f"id_{self.prefix}-alternative-{choice.offer.pk}",
                "is_chosen": (
                    choice.value in self.data.getlist(self.add_prefix("alternative"))
                    if self.is_bound and hasattr(self.data, "getlist")
                    else choice.offer.pk in kept
                ),
            }
            for choice in self.draft.choices
            if choice.price_amount and choice.offer.pk != best
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("include"):
            return data
        self._follow_offer(data)
        if not (data.get("title") or "").strip():
            self.add_error("title", _("Say what you offer, or take the line out of the bid."))
        if data.get("price") is None and "price" not in self.errors:
            self.add_error("price", _("Give a price, or take the line out of the bid."))
        if data.get("other_title", "").strip() and data.get("other_price") is None:
            self.add_error("other_price", _("Give the price of the other good, too."))
        data["alternatives"] = self._alternatives(data)
        if len(data["alternatives"]) > BidAlternative.MOST:
            self.add_error(None, _("At most three alternatives for a line."))
        return data

    def _follow_offer(self, data: dict[str, Any]) -> None:
        """Another offer was chosen and nothing else typed, as without scripts: its own words and price hold."""
        changed = set(self.changed_data)
        if "offer" in changed and not changed & {"title", "price"} and data.get("offer"):
            for choice in self.draft.choices:
                if str(choice.offer.pk) == data["offer"] and choice.price_amount:
                    data["title"] = choice.offer.title
                    data["price"] = Decimal(choice.price_amount) / PRICE_SCALE

    def _alternatives(self, data: dict[str, Any]) -> tuple[AlternativeInput, ...]:
        """Ticked offers at the price that the page showed, then the good that was typed."""
        offers = {choice.offer.pk: choice for choice in self.draft.choices}
        sent = self.data.getlist(self.add_prefix("alternative")) if hasattr(self.data, "getlist") else []
        found = []
        for value in sent:
            read = _OFFERED.fullmatch(value)
            choice = offers.get(int(read["offer"])) if read else None
            if read is None or choice is None or str(choice.offer.pk) == data.get("offer"):
                continue
            found.append(
                AlternativeInput(
                    title=choice.offer.title,
                    quantity=Decimal(read["quantity"]).quantize(_THOUSANDTH),
                    price_amount=int(read["price"]),
                    offer_id=choice.offer.pk,
                    is_substitute=choice.is_substitute,
                    supply=choice.supply,
                )
            )
        if data.get("other_title", "").strip() and data.get("other_price") is not None:
            found.append(
                AlternativeInput(
                    title=data["other_title"].strip(),
                    quantity=self.draft.line.quantity,
                    price_amount=to_price(data["other_price"]),
                    is_substitute=self.draft.line.substitutes,
                )
            )
        return tuple(found)

    def value(self) -> BidLineInput | None:
        data = self.cleaned_data
        if not data.get("include"):
            return None
        step = data.get("step")
        return BidLineInput(
            line_id=self.draft.line.pk,
            title=data["title"].strip(),
            quantity=(data.get("quantity") or self.draft.line.quantity).quantize(_THOUSANDTH),
            price_amount=to_price(data["price"]),
            offer_id=id_of(data.get("offer") or ""),
            is_substitute=data["is_substitute"],
            note=data["note"].strip(),
            breaks=data["breaks"],
            is_divisible=data["is_divisible"],
            step=step.quantize(_THOUSANDTH) if step else None,
            supply=data["supply"],
            delivery_on=data["delivery_on"],
            alternatives=data["alternatives"],
        )
