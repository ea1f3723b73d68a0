"""What a sealed request refuses: changes of what prices were made of, and ways to ask that show prices before the deadline."""

from __future__ import annotations

import datetime as dt
from typing import Final

from buyer_requests.changing.content import Difference
from buyer_requests.changing.labels import FIELDS
from buyer_requests.models import BuyerRequest
from buyer_requests.sealing.errors import SealedForGood, SealedOrOther
from buyer_requests.sealing.holding import is_sealed

#: Rows of a request that make it something that cannot be sealed.
OTHER_WAYS: Final = ("auction", "pool", "standing")


#: What of a line may be said otherwise while bids on it are sealed. A limit may be loosened, too: that concerns no bid.
WORDING: Final = frozenset({"text", "details"})


def refuse_change(request: BuyerRequest, changes: Difference, _now: dt.datetime) -> None:
    """Raises SealedForGood, naming what bidders committed to: goods, quantities, limits, place and day."""
    if not is_sealed(request):
        return
    for line in (*changes.added, *changes.removed):
        raise SealedForGood("touches_bids", what=line.text[:60])
    for change in changes.terms:
        if change.name != "notes":
            raise SealedForGood("touches_bids", what=FIELDS[change.name])
    for line in changes.changed:
        if any(change.is_material and change.name not in WORDING for change in line.changes):
            raise SealedForGood("touches_bids", what=line.text[:60])


def refuse_other_ways(request: BuyerRequest, _now: dt.datetime) -> None:
    """Raises SealedOrOther: an auction shows prices while it runs, a pool's members decide by its own rule, and a request
    that stays open has no one opening.
    """
    if is_sealed(request) and any(hasattr(request, way) for way in OTHER_WAYS):
        raise SealedOrOther
