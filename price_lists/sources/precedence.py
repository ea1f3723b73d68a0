"""Whose word about an offer's price or stock holds where sources disagree.

A source gives way, part by part, to a partial source of higher precedence that tells that part and was confirmed within
HOLDS. At equal precedence the newer change wins, which needs no rule: whoever applies a change writes it. People's
words stand above all sources; `catalog` sees to that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from catalog.services.bulk import Proposal
from price_lists.models import PartialValue, Source
from price_lists.sources.enums import Precedence, Role

#: A partial source that was not confirmed for so long no longer holds others back.
HOLDS: Final = dt.timedelta(days=14)


class Said(NamedTuple):
    """What stands above a source for one offer; None where nothing does."""

    price: tuple[int, str, int | None] | None
    stock: tuple[str, str | None, int | None] | None


class Above:
    """The partial sources that stand above one source at this moment, or above other full ones of its vendor."""

    def __init__(self, source: Source) -> None:
        fresh = timezone.now() - HOLDS
        partial = Source.objects.filter(
            vendor=source.vendor_id, precedence__gt=Precedence.LOW, supply__confirmed_at__gte=fresh
        ).exclude(pk=source.pk)
        # The lowest first, so that the highest has the last word.
        self._ranks = dict(
            partial.exclude(role=Role.FULL).order_by("precedence", "-pk").values_list("pk", "precedence")
        )
        self._order = {pk: place for place, pk in enumerate(self._ranks)}
        self._rank_at = list(self._ranks.values())
        self._own = source.precedence

    def of(
        self, offer_ids: Collection[int], held: Mapping[int, tuple[int, int]] | None = None
    ) -> dict[int, Said]:
        """What they said of these offers; one query, none where there is no such source. `held`: the precedence of the
        sources whose price and whose stock hold, for offers where it is another's than the own one's.
        """
        ranks = held or {}
        lowest = min([self._own, *(min(both) for both in ranks.values())])
        higher = [pk for pk, rank in self._ranks.items() if rank > lowest]
        if not higher or not offer_ids:
            return {}
        rows = PartialValue.objects.filter(source__in=higher, offer__in=offer_ids)
        found: dict[int, Said] = {}
        for place, offer_id, said in sorted(
            (self._order[source_id], offer_id, said) for source_id, offer_id, said in words_of(rows)
        ):
            rank = self._rank_at[place]
            price_rank, stock_rank = ranks.get(offer_id, (self._own, self._own))
            before = found.get(offer_id, Said(None, None))
            found[offer_id] = Said(
                (said.price if rank > price_rank else None) or before.price,
                (said.stock if rank > stock_rank else None) or before.stock,
            )
        return found

    def over(
        self, proposals: Sequence[Proposal], held: Mapping[int, tuple[int, int]] | None = None
    ) -> list[Proposal]:
        """The proposals of a full source with what stands above them, or above the sources whose word `held` says holds."""
        said = self.of([each.offer_id for each in proposals if each.offer_id is not None], held)
        if not said:
            return list(proposals)
        return [_over(each, said.get(each.offer_id or 0)) for each in proposals]


def words_of(rows: QuerySet[PartialValue]) -> Iterator[tuple[int, int, Said]]:
    """(source, offer, what is said) of each row. Plain values: objects would take most of a file's time."""
    for source_id, offer_id, amount, currency, old, state, quantity, days in rows.values_list(
        "source_id",
        "offer_id",
        "price_amount",
        "price_currency",
        "old_price_amount",
        "stock_state",
        "quantity",
        "order_days",
    ):
        yield (
            source_id,
            offer_id,
            Said(
                None if amount is None else (amount, currency, old),
                (state, plain_quantity(quantity), days) if state else None,
            ),
        )


@lru_cache(maxsize=4096)
def plain_quantity(quantity: Decimal | None) -> str | None:
    return None if quantity is None else f"{quantity.normalize():f}"


def _over(proposal: Proposal, said: Said | None) -> Proposal:
    if said is None:
        return proposal
    price, stock, columns = proposal.draft.price, proposal.draft.stock, proposal.columns
    if said.price is not None:
        amount, currency, old = said.price
        price = {**price, "amount": amount, "currency": currency, "old": old}
        columns = {**columns, "price_amount": amount, "price_currency": currency, "old_price_amount": old}
    if said.stock is not None:
        state, quantity, days = said.stock
        stock = {"state": state, "quantity": quantity, "days": days}
        columns = {**columns, "availability": state}
    return replace(proposal, draft=replace(proposal.draft, price=price, stock=stock), columns=columns)
