"""What a person sets of a price watch, and the name of a saved search."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.money import MAX_PRICE, Money, to_price
from search.saved.enums import Drop
from search.saved.models import PriceWatch


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)


class WatchForm(forms.Form):
    drop = forms.TypedChoiceField(
        label=_("Tell me of"),
        choices=Drop.choices,
        coerce=lambda value: Drop(int(value)),
    )
    target = forms.DecimalField(
        label=_("Only at this price or below, UAH"),
        required=False,
        localize=True,
        min_value=Decimal("0.01"),
        max_value=MAX_PRICE,
        decimal_places=4,
        help_text=_(
            "You are told once when the good can be had for that, and again if it falls further by 5 %."
        ),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    in_stock_only = forms.BooleanField(label=_("Only what is in stock"), required=False)
    tells_back = forms.BooleanField(label=_("Tell me when it is on sale again"), required=False)
    only_offer = forms.BooleanField(required=False)

    @classmethod
    def of(cls, watch: PriceWatch, data: QueryDict | None = None) -> WatchForm:
        """As the watch stands, or as it is to be."""
        form = cls(data, initial=_initial(watch))
        form.fields["only_offer"].label = gettext("Only the offer of %(vendor)s") % {
            "vendor": watch.offer.vendor.name
        }
        return form

    @property
    def wished(self) -> Money | None:
        target = self.cleaned_data["target"]
        return None if target is None else Money(target, settings.BASE_CURRENCY)


def _initial(watch: PriceWatch) -> dict[str, object]:
    target = None
    if watch.target_amount is not None:
        target = Money.from_price(watch.target_amount, settings.BASE_CURRENCY).amount.normalize()
        target = target.quantize(Decimal("0.01")) if to_price(target) % 100 == 0 else target
    return {
        "drop": watch.drop_percent,
        "target": target,
        "in_stock_only": watch.in_stock_only,
        "tells_back": watch.tells_back,
        "only_offer": watch.only_offer,
    }
