"""What sealing refuses beside the errors of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from buyer_requests.errors import RequestIncomplete
from core.errors import Conflict, InvalidInput, Unavailable


class BidUnreadable(Unavailable):
    """The key is gone from the settings, or the stored bytes are not what was written."""

    message = _("This sealed bid cannot be decrypted now. Nothing of it is lost; tell the operators.")


class StillSealed(Conflict):
    message = _("The bids are sealed until the deadline.")


class SealedForGood(Conflict):
    """Codes: `published` (the seal can neither be put on nor taken off), `unchanged` (what bidders answer stays)."""

    message = _(
        "Bids on this request are sealed: it stays as it was published. Give more time, or cancel it and ask again."
    )


class SealedOrOther(RequestIncomplete):
    """Sealed bids do not go together with an auction, a pool or a request that stays open."""

    def __init__(self) -> None:
        InvalidInput.__init__(
            self,
            "sealed_or_other",
            _(
                "Sealed bids do not go together with an auction, with others who join, or with a request that stays open: choose one of them."
            ),
            field="sealed",
        )
