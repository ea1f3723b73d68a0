"""Names of units of measure (UN/ECE Recommendation 20 codes) as people read them beside a price."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

_CONTEXT = "unit of measure, short"
PIECE: Final = "H87"

UNIT_NAMES: Final[dict[str, Promise]] = {
    PIECE: pgettext_lazy(_CONTEXT, "pc"),
    "PK": pgettext_lazy(_CONTEXT, "pack"),
    "PA": pgettext_lazy(_CONTEXT, "packet"),
    "BX": pgettext_lazy(_CONTEXT, "crate"),
    "Z2": pgettext_lazy(_CONTEXT, "box"),
    "SET": pgettext_lazy(_CONTEXT, "set"),
    "PR": pgettext_lazy(_CONTEXT, "pair"),
    "KGM": pgettext_lazy(_CONTEXT, "kg"),
    "GRM": pgettext_lazy(_CONTEXT, "g"),
    "TNE": pgettext_lazy(_CONTEXT, "t"),
    "LTR": pgettext_lazy(_CONTEXT, "l"),
    "MLT": pgettext_lazy(_CONTEXT, "ml"),
    "MTR": pgettext_lazy(_CONTEXT, "m"),
    "LM": pgettext_lazy(_CONTEXT, "running m"),
    "CMT": pgettext_lazy(_CONTEXT, "cm"),
    "MMT": pgettext_lazy(_CONTEXT, "mm"),
    "KMT": pgettext_lazy(_CONTEXT, "km"),
    "MTK": pgettext_lazy(_CONTEXT, "m²"),
    "MTQ": pgettext_lazy(_CONTEXT, "m³"),
    "RO": pgettext_lazy(_CONTEXT, "roll"),
    "RL": pgettext_lazy(_CONTEXT, "reel"),
    "ST": pgettext_lazy(_CONTEXT, "sheet"),
    "BO": pgettext_lazy(_CONTEXT, "bottle"),
    "JR": pgettext_lazy(_CONTEXT, "jar"),
    "CA": pgettext_lazy(_CONTEXT, "can"),
    "TU": pgettext_lazy(_CONTEXT, "tube"),
    "BG": pgettext_lazy(_CONTEXT, "bag"),
    "BJ": pgettext_lazy(_CONTEXT, "bucket"),
    "CY": pgettext_lazy(_CONTEXT, "cylinder"),
    "VI": pgettext_lazy(_CONTEXT, "vial"),
    "AM": pgettext_lazy(_CONTEXT, "ampoule"),
    "U2": pgettext_lazy(_CONTEXT, "tablet"),
    "T3": pgettext_lazy(_CONTEXT, "thousand pcs"),
    "DZN": pgettext_lazy(_CONTEXT, "dozen"),
    "RM": pgettext_lazy(_CONTEXT, "ream"),
    "BE": pgettext_lazy(_CONTEXT, "bundle"),
    "PF": pgettext_lazy(_CONTEXT, "pallet"),
    "D64": pgettext_lazy(_CONTEXT, "block"),
    "NMP": pgettext_lazy(_CONTEXT, "packs"),
    "HUR": pgettext_lazy(_CONTEXT, "hour"),
    "E48": pgettext_lazy(_CONTEXT, "service"),
    "MON": pgettext_lazy(_CONTEXT, "month"),
    "INH": pgettext_lazy(_CONTEXT, "inch"),
    "LO": pgettext_lazy(_CONTEXT, "lot"),
    "E27": pgettext_lazy(_CONTEXT, "dose"),
    "CG": pgettext_lazy(_CONTEXT, "cartridge"),
    "CT": pgettext_lazy(_CONTEXT, "carton"),
}


def unit_name(code: str) -> str:
    """The short name of a unit in the reader's language; an unknown code stands for itself."""
    return str(UNIT_NAMES.get(code, code))
