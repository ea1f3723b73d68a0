"""Lines of a draft that ask for the same: found, and joined into one with the sum of their quantities. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from buyer_requests.services.writing import LineInput


def double_key(text: str, unit: str, more: str = "") -> tuple[str, str, str]:
    """Equal for lines that ask for the same good in the same unit."""
    return (re.sub(r"[\W_]+", " ", text.lower()).strip(), unit, re.sub(r"[\W_]+", " ", more.lower()).strip())


def joined(lines: Sequence[LineInput]) -> list[LineInput]:
    """The first of each such lines stays where it is; the lowest ceiling holds."""
    kept: dict[tuple[str, str, str], LineInput] = {}
    for line in lines:
        more = " ".join((line.gtin, line.mpn, *sorted(want.text for want in line.wants)))
        key = double_key(line.text, line.unit, more)
        held = kept.get(key)
        if held is None:
            kept[key] = line
            continue
        ceilings = [each for each in (held.ceiling_amount, line.ceiling_amount) if each is not None]
        kept[key] = replace(
            held,
            quantity=held.quantity + line.quantity,
            ceiling_amount=min(ceilings, default=None),
            unsure=[name for name in held.unsure if name in line.unsure],
        )
    return list(kept.values())
