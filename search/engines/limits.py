"""What a query limits beside its words, in the terms of one engine: each limit as a query that must hold, or must not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from search.engines.base import EngineQuery
from search.fields import PRICES
from search.query import Limit
from vendors.enums import Participation

if TYPE_CHECKING:
    from search.engines.queries import Primitives
    from vendors.delivery import Delivery

#: Of one list; OpenSearch takes 65,536.
MOST_VALUES = 50_000
#: Above every price: core.money.MAX_PRICE at 1/10,000 is 10^13.
HIGHEST = 1 << 60


@dataclass(frozen=True, slots=True)
class Limitation:
    """One limit as a query that must hold, or must not. `name` is the facet that it belongs to, "" for none."""

    name: str
    query: Any
    must: bool


def of_fact(code: str) -> str:
    """The name of an attribute's facet."""
    return f"fact:{code}"


class Limits:
    """Of one query. A limit that is turned round (`missed`) belongs to no facet: it holds for all of them."""

    def __init__(self, primitives: Primitives, query: EngineQuery) -> None:
        self.engine = primitives
        self.query = query
        self.filters = query.filters
        self.missed = query.missed

    def every(self) -> list[Limitation]:
        return [
            *self._price(),
            *self._vendors(),
            *self._expired(),
            *self._choices(),
            *self._participation(),
            *self._facts(),
            *self._offers(),
        ]

    def _limitation(self, name: str, query: Any, limit: Limit, *, must: bool = True) -> Limitation:
        if self.missed is limit:
            return Limitation("", query, not must)
        return Limitation(name, query, must)

    def _choices(self) -> list[Limitation]:
        filters = self.filters
        category = frozenset() if filters.category is None else frozenset([filters.category])
        chosen: tuple[tuple[str, str, frozenset[Any], Limit], ...] = (
            ("category", "categories", category, Limit.CATEGORY),
            ("availability", "availability", filters.availability, Limit.AVAILABILITY),
            ("brand", "brand", filters.brands, Limit.BRAND),
            ("condition", "condition", filters.condition, Limit.CONDITION),
        )
        return [
            self._limitation(name, self.engine.has(field, values), limit)
            for name, field, values, limit in chosen
            if values
        ]

    # Prices -----------------------------------------------------------------------------------------------

    def _price(self) -> list[Limitation]:
        low, high, name = self.filters.min_price, self.filters.max_price, "price"
        if low is None and high is None:
            return []
        over = self.missed is Limit.MAX_PRICE and high is not None
        if over and high is not None:
            low, high, name = max(high + 1, low or 0), None, ""
        elif self.missed is Limit.MIN_PRICE and low is not None:
            low, high, name = 0, min(low - 1, HIGHEST if high is None else high), ""
        field = PRICES[self.filters.basis]
        within = self.engine.between(field, low or 0, HIGHEST if high is None else high)
        return [Limitation(name, within, must=True), *([] if over else self._delivered())]

    def _delivered(self) -> list[Limitation]:
        """Prices that are within the ceiling, but not with their vendor's delivery: a span for each vendor's terms."""
        filters, ceiling = self.filters, self.filters.max_price
        if filters.deliveries is None or ceiling is None:
            return []
        spans: dict[tuple[int, int], set[int]] = defaultdict(set)
        for terms in filters.deliveries:
            span = span_over(terms, ceiling)
            if span[0] <= span[1]:
                spans[span].update(terms.vendors)
        over = [
            self.engine.joined(
                needed=[self.engine.has("vendor", vendors), self.engine.between("price", low, high)]
            )
            for (low, high), vendors in sorted(spans.items())
        ]
        if self.missed is Limit.DELIVERED:
            some = self.engine.at_least(1, over) if over else self.engine.between("price", 1, 0)
            return [Limitation("", some, must=True)]
        return [Limitation("price", each, must=False) for each in over]

    # Vendors ----------------------------------------------------------------------------------------------

    def _vendors(self) -> list[Limitation]:
        filters = self.filters
        out = []
        if filters.hidden_vendors:
            out.append(Limitation("", self._of(filters.hidden_vendors), must=False))
        if filters.vendors_in:
            out.append(self._limitation("vendor", self._of(filters.vendors_in), Limit.VENDORS_IN))
        if filters.vendors_out:
            out.append(
                self._limitation("vendor", self._of(filters.vendors_out), Limit.VENDORS_OUT, must=False)
            )
        for vendors, limit in ((filters.serving, Limit.REGION), (filters.pickup, Limit.PICKUP)):
            if vendors is not None:
                out.append(self._limitation("", self._of(vendors), limit))
        return out

    def _of(self, vendors: frozenset[int]) -> Any:
        return self.engine.has("vendor", vendors) if vendors else self.engine.between("price", 1, 0)

    def _participation(self) -> list[Limitation]:
        wanted = self.filters.participation
        if not wanted:
            return []
        query = self.engine.at_least(1, [self.taking_part(mode) for mode in sorted(wanted)])
        return [self._limitation("participation", query, Limit.PARTICIPATION)]

    def taking_part(self, mode: str) -> Any:
        """Offers that take part so: by themselves, else by their vendor."""
        by_vendor = dict(self.filters.modes)
        own = self.engine.has("participation", list(Participation))
        if mode == Participation.LISTING:
            others = frozenset[int]().union(*by_vendor.values())
            excluded = [self.engine.has("vendor", others)] if others else []
            silent = self.engine.joined(needed=[self.engine.has("alive", [1])], excluded=[own, *excluded])
        elif by_vendor.get(mode):
            silent = self.engine.joined(needed=[self.engine.has("vendor", by_vendor[mode])], excluded=[own])
        else:
            return self.engine.has("participation", [mode])
        return self.engine.at_least(1, [self.engine.has("participation", [mode]), silent])

    def _expired(self) -> list[Limitation]:
        out = []
        for part in self.filters.expired:
            supplies = sorted(part.supplies)
            for start in range(0, len(supplies), MOST_VALUES):
                query = self.engine.has("supply", supplies[start : start + MOST_VALUES])
                if part.categories or part.but_not:
                    within = [self.engine.has("categories", part.categories)] if part.categories else []
                    without = [self.engine.has("categories", part.but_not)] if part.but_not else []
                    query = self.engine.joined(needed=[query, *within], excluded=without)
                out.append(Limitation("", query, must=False))
        return out

    def _offers(self) -> list[Limitation]:
        offers = self.filters.offers
        return [Limitation("", self.engine.has("id", offers), must=True)] if offers else []

    # Attributes -------------------------------------------------------------------------------------------

    def _facts(self) -> list[Limitation]:
        out = []
        for limit in self.filters.facts:
            options = []
            if limit.values:
                options.append(self.engine.has("facts", [f"{limit.code}={each}" for each in limit.values]))
            if limit.low is not None or limit.high is not None:
                options.append(self.engine.labelled(limit.code, limit.low, limit.high))
            if not options:
                continue
            query = self.engine.at_least(1, options)
            if self.missed is Limit.FACT and self.query.missed_fact == limit.code:
                out.append(Limitation("", query, must=False))
                out.append(Limitation("", self.engine.labelled(limit.code), must=True))
            else:
                out.append(Limitation(of_fact(limit.code), query, must=True))
        return out


def span_over(terms: Delivery, ceiling: int) -> tuple[int, int]:
    """The lowest and the highest price that meets the ceiling by itself, but not with delivery on these terms; the
    first is above the second where there is none.
    """
    free = ceiling + 1 if terms.free_from is None else terms.free_from
    return max(0, ceiling - terms.cost + 1), min(ceiling, free - 1)
