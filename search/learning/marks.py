"""The small parameter of a result's link by which its opening is tied to its search: signed, short, no one's.

It holds a random token of the search, the query's key, the offer, its place and the day, and a signature over them. It
leads nowhere: who opens a page with a wrong or old one sees the same page, and nothing is counted.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import struct
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

#: Name of the parameter.
PARAMETER: Final = "s"
_TOKEN_BYTES: Final = 6
_SIGNED: Final = 6
_LAYOUT: Final = struct.Struct(">6sqIHH")
_DAY_ONE: Final = date(2020, 1, 1)
_LARGEST: Final = (1 << 32) - 1
_DEEPEST: Final = (1 << 16) - 1


@dataclass(frozen=True, slots=True)
class Trace:
    """A page of results: of which search, for which query, and the place of its first hit less one."""

    token: str
    key: int
    offset: int = 0

    def mark(self, offer_id: int, place: int) -> str:
        """The parameter of a hit with its question mark; '' where it cannot be told. `place` on the page, from 1."""
        place += self.offset
        if not self.key or not 0 < offer_id <= _LARGEST or not 0 < place <= _DEEPEST:
            return ""
        packed = _LAYOUT.pack(
            _unpacked(self.token), self.key, offer_id, place, (timezone.localdate() - _DAY_ONE).days
        )
        return f"?{PARAMETER}={_text(packed + _signature(packed))}"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a valid parameter says."""

    token: str
    key: int
    offer_id: int
    place: int


def new_token() -> str:
    """Eight letters that nobody else has."""
    return _text(secrets.token_bytes(_TOKEN_BYTES))


def read_mark(text: str) -> Mark | None:
    """None for what is not ours, was changed, or is older than yesterday."""
    if len(text) > 60:
        return None
    try:
        raw = _unpacked(text)
        packed, signature = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
        token, key, offer_id, place, day = _LAYOUT.unpack(packed)
    except (ValueError, binascii.Error, struct.error):
        return None
    if _text(raw) != text or not constant_time_compare(signature.hex(), _signature(packed).hex()):
        return None
    age = timezone.localdate() - (_DAY_ONE + timedelta(days=day))
    return Mark(_text(token), key, offer_id, place) if timedelta(0) <= age <= timedelta(days=1) else None


def _signature(packed: bytes) -> bytes:
    return salted_hmac("search.learning.marks", packed, algorithm="sha256").digest()[:_SIGNED]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unpacked(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
