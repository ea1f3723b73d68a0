"""The number that offers of one good share, in search documents and on pages. No database here."""

from __future__ import annotations

from typing import Final

#: Above every barcode of 14 figures, so that no product's number meets one.
_PRODUCTS: Final = 10**15


def group_number(offer_id: int, gtin: str, product_id: int | None, *, stands_alone: bool) -> int:
    """By product; until offers have joined one by barcode; else the offer is alone, below zero."""
    if product_id is not None:
        return _PRODUCTS + product_id
    return int(gtin) if gtin.isdigit() and not stands_alone else -offer_id
