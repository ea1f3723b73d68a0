"""What a vendor enters for a bidding rule, and what either side enters for a counter-offer or a file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from buyer_requests.bidding.counters import LONGEST_DAYS
from buyer_requests.forms.fields import NumberField, shown_number, shown_price
from buyer_requests.models import BiddingRule
from catalog.models import Category
from core.money import MAX_PRICE, to_price
from vendors.regions import Region


class CounterForm(forms.Form):
    """A price per unit (or for all goods), a day, a word."""

    price = NumberField(label=_("Price"), is_money=True, most=MAX_PRICE, required=False)
    delivery_on = forms.DateField(
        label=_("Delivered by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    text = forms.CharField(label=_("Message"), max_length=500, required=False)
    days = forms.IntegerField(
        label=_("Waits for days"), min_value=1, max_value=LONGEST_DAYS, initial=2, required=False
    )

    def value(self) -> dict[str, Any]:
        """As `make_counter_offer` takes it."""
        data = self.cleaned_data
        return {
            "price_amount": to_price(data["price"]) if data["price"] else None,
            "delivery_on": data["delivery_on"],
            "text": data["text"],
            "days": data["days"] or 2,
        }


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("PDF, JPEG, PNG, XLSX, DOCX or text, up to 5 MB each; at most 5."),
    )


class RuleForm(forms.Form):
    """When the row bids by itself, and at what price."""

    name = forms.CharField(label=_("Name"), max_length=80)
    categories = forms.MultipleChoiceField(
        label=_("Categories"), required=False, help_text=_("None: all that your price lists hold."),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    discount_percent = NumberField(
        label=_("Discount from your price, %"),
        most=Decimal(90),
        required=False,
        help_text=_("Empty: your price."),
    )
    margin_percent = NumberField(
        label=_("Least markup on the purchase price, %"),
        most=Decimal(900),
        required=False,
        help_text=_("Where a price list tells it; goods without one then go at your price. Empty: no floor."),
    )
    needs_stock = forms.BooleanField(label=_("Only what is in stock"), required=False)
    only_verified = forms.BooleanField(label=_("Only for buyers with a confirmed address"), required=False)
    least_percent = forms.IntegerField(
        label=_("Only if it prices at least this share of the lines, %"), min_value=0, max_value=100
    )
    most_amount = NumberField(
        label=_("Largest bid, UAH"), is_money=True, most=MAX_PRICE, required=False, help_text=_("Empty: any.")
    )
    most_a_day = forms.IntegerField(label=_("Bids a day at most"), min_value=1, max_value=1000)
    most_amount_a_day = NumberField(
        label=_("Sum of a day's bids at most, UAH"),
        is_money=True,
        most=MAX_PRICE,
        required=False,
        help_text=_("Empty: any."),
    )
    hour_from = forms.IntegerField(label=_("Bids from, hour"), min_value=0, max_value=23)
    hour_to = forms.IntegerField(label=_("until, hour"), min_value=0, max_value=24)
    valid_days = forms.IntegerField(
        label=_("The bid holds so many days after the deadline"), min_value=1, max_value=180
    )
    regions = forms.MultipleChoiceField(
        label=_("Regions of delivery"),
        choices=Region.choices,
        required=False,
        help_text=_("None: everywhere, also where the buyer names no region."),
        widget=forms.CheckboxSelectMultiple,
    )
    terms = forms.CharField(
        label=_("Terms"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, tree: list[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = [  # type: ignore[attr-defined]  # a MultipleChoiceField
            (str(category.pk), f"{'— ' * (category.depth - 1)}{category.name}") for category in tree
        ]

    @staticmethod
    def initial_of(rule: BiddingRule | None) -> dict[str, Any]:
        shown = rule or BiddingRule()
        return {
            "name": shown.name or _("Everything in stock"),
            "categories": [str(pk) for pk in rule.categories.values_list("pk", flat=True)] if rule else [],
            "discount_percent": shown_number(shown.discount_percent) if shown.discount_percent else "",
            "margin_percent": shown_number(shown.margin_percent),
            "needs_stock": shown.needs_stock,
            "only_verified": shown.only_verified,
            "least_percent": shown.least_percent,
            "most_amount": shown_price(shown.most_amount),
            "most_a_day": shown.most_a_day,
            "most_amount_a_day": shown_price(shown.most_amount_a_day),
            "hour_from": shown.hour_from,
            "hour_to": shown.hour_to,
            "valid_days": shown.valid_days,
            "regions": shown.regions,
            "terms": shown.terms,
        }

    def value(self) -> dict[str, Any]:
        """The rule's columns."""
        data = dict(self.cleaned_data)
        del data["categories"]
        data["discount_percent"] = data["discount_percent"] or Decimal(0)
        for name in ("most_amount", "most_amount_a_day"):
            data[name] = to_price(data[name]) if data[name] else None
        return data

    def category_ids(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["categories"]]
