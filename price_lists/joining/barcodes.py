"""Which barcodes tell goods apart: restricted numbers do not, and neither do those in quarantine.

GS1 General Specifications, section 1.4 (GS1 prefixes): 02, 04 and 2 are for use inside a company or region, 05 and
98, 99 are coupons, 977 are serials, of which every issue has the same number. In GTIN-8, 0 and 2 are for inside use.
"""

from __future__ import annotations

from collections.abc import Collection

from stdnum import ean

from price_lists.joining.enums import ConflictState
from price_lists.joining.models import GtinConflict

_RESTRICTED = ("02", "04", "05", "2", "977", "98", "99")


def valid(text: str) -> str:
    """What an offer tells as 14 figures; '' where that is no barcode."""
    if (
        len(text) not in {8, 12, 13, 14}
        or not text.isdigit()
        or not text.strip("0")
        or not ean.is_valid(text)
    ):
        return ""
    return text.zfill(14)


def is_restricted(gtin: str) -> bool:
    """Of a valid GTIN of 14 figures; the first one tells the packing and does not count."""
    if not gtin:
        return False
    if gtin.startswith("000000"):
        return gtin[6] in "02"
    return gtin[1:].startswith(_RESTRICTED)


def spellings(gtin: str) -> list[str]:
    """How 14 figures may be written: with 14, 13, 12 or 8 of them."""
    return [gtin[cut:] for cut in (0, 1, 2, 6) if not gtin[:cut].strip("0")]


def quarantined(gtins: Collection[str]) -> set[str]:
    """Those of them that join nothing now."""
    if not gtins:
        return set()
    out = GtinConflict.objects.filter(gtin__in=gtins).exclude(state=ConflictState.TRUSTED)
    return set(out.values_list("gtin", flat=True))


def trusted(gtins: Collection[str]) -> set[str]:
    """Those of them that a person trusts whatever the goods look like."""
    if not gtins:
        return set()
    found = GtinConflict.objects.filter(gtin__in=gtins, state=ConflictState.TRUSTED)
    return set(found.values_list("gtin", flat=True))
