"""How offers' sources and vendors stand at this moment, for putting results in order: one small table for a process.

Documents know their supply alone. What is true of a whole source or vendor is not written into each of its offers.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, NamedTuple

from django.core.cache import cache

from catalog.models import Supply
from vendors.enums import VendorState

_KEY, _SECONDS = "search.standings", 30


class Standing(NamedTuple):
    """Of one supply: when its vendor last said that its offers hold (seconds since 1970), and the vendor's quality."""

    confirmed_at: float
    quality: float


Standings = Mapping[int, Standing]
NONE: Final[Standings] = {}
#: The table that this process read last, and the token of the cache that it was read for.
_kept: dict[str, tuple[str, Standings]] = {"table": ("", NONE)}
#: Until when, by the process's own clock, it goes on being used while there is no cache.
_until: dict[str, float] = {"table": 0.0}


def known_standings() -> Standings:
    """By supply, half a minute old at most. One statement, and none while the table is young."""
    token: str | None = cache.get(_KEY)
    if token is None:
        token = secrets.token_hex(8)
        is_agreed = False
        with suppress(OSError):  # a full disk
            is_agreed = bool(cache.add(_KEY, token, _SECONDS))
        if not is_agreed and time.monotonic() < _until["table"]:
            return _kept["table"][1]
    kept, table = _kept["table"]
    if kept != token:
        table = _read()
        _kept["table"] = (token, table)
        _until["table"] = time.monotonic() + _SECONDS
    return table


def _read() -> Standings:
    rows = Supply.objects.filter(vendor__state=VendorState.APPROVED)
    return {
        pk: Standing(confirmed_at.timestamp(), quality)
        for pk, confirmed_at, quality in rows.values_list("pk", "confirmed_at", "vendor__quality")
    }
