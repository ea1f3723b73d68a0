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
    """Codes: `published` (the seal can neither be put on nor taken off), `touches_bids` (what prices were made of stays)."""

    message = _(
        "Bids on this request are sealed, and “%(what)s” is part of what they answer. Words may be mended and notes added; else cancel the request and ask again."
    )

    def __init__(self, code: str, *, what: object = "") -> None:
        super().__init__(code, what=what)
        if code == "published":
            self.message = _("A seal is put on or taken off before publishing only.")


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
