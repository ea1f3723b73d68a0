"""A stored bid as the plain values that it was written from, so that it can be changed in one place and sent again."""

from __future__ import annotations

from decimal import Decimal

from buyer_requests.bidding.inputs import AlternativeInput, BidLineInput, BidTerms
from buyer_requests.models import Bid


def inputs_of(bid: Bid) -> list[BidLineInput]:
    """The bid's lines in their order; one statement, and one for the alternatives."""
    return [
        BidLineInput(
            line_id=line.line_id,
            title=line.title,
            quantity=line.quantity,
            price_amount=line.price_amount,
            offer_id=line.offer_id,
            is_substitute=line.is_substitute,
            note=line.note,
            breaks=tuple((Decimal(start), int(amount)) for start, amount in line.breaks),
            is_divisible=line.is_divisible,
            step=line.step,
            supply=line.supply,
            delivery_on=line.delivery_on,
            alternatives=tuple(
                AlternativeInput(
                    title=other.title,
                    quantity=other.quantity,
                    price_amount=other.price_amount,
                    offer_id=other.offer_id,
                    is_substitute=other.is_substitute,
                    supply=other.supply,
                    delivery_on=other.delivery_on,
                )
                for other in line.alternatives.all()
            ),
        )
        for line in bid.lines.order_by("line__position").prefetch_related("alternatives")
    ]


def terms_of(bid: Bid) -> BidTerms:
    return BidTerms(
        currency=bid.currency,
        delivery_price=bid.delivery_price,
        delivery_days=bid.delivery_days,
        valid_until=bid.valid_until,
        terms=bid.terms,
        free_delivery_from=bid.free_delivery_from,
        minimum_order=bid.minimum_order,
    )
