"""Live goods for page blocks. A block whose goods are gone is empty, never broken."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import Final

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.utils.translation import get_language

from catalog.enums import Availability
from catalog.models import Offer
from catalog.photos.pictures import Picture, first_pictures
from core.errors import DomainError
from core.money import Money
from core.rates import current_rates
from search.query import MAX_WORDS_LENGTH, SearchQuery, Sort

#: So long a row keeps what the search found for it; whether that is still on sale is looked up for each page.
SECONDS: Final = 60
#: A good is found by each of its vendors' offers, and some of what was found may have left meanwhile.
_SPARE: Final = 3

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tile:
    """A good as a row on a page shows it."""

    offer: Offer
    title: str
    photo: Picture | None


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of goods asks the search for. `max_price` is in the row's base currency."""

    words: str = ""
    category_id: int | None = None
    vendor_id: int | None = None
    max_price: Decimal | None = None
    sort: str = Sort.RELEVANCE
    count: int = 6


def goods_for_row(row: Row) -> list[Tile]:
    """At most `row.count` offers on sale, one of each real-world good. Empty where the search cannot answer."""
    found = found_for_row(row)
    offers = Offer.objects.shown().select_related("vendor", "category").in_bulk(found) if found else {}
    here = [offers[offer_id] for offer_id in found if offer_id in offers]
    # A front page shows what can be bought; what is out of stock only fills up.
    return _tiles(sorted(here, key=lambda offer: offer.availability == Availability.NONE)[: row.count])


def found_for_row(row: Row) -> list[int]:
    """Ids of offers, a minute old at most, one of each good. Languages and the currency of the ceiling are kept apart."""
    key = _key(row)
    found: list[int] | None = cache.get(key)
    if found is None:
        found = _ask(row)
        if found is None:
            return []  # not kept: the next page asks again
        with suppress(OSError):  # a full disk
            cache.set(key, found, SECONDS)
    return found


def _ask(row: Row) -> list[int] | None:
    from search import services as search  # models import blocks: the engine need not be loaded with them

    query = SearchQuery(
        words=row.words[:MAX_WORDS_LENGTH],
        category_id=row.category_id,
        vendors_in=frozenset({row.vendor_id} if row.vendor_id else ()),
        max_price=None if row.max_price is None else Money(row.max_price, settings.BASE_CURRENCY),
        sort=Sort(row.sort) if row.sort in set(Sort) else Sort.RELEVANCE,
        page_size=row.count * _SPARE,
        language=get_language() or settings.LANGUAGE_CODE,
        with_facets=False,
    )
    try:
        hits = search.search(query).hits
    except (DomainError, DatabaseError, OSError, ValueError, ArithmeticError) as error:
        # The page is worth more than the row: operators see the empty row in their report.
        log.warning("cms.row_not_found", error=repr(error), words=row.words)
        return None
    # Of one good the best offer, which comes first: later ones are written under it.
    return list({hit.group_id: hit.offer_id for hit in reversed(hits)}.values())[::-1]


def _key(row: Row) -> str:
    told = repr((astuple(row), get_language(), settings.BASE_CURRENCY))
    return f"cms.row.{hashlib.blake2b(told.encode(), digest_size=12).hexdigest()}"


def picked_goods(picked: Sequence[Offer | None], count: int = 24) -> list[Tile]:
    """The picked offers in their order; for one that is gone the best offer of the same good, if another vendor has it.

    Two statements, a third where something is gone: what the page loaded tells nothing of today.
    """
    wanted = [offer for offer in picked if offer is not None]
    on_sale = Offer.objects.shown().select_related("vendor", "category")
    here = on_sale.in_bulk([offer.pk for offer in wanted]) if wanted else {}
    gone = [offer for offer in wanted if offer.pk not in here]
    instead = _best_of_groups(on_sale.in_groups_of(gone)) if gone else {}
    shown: dict[int, Offer] = {}
    for offer in wanted:
        offer_now = here.get(offer.pk) or instead.get(offer.group_id)
        if offer_now is not None:
            shown.setdefault(offer_now.group_id, offer_now)  # two that were joined since are one good
    return _tiles(list(shown.values())[:count])


def _best_of_groups(offers: Iterable[Offer]) -> dict[int, Offer]:
    rates = current_rates()

    def worth(offer: Offer) -> tuple[bool, bool, int, int]:
        price = rates.price_to_base(offer.price_amount, offer.price_currency)
        return offer.availability == Availability.NONE, price is None, price or 0, offer.pk

    best: dict[int, Offer] = {}
    for offer in sorted(offers, key=worth):
        best.setdefault(offer.group_id, offer)
    return best


def _tiles(offers: list[Offer]) -> list[Tile]:
    language = get_language() or ""
    pictures = first_pictures(offers)
    return [Tile(offer, offer.title_in(language), pictures.get(offer.pk)) for offer in offers]
