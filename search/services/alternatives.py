"""Relevant offers that miss exactly one of the limits that were set, with what is needed to say which in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.db.models import Min

from catalog.attributes.current import known_rules
from catalog.attributes.reading import read_offer
from catalog.enums import Availability
from catalog.models import Offer, StockLevel
from search.engines.base import Candidate, EngineAnswer, EngineQuery, Filters
from search.ladder import Reading
from search.query import Alternative, Limit, Sort
from search.services.ranked import MIN_STRONG, Ranker, hit_of
from vendors.enums import Participation

ALTERNATIVES_BELOW = 6  # fewer hits than that: what misses one limit is looked for, too
ALTERNATIVES_PER_LIMIT = 3
MOST_LIMITS = 8  # that are missed one after another: each is a search of its own
_LOOKED_AT = 50
_PRICES = {
    Limit.MAX_PRICE: Sort.PRICE_ASC,
    Limit.MIN_PRICE: Sort.PRICE_DESC,
    Limit.DELIVERED: Sort.PRICE_ASC,
}


def alternatives_to(
    asked: EngineQuery,
    reading: Reading,
    ask: Callable[[EngineQuery], EngineAnswer],
    rank: Ranker,
    *,
    named: bool = False,
) -> tuple[Alternative, ...]:
    """For each limit that is set, the nearest offers that miss it and no other; `named`: only of the good that the words
    name, not of what is for it.
    """
    filters = asked.filters
    out: list[Alternative] = []
    for limit, code in limits_set(filters)[:MOST_LIMITS]:
        turned = replace(
            asked,
            missed=limit,
            missed_fact=code,
            limit=_LOOKED_AT,
            with_facets=False,
            count_facts=(),
            sort=_PRICES.get(limit, Sort.RELEVANCE),
        )
        ranked = rank(reading, ask(turned).candidates)
        near = [each for each in ranked if each.strong >= MIN_STRONG and (each.is_named or not named)]
        if limit in _PRICES:
            near.sort(key=lambda each: (_distance(filters, each.candidate, limit), each.candidate.id))
        out.extend(
            Alternative(
                hit_of(each),
                limit,
                by=_distance(filters, each.candidate, limit) or None,
                code=code,
                value=_instead(filters, each.candidate, limit),
            )
            for each in near[:ALTERNATIVES_PER_LIMIT]
        )
    return tuple(out)


def limits_set(filters: Filters) -> list[tuple[Limit, str]]:
    """What can be missed; with the attribute's code, where the limit is of one."""
    limits = {
        Limit.MAX_PRICE: filters.max_price is not None,
        Limit.DELIVERED: filters.max_price is not None and filters.deliveries is not None,
        Limit.MIN_PRICE: filters.min_price is not None,
        Limit.VENDORS_IN: bool(filters.vendors_in),
        Limit.VENDORS_OUT: bool(filters.vendors_out),
        Limit.CATEGORY: filters.category is not None,
        Limit.AVAILABILITY: bool(filters.availability),
        Limit.BRAND: bool(filters.brands),
        Limit.CONDITION: bool(filters.condition),
        Limit.PARTICIPATION: bool(filters.participation),
        Limit.REGION: filters.serving is not None,
        Limit.PICKUP: filters.pickup is not None,
    }
    return [
        *((limit, "") for limit, is_set in limits.items() if is_set),
        *((Limit.FACT, each.code) for each in filters.facts),
    ]


def described(alternatives: Sequence[Alternative]) -> tuple[Alternative, ...]:
    """With what only the database tells: which value of the attribute they have, and in how many days what is to be
    ordered can be had. A statement for each of the two, where it is needed.
    """
    by_fact = {each.hit.offer_id for each in alternatives if each.limit is Limit.FACT}
    to_order = {each.hit.offer_id for each in alternatives if each.value == Availability.TO_ORDER}
    values = _values(by_fact) if by_fact else {}
    days = _days(to_order) if to_order else {}
    out = []
    for each in alternatives:
        if each.limit is Limit.FACT:
            out.append(replace(each, value=values.get((each.hit.offer_id, each.code), "")))
        elif each.limit is Limit.AVAILABILITY:
            out.append(replace(each, days=days.get(each.hit.offer_id)))
        else:
            out.append(each)
    return tuple(out)


def _values(offer_ids: set[int]) -> dict[tuple[int, str], str]:
    rules = known_rules()
    offers = Offer.objects.filter(pk__in=offer_ids).only(
        "category_id", "title", "texts", "brand", "attributes", "facts", "pack_count"
    )
    return {
        (offer.pk, fact.attribute.code): fact.label.partition("=")[2]
        for offer in offers
        for fact in read_offer(rules.of(offer.category_id), offer)
    }


def _days(offer_ids: set[int]) -> dict[int, int]:
    levels = StockLevel.objects.filter(
        offer__in=offer_ids, state=Availability.TO_ORDER, order_days__isnull=False
    )
    return dict(
        levels.values_list("offer").annotate(soonest=Min("order_days")).values_list("offer", "soonest")
    )


def _instead(filters: Filters, candidate: Candidate, limit: Limit) -> str:
    match limit:
        case Limit.AVAILABILITY:
            return candidate.availability
        case Limit.CONDITION:
            return candidate.condition
        case Limit.PARTICIPATION:
            by_vendor = [mode for mode, vendors in filters.modes if candidate.vendor in vendors]
            return candidate.participation or next(iter(by_vendor), Participation.LISTING.value)
    return ""


def _distance(filters: Filters, candidate: Candidate, limit: Limit) -> int:
    price = candidate.basis_price
    if price is None:
        return 0
    if limit is Limit.MIN_PRICE and filters.min_price is not None:
        return filters.min_price - price
    if limit in {Limit.MAX_PRICE, Limit.DELIVERED} and filters.max_price is not None:
        terms = [each for each in filters.deliveries or () if candidate.vendor in each.vendors]
        return price + sum(each.of(price) for each in terms) - filters.max_price
    return 0
