"""Numbers, units and currencies as people type and read them in the forms of requests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from buyer_requests.parsing.amounts import to_decimal
from core.money import PRICE_SCALE
from core.rates import current_rates
from core.units import UNIT_NAMES

#: Units that lists are usually in come first.
_USUAL = ("H87", "PK", "BX", "Z2", "SET", "PR", "RO", "KGM", "LTR", "MTR")
_NAMES = {
    "UAH": _("hryvnia, UAH"),
    "USD": _("US dollar, USD"),
    "EUR": _("euro, EUR"),
    "PLN": _("złoty, PLN"),
}


def unit_choices() -> list[tuple[str, Any]]:
    rest = [code for code in UNIT_NAMES if code not in _USUAL]
    return [("", _("any")), *((code, UNIT_NAMES[code]) for code in (*_USUAL, *rest))]


def currency_choices() -> list[tuple[str, Any]]:
    """Currencies that have a rate: others could not be compared."""
    rates = current_rates()
    return [(code, name) for code, name in _NAMES.items() if rates.knows(code)]


def shown_number(value: Decimal | None) -> str:
    """A number as it stands in a field: without idle zeros, with the reader's decimal mark."""
    if value is None:
        return ""
    text = f"{value.normalize():f}" if value != value.to_integral() else f"{value:.0f}"
    return text.replace(".", str(get_format("DECIMAL_SEPARATOR")))


def shown_price(amount: int | None) -> str:
    """A stored price as it stands in a field: whole, or with at least two decimals."""
    if amount is None:
        return ""
    value = Decimal(amount) / PRICE_SCALE
    if value != value.to_integral() and value == value.quantize(Decimal("0.01")):
        return f"{value:.2f}".replace(".", str(get_format("DECIMAL_SEPARATOR")))
    return shown_number(value)


class NumberField(forms.CharField):
    """A positive number as people type it: comma or point, groups of thousands."""

    def __init__(self, *, is_money: bool = False, most: Decimal, **kwargs: Any) -> None:
        self.is_money, self.most = is_money, most
        kwargs.setdefault("max_length", 24)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value).strip()
        if not text:
            return None
        figures = text.replace("\u202f", " ").strip()
        # No "1e3": nobody types it, and as a price in an auction it cannot be taken back.
        is_plain = figures[:1].isdigit() and "e" not in figures.lower()
        number = to_decimal(figures, is_money=self.is_money) if is_plain else None
        if number is None or number > self.most:
            raise ValidationError(
                _("“%(value)s” is no positive number. Write figures, for example 12 or 12.50."),
                code="not_a_number",
                params={"value": text[:20]},
            )
        return number
