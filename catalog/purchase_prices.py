"""Further prices that tell what a good cost its vendor: its rules bid by them, and nobody else is shown them."""

from __future__ import annotations

import re

_PURCHASE = re.compile(
    r"собіварт|себестоим|закуп|(?:^|\s)(?:вхід|вход)(?:н|$)|purchase|buying|bought|cost price", re.IGNORECASE
)


def is_purchase_label(label: str) -> bool:
    """Whether a price list's heading names the vendor's own cost."""
    return bool(_PURCHASE.search(label))
