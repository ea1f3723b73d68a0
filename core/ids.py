"""Ids as addresses and forms write them."""

from __future__ import annotations

from typing import Final

#: What a database's 64 bits surely hold.
_LONGEST: Final = 18


def id_of(text: str) -> int | None:
    """None for what cannot be an id: signs, other alphabets' digits, more of them than a database holds."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST else None
