"""Reasons as people read them: in full for operators, in a few words for everybody else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalog.attributes.units import unit_text
from core.templatetags.ui import number

#: code → what it says of both sides
_WORDS: dict[str, Any] = {
    "gtin_same": _("Same barcode: %(left)s"),
    "gtin_different": _("Barcodes differ: %(left)s and %(right)s"),
    "brand_mpn_same": _("Same brand and maker's number: %(left)s"),
    "mpn_different": _("Maker's numbers differ: %(left)s and %(right)s"),
    "brand_same": _("Same brand: %(left)s"),
    "brand_different": _("Brands differ: %(left)s and %(right)s"),
    "model_same": _("Same model: %(left)s"),
    "model_different": _("Models differ: %(left)s and %(right)s"),
    "model_unlike": _("Models are not quite the same: %(left)s and %(right)s"),
    "number_same": _("Same numbers: %(left)s"),
    "number_different": _("Numbers differ: %(left)s and %(right)s"),
    "number_unlike": _("Not all numbers agree: %(left)s and %(right)s"),
    "measure_same": _("Same measures: %(left)s"),
    "measure_different": _("Measures differ: %(left)s and %(right)s"),
    "measure_unlike": _("Not all measures agree: %(left)s and %(right)s"),
    "pack_same": _("Same number of pieces: %(left)s"),
    "pack_different": _("Numbers of pieces differ: %(left)s and %(right)s"),
    "pack_unlike": _("The number of pieces is not quite clear: %(left)s and %(right)s"),
    "size_different": _("Sizes differ: %(left)s and %(right)s"),
    "colour_same": _("Same colour: %(left)s"),
    "colour_different": _("Colours differ: %(left)s and %(right)s"),
    "colour_unlike": _("Colours are not quite the same: %(left)s and %(right)s"),
    "words_same": _("Words in common: %(left)s"),
    "words_missing": _("Words that only one of them has: %(left)s | %(right)s"),
    "spelling": _("How alike the names are written"),
    "price_near": _("Prices are near: %(left)s and %(right)s"),
    "price_far": _("Prices are far apart: %(left)s and %(right)s"),
    "description": _("What the descriptions say"),
    "best_candidate": _("No other offer of that vendor is as like"),
    "rival_candidate": _("Other offers of that vendor are as like"),
}
#: Of `identity.vocabulary`, whose colours have one name for all languages.
_COLOURS: dict[str, Any] = {
    "black": pgettext_lazy("colour", "black"),
    "white": pgettext_lazy("colour", "white"),
    "red": pgettext_lazy("colour", "red"),
    "blue": pgettext_lazy("colour", "blue"),
    "light blue": pgettext_lazy("colour", "light blue"),
    "green": pgettext_lazy("colour", "green"),
    "yellow": pgettext_lazy("colour", "yellow"),
    "orange": pgettext_lazy("colour", "orange"),
    "pink": pgettext_lazy("colour", "pink"),
    "violet": pgettext_lazy("colour", "violet"),
    "brown": pgettext_lazy("colour", "brown"),
    "grey": pgettext_lazy("colour", "grey"),
    "silver": pgettext_lazy("colour", "silver"),
    "gold": pgettext_lazy("colour", "gold"),
    "beige": pgettext_lazy("colour", "beige"),
    "magenta": pgettext_lazy("colour", "magenta"),
    "turquoise": pgettext_lazy("colour", "turquoise"),
    "transparent": pgettext_lazy("colour", "transparent"),
    "burgundy": pgettext_lazy("colour", "burgundy"),
}
_MEASURE = re.compile(r"(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?) (\w+)")
_PRICE = re.compile(r"\d+\.\d{2}")
#: From here on a reason forbids by itself.
_FORBIDS = -50.0


@dataclass(frozen=True, slots=True)
class Reason:
    """One line; `speaks_for` the same good or against it, `decides` where nothing outweighs it."""

    text: str
    speaks_for: bool
    decides: bool


def in_words(evidence: Iterable[Iterable[Any]]) -> list[Reason]:
    """Stored evidence line by line, the weightiest first."""
    lines = []
    for code, left, right, weight in evidence:
        template = _WORDS.get(code)
        if template is None:
            continue
        left, right = _shown(code, left), _shown(code, right)  # noqa: PLW2901 - the same in the reader's language
        nothing = gettext("nothing")
        said = str(template) % {"left": left or right or nothing, "right": right or nothing}
        if code.endswith(("_different", "_unlike", "missing", "near", "far")):
            said = str(template) % {"left": left or nothing, "right": right or nothing}
        lines.append(Reason(said, weight > 0, abs(weight) >= -_FORBIDS))
    return lines


def _shown(code: str, value: str) -> str:
    """A stored value with names and the decimal mark of the reader's language."""
    if code.startswith("colour_"):
        return ", ".join(str(_COLOURS.get(each, each)) for each in value.split(", "))
    if code.startswith("price_") and _PRICE.fullmatch(value):
        return number(Decimal(value))
    if code.startswith("measure_"):
        return _MEASURE.sub(
            lambda found: f"{number(Decimal(found[1]))}\N{NO-BREAK SPACE}{unit_text(found[2])}", value
        )
    return value
