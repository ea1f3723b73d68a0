"""What a past pool leaves for the next one: a person's own quantities, and the organiser's rules without the dates."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from accounts.models import User
from buyer_requests.models import BuyerRequest, PoolQuantity, PoolTerms, RequestLine

#: Which rules the next pool takes over; when others join is asked anew.
_RULES: Final = ("reach", "regions", "award_rule", "price_weight", "delivery_rule", "tolerance_percent")


def own_lines(request: BuyerRequest, user: User, *, all_of_them: bool = True) -> list[RequestLine]:
    """The request's lines as the person took them: with his quantities and limits, not with everybody's total.

    Of a request that nobody could join, and of a draft, the lines as they are. Lines that he took nothing of come with
    the total, or not at all where `all_of_them` is False. Nothing is stored.
    """
    lines = list(request.lines.all())
    if not hasattr(request, "pool"):
        return lines
    taken = {
        each.line_id: each for each in PoolQuantity.objects.filter(member__request=request, member__user=user)
    }
    kept = []
    for line in lines:
        mine = taken.get(line.pk)
        if mine is not None:
            line.quantity, line.ceiling_amount = mine.quantity, mine.ceiling_amount
        if mine is not None or all_of_them:
            kept.append(line)
    return kept


def stored_rules(request: BuyerRequest) -> dict[str, Any] | None:
    """The rules of a pool as a template keeps them; None for a request that nobody can join."""
    terms = getattr(request, "pool", None)
    if terms is None:
        return None
    return {name: getattr(terms, name) for name in _RULES} | {"least_quantity": str(terms.least_quantity)}


def give_rules(draft: BuyerRequest, stored: Mapping[str, Any] | None) -> None:
    """Makes the draft one that others may join; the date is left to its buyer."""
    if stored:
        known = {name: stored[name] for name in _RULES if name in stored}
        PoolTerms.objects.create(
            request=draft, least_quantity=Decimal(stored.get("least_quantity", "0")), **known
        )
