"""What of this room names categories: told before an operation on the tree, carried along, brought back by its undoing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from buyer_requests.bidding.models import BiddingRule
from buyer_requests.models import CategoryFollow, RequestLine
from buyer_requests.telling.models import Hearing
from catalog.tree.pointers import Pointer, register


def connect() -> None:
    """Called once when the application starts."""
    rules, muted = BiddingRule.categories.through, Hearing.muted.through
    register(Pointer("requests.lines", _("lines of requests"), RequestLine))
    register(Pointer("requests.follows", _("vendors that follow it"), CategoryFollow, once_with="vendor_id"))
    register(Pointer("requests.rules", _("rules of automatic bids"), rules, once_with="biddingrule_id"))
    register(Pointer("requests.muted", _("vendors that do not hear of it"), muted, once_with="hearing_id"))
