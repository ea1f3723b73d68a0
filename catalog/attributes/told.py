"""Values that people set on single offers: how they are kept, and what they mean under an attribute as it is now.

A number is kept with the unit it was meant in, so that an attribute that gets another unit of the same kind converts it.
What an attribute has no place for any more (a value struck off the list) says nothing: the offer is read as without it.
"""

from __future__ import annotations

from typing import Any

from catalog.attributes.columns import LONGEST_TEXT, read_value
from catalog.attributes.enums import AttributeKind
from catalog.attributes.names import Value
from catalog.attributes.rules import AttributeRule
from catalog.attributes.units import CONVERTED, CONVERTED_IN_COLUMNS


def stored_value(attribute: AttributeRule, value: Value) -> Any:
    """A value as `Offer.facts` and `OfferEdit` keep it."""
    if isinstance(value, tuple):
        return {"sides": list(value)}
    if isinstance(value, bool | str):
        return value
    return {"amount": value, "unit": attribute.unit}


def read_stored(attribute: AttributeRule, told: Any) -> Value | None:
    """What a kept value means now; None where the attribute has no place for it."""
    match attribute.kind:
        case AttributeKind.NUMBER:
            return _number(attribute, told)
        case AttributeKind.CHOICE:
            return told if isinstance(told, str) and told in attribute.choices else None
        case AttributeKind.YES_NO:
            return told if isinstance(told, bool) else None
        case AttributeKind.SIZE:
            sides = told.get("sides") if isinstance(told, dict) else None
            return tuple(map(float, sides)) if sides else None
        case _:
            return told[:LONGEST_TEXT] or None if isinstance(told, str) else None


def value_of_text(attribute: AttributeRule, text: str) -> Value | None:
    """What an operator typed or chose: the code of a choice, yes or no, «500 мл», «21 × 29,7 см»; None if not understood."""
    text = text.strip()
    if attribute.kind == AttributeKind.CHOICE and text in attribute.choices:
        return text
    value = read_value(attribute, text) if text else None
    if value is None and attribute.kind == AttributeKind.NUMBER:
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            return None
        return number if attribute.fits(number) else None
    return value


def _number(attribute: AttributeRule, told: Any) -> float | None:
    if not isinstance(told, dict) or "amount" not in told:
        return None
    unit, amount = told.get("unit", ""), float(told["amount"])
    if unit != attribute.unit:
        factors = {**CONVERTED_IN_COLUMNS.get(attribute.unit, {}), **CONVERTED.get(attribute.unit, {})}
        if unit not in factors:
            return None
        amount = round(amount * factors[unit], 6)
    return amount if attribute.fits(amount) else None
