"""Tax numbers of Ukraine: EDRPOU of companies (8 digits) and RNTRC of people in business (10 digits)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError
from stdnum.ua import edrpou, rntrc

from core.errors import InvalidInput


def clean_tax_id(text: str) -> str:
    """The digits of a number with a right check digit, "" for nothing. Raises InvalidInput otherwise."""
    number = "".join(text.split()).replace("-", "")
    if not number:
        return ""
    check = {8: edrpou, 10: rntrc}.get(len(number)) if number.isascii() and number.isdigit() else None
    if check is None:
        raise InvalidInput(
            "tax_id_form",
            _("“%(value)s” is no tax number: EDRPOU has 8 digits, the number of a person in business 10."),
            field="tax_id",
            value=text.strip(),
        )
    try:
        checked: str = check.validate(number)
    except ValidationError:
        raise InvalidInput(
            "tax_id_digits",
            _(
                "The number “%(value)s” does not add up: a digit is wrong or swapped. Compare it with the document."
            ),
            field="tax_id",
            value=number,
        ) from None
    return checked
