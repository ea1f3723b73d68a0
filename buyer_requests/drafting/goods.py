"""Drafts from goods of the row that somebody chose: compared, watched, or looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from accounts.models import User
from buyer_requests.models import BuyerRequest
from buyer_requests.services.writing import LineInput, create_draft
from catalog.models import Offer
from search.saved.enums import WatchState
from search.saved.models import PriceWatch

MOST_GOODS: Final = 100


def goods_by_id(ids: Sequence[int]) -> list[Offer]:
    """The offers, withdrawn ones too, in the given order: what was chosen is wanted though this vendor has it no more."""
    found = Offer.objects.filter(pk__in=ids[:MOST_GOODS]).select_related("category", "vendor").in_bulk()
    return [found[pk] for pk in dict.fromkeys(ids[:MOST_GOODS]) if pk in found]


def watched_goods(user: User) -> list[int]:
    """Offers that stand for the goods whose price a person watches, the latest first."""
    watches = PriceWatch.objects.filter(user=user, state=WatchState.ACTIVE).order_by("-pk")
    return list(watches.values_list("offer_id", flat=True)[:MOST_GOODS])


def draft_from_goods(*, buyer: User, quantities: Mapping[int, Decimal]) -> BuyerRequest:
    """A draft with a line for each good: its name, unit, category and codes. Substitutes are welcome until said otherwise."""
    offers = goods_by_id(list(quantities))
    return create_draft(
        buyer=buyer,
        lines=[
            LineInput(
                text=offer.title[:500],
                quantity=quantities[offer.pk],
                unit=offer.unit,
                category_id=offer.category_id,
                gtin=offer.gtin[:14],
                mpn=offer.mpn[:64],
            )
            for offer in offers
        ],
    )
