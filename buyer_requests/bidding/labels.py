"""What codes of bids read like on pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: Why a rule sent no bid.
REASONS = {
    "region": _("delivered elsewhere"),
    "unverified": _("the buyer's address is not confirmed"),
    "margin": _("the margin leaves no room"),
    "nothing_fits": _("nothing in stock or in the categories fits"),
    "too_few": _("too few of the lines"),
    "too_big": _("bigger than the largest bid"),
    "cap": _("the day's cap is used up"),
    "hours": _("outside of the hours"),
    "has_bid": _("you had begun a bid"),
}
#: How the offer that is filled in came before the others.
WHY = {
    "closest": _("closest to the text"),
    "wished": _("has most of what is wished for"),
    "cheapest": _("your cheapest that fits"),
    "in_stock": _("the cheaper ones are not in stock"),
    "only": _("your only one that fits"),
    "packs": _("rounded up to whole packs"),
    "no_price": _("no price known"),
}
#: Values of a bid that a revision may change.
FIELDS = {
    "currency": _("Currency"),
    "delivery_price": _("Delivery, for all"),
    "free_delivery_from": _("Free delivery from"),
    "minimum_order": _("Least order"),
    "delivery_days": _("Days to deliver"),
    "valid_until": _("Bid holds until"),
    "terms": _("Terms"),
    "title": _("What you offer"),
    "quantity": _("Quantity"),
    "price": _("Price per unit"),
    "breaks": _("Cheaper from a quantity on"),
    "divisible": _("Less may be taken at this price"),
    "step": _("Only in multiples of"),
    "supply": _("Availability"),
    "delivery_on": _("Delivered by"),
    "substitute": _("Substitute"),
    "note": _("Note"),
    "alternatives": _("Alternatives"),
}
#: Values that are told by the fact alone: their whole text would be in the way.
UNTOLD = frozenset({"terms", "alternatives", "breaks", "note"})
YES = pgettext_lazy("value of a tick", "yes")
NO = pgettext_lazy("value of a tick", "no")
#: What two bidders share, for operators.
SIGNS = {
    "people": _("a member"),
    "tax_id": _("the tax number or an account"),
    "phone": _("a phone number"),
    "email": _("the e-mail address"),
    "address": _("an address"),
    "sender": _("network and browser"),
}
