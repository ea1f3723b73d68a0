"""Units of typed attributes: the base unit of each kind of measure, how values are shown, what turns into what.

Values are kept in the base units of `core.text.measures`. These are no units of sale: those are in `core.units`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.templatetags.ui import number

#: What an attribute may be measured in: (base unit, what an operator reads).
UNIT_CHOICES: Final[list[tuple[str, Promise]]] = [
    ("mm", gettext_lazy("length (mm)")),
    ("in", gettext_lazy("inches")),
    ("g", gettext_lazy("weight (g)")),
    ("ml", gettext_lazy("volume (ml)")),
    ("gsm", gettext_lazy("density of paper (g/m²)")),
    ("m2", gettext_lazy("area (m²)")),
    ("m3", gettext_lazy("room (m³)")),
    ("pc", gettext_lazy("pieces")),
    ("sheet", gettext_lazy("sheets")),
    ("page", gettext_lazy("pages")),
    ("w", gettext_lazy("power (W)")),
    ("va", gettext_lazy("apparent power (VA)")),
    ("v", gettext_lazy("voltage (V)")),
    ("a", gettext_lazy("current (A)")),
    ("mah", gettext_lazy("charge (mAh)")),
    ("hz", gettext_lazy("frequency (Hz)")),
    ("gb", gettext_lazy("memory (GB)")),
    ("gbps", gettext_lazy("data rate (Gbit/s)")),
    ("lm", gettext_lazy("luminous flux (lm)")),
    ("db", gettext_lazy("loudness (dB)")),
    ("rpm", gettext_lazy("revolutions per minute")),
    ("dpi", gettext_lazy("dots per inch (dpi)")),
    ("mp", gettext_lazy("megapixels")),
    ("min", gettext_lazy("minutes")),
    ("bar", gettext_lazy("pressure (bar)")),
    ("%", gettext_lazy("per cent")),
]

#: Names beside a value. The context stands in each line as a literal: the collector of texts resolves no names.
_NAMES: Final[dict[str, Promise | str]] = {
    "mm": pgettext_lazy("unit of measure, short", "mm"),
    "cm": pgettext_lazy("unit of measure, short", "cm"),
    "m": pgettext_lazy("unit of measure, short", "m"),
    "in": "″",
    "g": pgettext_lazy("unit of measure, short", "g"),
    "kg": pgettext_lazy("unit of measure, short", "kg"),
    "ml": pgettext_lazy("unit of measure, short", "ml"),
    "l": pgettext_lazy("unit of measure, short", "l"),
    "gsm": pgettext_lazy("unit of measure, short", "g/m²"),
    "m2": pgettext_lazy("unit of measure, short", "m²"),
    "m3": pgettext_lazy("unit of measure, short", "m³"),
    "pc": pgettext_lazy("unit of measure, short", "pc"),
    "sheet": pgettext_lazy("unit of measure, short", "sheet"),
    "page": pgettext_lazy("unit of measure, short", "p."),
    "w": pgettext_lazy("unit of measure, short", "W"),
    "va": pgettext_lazy("unit of measure, short", "VA"),
    "v": pgettext_lazy("unit of measure, short", "V"),
    "a": pgettext_lazy("unit of measure, short", "A"),
    "mah": pgettext_lazy("unit of measure, short", "mAh"),
    "hz": pgettext_lazy("unit of measure, short", "Hz"),
    "khz": pgettext_lazy("unit of measure, short", "kHz"),
    "mhz": pgettext_lazy("unit of measure, short", "MHz"),
    "ghz": pgettext_lazy("unit of measure, short", "GHz"),
    "gb": pgettext_lazy("unit of measure, short", "GB"),
    "tb": pgettext_lazy("unit of measure, short", "TB"),
    "mb": pgettext_lazy("unit of measure, short", "MB"),
    "gbps": pgettext_lazy("unit of measure, short", "Gbit/s"),
    "mbps": pgettext_lazy("unit of measure, short", "Mbit/s"),
    "lm": pgettext_lazy("unit of measure, short", "lm"),
    "db": pgettext_lazy("unit of measure, short", "dB"),
    "rpm": pgettext_lazy("unit of measure, short", "rpm"),
    "dpi": "dpi",
    "mp": pgettext_lazy("unit of measure, short", "MP"),
    "min": pgettext_lazy("unit of measure, short", "min"),
    "bar": pgettext_lazy("unit of measure, short", "bar"),
    "%": "%",
}

#: (from what value on, name, value of one), the largest first. Below the last step the base unit itself is shown.
_STEPS: Final[dict[str, tuple[tuple[float, str, float], ...]]] = {
    "mm": ((1000, "m", 1000), (100, "cm", 10)),
    "g": ((1000, "kg", 1000),),
    "ml": ((1000, "l", 1000),),
    "hz": ((1e9, "ghz", 1e9), (1e6, "mhz", 1e6), (1e3, "khz", 1e3)),
    "gb": ((1000, "tb", 1000), (1, "gb", 1), (0, "mb", 0.001)),
    "gbps": ((1, "gbps", 1), (0, "mbps", 0.001)),
}

#: What else a measure may be told in: {unit of the attribute: {unit that was read: factor}}.
CONVERTED: Final[dict[str, dict[str, float]]] = {"mm": {"ft": 304.8}, "gb": {"mb": 0.001}}
#: The same, in the vendor's own columns alone: a name's inches and centimetres are mostly of different things.
CONVERTED_IN_COLUMNS: Final[dict[str, dict[str, float]]] = {
    "mm": {"in": 25.4},
    "in": {"mm": 1 / 25.4},
    "pc": {"pack": 1.0, "sheet": 1.0},
    "sheet": {"pc": 1.0, "page": 1.0},
}


def shown(value: float, unit: str) -> str:
    """A value in its base unit as a reader likes it: 500 → "500 ml", 1500 → "1.5 l", in the reader's language."""
    for least, name, one in _STEPS.get(unit, ()):
        if value >= least:
            return _with_unit(value / one, name)
    return _with_unit(value, unit)


def asked_in(unit: str, lowest: float | None) -> tuple[str, float]:
    """The name and the value of what a field asks for: the largest step that even the lowest value reaches, so that rolls
    of tape are asked for in metres and pencils in millimetres, whatever was found.
    """
    for least, name, one in _STEPS.get(unit, ()):
        if one > 1 and lowest is not None and lowest >= least:
            return name, one
    return unit, 1.0


def unit_text(name: str) -> str:
    """A unit's short name in the reader's language."""
    return str(_NAMES.get(name, name))


def shown_size(sides: tuple[float, ...], unit: str) -> str:
    """Sides as "10 × 15 cm"; in centimetres where each is at least one and none has a fraction beyond a half."""
    if not unit:
        return " × ".join(_number(side) for side in sides)
    in_cm = all(side >= 10 and side % 5 == 0 for side in sides)
    one, name = (10.0, "cm") if in_cm else (1.0, unit)
    if in_cm and max(sides) >= 1000 and all(side % 100 == 0 for side in sides):
        one, name = 1000.0, "m"
    told = " × ".join(_number(side / one) for side in sides)
    return f"{told}\N{NO-BREAK SPACE}{_NAMES[name]}"


def _with_unit(value: float, name: str) -> str:
    if not name:
        return _number(value)
    if name in ("in", "%"):
        return f"{_number(value)}{_NAMES[name]}"
    return f"{_number(value)}\N{NO-BREAK SPACE}{_NAMES.get(name, name)}"


def _number(value: float) -> str:
    return number(Decimal(str(round(value, 4))))
