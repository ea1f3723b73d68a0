"""A bidding rule of one demo vendor, so that the demo's requests are answered as requests on a row are: within seconds."""

from __future__ import annotations

from decimal import Decimal

from accounts.models import User
from buyer_requests.bidding import rules
from core.money import to_price
from vendors.models import Vendor

#: The shop that bids by itself.
SHOP = "T"
OWNER = "techno"


def give_rule(vendor: Vendor, owner: User) -> None:
    """A rule that was tried and is live; a second load leaves what is there, however it was changed."""
    if vendor.bidding_rules.exists():
        return
    rule = rules.save_rule(
        vendor=vendor,
        user=owner,
        rule=None,
        values={
            "name": "Усе, що є на складі",
            "discount_percent": Decimal(3),
            "least_percent": 50,
            "most_a_day": 10,
            "most_amount": to_price(Decimal(200_000)),
            "terms": "Оплата за рахунком, відстрочка 7 днів. Доставка до дверей.",
        },
    )
    rules.try_rule(rule=rule)
    rules.start_rule(vendor=vendor, user=owner, rule=rule)
