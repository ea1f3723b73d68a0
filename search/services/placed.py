"""Goods that operators pin: read within the same limits as everything else, so that a pin shows nothing that is out of
sight, above the ceiling or of a vendor that was left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from catalog.models import Offer
from search.curation.matching import RuleTable
from search.curation.placing import MOST_OFFERS, Card, PlaceRule, pinned, pins
from search.engines.base import EngineAnswer, EngineQuery, Filters
from search.ladder import Reading
from search.query import SearchQuery, Sort
from search.ranking import Ranked
from search.services.ranked import Ranker


def rules_for(
    table: RuleTable[PlaceRule], query: SearchQuery, reading: Reading | None, now: float
) -> list[PlaceRule]:
    """Those that act on the query as typed, or as it was read in the end; in the order of relevance alone."""
    if not table or query.sort is not Sort.RELEVANCE or not query.words:
        return []
    met = table.of(query.words, query.language)
    if reading is not None and reading.text != query.words:
        met += [rule for rule in table.of(reading.text, query.language) if rule not in met]
    return [rule for rule in met if rule.acts(now)]


def with_pins(
    cards: Sequence[Card],
    rules: Sequence[PlaceRule],
    filters: Filters,
    ask: Callable[[EngineQuery], EngineAnswer],
    rank: Ranker,
) -> tuple[list[Card], int]:
    """The cards with pinned goods in their places, and how many of them are there by a pin alone."""
    up = pins(rules)
    if not up:
        return list(cards), 0
    on_sale = _on_sale(up)
    up = [rule for rule in up if any(_is_of(rule, row) for row in on_sale)]
    there = {each.candidate.id for _group, members in cards for each in members}
    missing = [
        pk
        for pk, product in on_sale
        if pk not in there and not any(_is_there(rule, (pk, product), cards) for rule in up)
    ]
    extra: list[Ranked] = []
    if missing:
        within = replace(filters, offers=frozenset(missing))
        asked = EngineQuery(filters=within, limit=len(missing), with_facets=False)
        # Their words may say nothing about the query: the pin is the only reason.
        extra = [replace(each, why=()) for each in rank(None, ask(asked).candidates, is_page=True)]
    placed = pinned(cards, extra, up)
    return placed, len(placed) - len(cards)


def _on_sale(rules: Sequence[PlaceRule]) -> list[tuple[int, int | None]]:
    """(offer, its good) of what is pinned, as the database has it now: the index may be some seconds behind."""
    on_sale = Offer.objects.on_sale().order_by("pk").values_list("pk", "product_id")
    offers = [rule.offer for rule in rules if rule.offer is not None]
    rows = dict(on_sale.filter(pk__in=offers)) if offers else {}
    # A good each by itself: one with very many offers leaves the others theirs.
    for product in {rule.product: None for rule in rules if rule.product is not None}:
        rows |= dict(on_sale.filter(product_id=product)[:MOST_OFFERS])
    return list(rows.items())


def _is_of(rule: PlaceRule, row: tuple[int, int | None]) -> bool:
    return row[0] == rule.offer if rule.offer is not None else row[1] == rule.product


def _is_there(rule: PlaceRule, row: tuple[int, int | None], cards: Sequence[Card]) -> bool:
    """The rule's good is among the cards already, by whichever offer."""
    return _is_of(rule, row) and any(
        rule.means(each.candidate) for _group, members in cards for each in members
    )
