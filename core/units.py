"""Names of units of measure (UN/ECE Recommendation 20 codes) as people read them beside a price."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

PIECE: Final = "H87"

# The context stands in each line as a literal: the collector of texts does not resolve names.
UNIT_NAMES: Final[dict[str, Promise]] = {
    PIECE: pgettext_lazy("unit of measure, short", "pc"),
    "PK": pgettext_lazy("unit of measure, short", "pack"),
    "PA": pgettext_lazy("unit of measure, short", "packet"),
    "BX": pgettext_lazy("unit of measure, short", "crate"),
    "Z2": pgettext_lazy("unit of measure, short", "box"),
    "SET": pgettext_lazy("unit of measure, short", "set"),
    "PR": pgettext_lazy("unit of measure, short", "pair"),
    "KGM": pgettext_lazy("unit of measure, short", "kg"),
    "GRM": pgettext_lazy("unit of measure, short", "g"),
    "TNE": pgettext_lazy("unit of measure, short", "t"),
    "LTR": pgettext_lazy("unit of measure, short", "l"),
    "MLT": pgettext_lazy("unit of measure, short", "ml"),
    "MTR": pgettext_lazy("unit of measure, short", "m"),
    "LM": pgettext_lazy("unit of measure, short", "running m"),
    "CMT": pgettext_lazy("unit of measure, short", "cm"),
    "MMT": pgettext_lazy("unit of measure, short", "mm"),
    "KMT": pgettext_lazy("unit of measure, short", "km"),
    "MTK": pgettext_lazy("unit of measure, short", "m²"),
    "MTQ": pgettext_lazy("unit of measure, short", "m³"),
    "RO": pgettext_lazy("unit of measure, short", "roll"),
    "RL": pgettext_lazy("unit of measure, short", "reel"),
    "ST": pgettext_lazy("unit of measure, short", "sheet"),
    "BO": pgettext_lazy("unit of measure, short", "bottle"),
    "JR": pgettext_lazy("unit of measure, short", "jar"),
    "CA": pgettext_lazy("unit of measure, short", "can"),
    "TU": pgettext_lazy("unit of measure, short", "tube"),
    "BG": pgettext_lazy("unit of measure, short", "bag"),
    "BJ": pgettext_lazy("unit of measure, short", "bucket"),
    "CY": pgettext_lazy("unit of measure, short", "cylinder"),
    "VI": pgettext_lazy("unit of measure, short", "vial"),
    "AM": pgettext_lazy("unit of measure, short", "ampoule"),
    "U2": pgettext_lazy("unit of measure, short", "tablet"),
    "T3": pgettext_lazy("unit of measure, short", "thousand pcs"),
    "DZN": pgettext_lazy("unit of measure, short", "dozen"),
    "RM": pgettext_lazy("unit of measure, short", "ream"),
    "BE": pgettext_lazy("unit of measure, short", "bundle"),
    "PF": pgettext_lazy("unit of measure, short", "pallet"),
    "D64": pgettext_lazy("unit of measure, short", "block"),
    "NMP": pgettext_lazy("unit of measure, short", "packs"),
    "HUR": pgettext_lazy("unit of measure, short", "hour"),
    "E48": pgettext_lazy("unit of measure, short", "service"),
    "MON": pgettext_lazy("unit of measure, short", "month"),
    "INH": pgettext_lazy("unit of measure, short", "inch"),
    "LO": pgettext_lazy("unit of measure, short", "lot"),
    "E27": pgettext_lazy("unit of measure, short", "dose"),
    "CG": pgettext_lazy("unit of measure, short", "cartridge"),
    "CT": pgettext_lazy("unit of measure, short", "carton"),
}


def unit_name(code: str) -> str:
    """The short name of a unit in the reader's language; an unknown code stands for itself."""
    return str(UNIT_NAMES.get(code, code))
