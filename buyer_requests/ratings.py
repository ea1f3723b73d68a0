"""Whether a deal was rated already, which a higher room knows; pages of requests then say so instead of asking.

from buyer_requests import ratings
ratings.register(lambda request, user, side: {...})        # in `AppConfig.ready()` of the higher room
"""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import User
from buyer_requests.models import BuyerRequest

#: (request, reader, "buyer" or "vendor") → ids of the vendors whose deals that side has rated.
Reader = Callable[[BuyerRequest, User, str], set[int]]
_readers: list[Reader] = []


def register(read: Reader) -> None:
    """The same again is asked once."""
    if read not in _readers:
        _readers.append(read)


def rated(request: BuyerRequest, user: User, side: str) -> set[int]:
    return {vendor for read in _readers for vendor in read(request, user, side)}
