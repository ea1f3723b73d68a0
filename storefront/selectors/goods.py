"""One good: an offer with everything its page shows, the other vendors' offers of it, and what is like it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import nh3
import structlog
from django.conf import settings
from django.utils.translation import get_language

from catalog.attributes.current import known_rules
from catalog.freshness import Freshness, Rules, State
from catalog.models import Category, Offer, OfferPrice, Product, StockLevel
from catalog.photos.pictures import Picture, gallery
from catalog.unit_prices import pieces_of, price_of_piece
from core.errors import DomainError
from core.money import Money
from core.rates import current_rates
from search import services as search_services
from search.query import Hit, SearchQuery
from storefront.selectors.cards import (
    Action,
    Card,
    action_of,
    cards,
    facts_of,
    outbound_url,
    title_of,
    title_of_good,
)
from storefront.selectors.directory import category_path
from storefront.selectors.history import PriceHistory, price_history
from storefront.selectors.offers import Order, OtherOffer, content_of, group_of, offers_of_good, row_of

logger = structlog.get_logger(__name__)

SIMILAR = 6
#: Of its own offers so many may be among the similar ones found; an engine shows one of each good.
MOST_PASSED_OVER = 30
#: Words of a title that are asked for; the rest tells one of its kind from another.
TELLING_WORDS = 2
#: Of one good's offers so many are looked at for the one that tells most.
TELLING_OFFERS = 40
_TAGS = {
    "p",
    "br",
    "ul",
    "ol",
    "li",
    "b",
    "strong",
    "i",
    "em",
    "h3",
    "h4",
    "table",
    "tbody",
    "tr",
    "td",
    "th",
}


@dataclass(slots=True)
class Good:
    """All that an offer's page shows. Texts are in the reader's language; `description` is safe HTML or plain."""

    offer: Offer
    title: str
    description: str
    description_is_html: bool
    photos: list[Picture]
    videos: list[str]
    facts: list[tuple[str, str]]  # typed values of its category's attributes
    told: list[tuple[str, str]]  # what else the vendor's columns tell
    price: Money
    old_price: Money | None
    base_price: Money | None
    rate_day: dt.date | None
    piece_price: Money | None
    delivered_price: Money | None
    prices: list[OfferPrice]
    stock: list[StockLevel]
    history: PriceHistory | None
    freshness: Freshness
    path: list[Category]
    own: OtherOffer  # this offer as a row of the table
    offers: list[OtherOffer]  # of all vendors; empty where there is no other
    order: Order
    action: Action
    product_id: int | None = None

    @property
    def best(self) -> OtherOffer | None:
        """The offer that the table marks."""
        return next((row for row in self.offers if row.is_best), None)

    @property
    def lowest(self) -> Money | None:
        """The lowest price of all its offers in the row's currency."""
        prices = [row.base_price for row in self.offers if row.base_price is not None]
        return min(prices, key=lambda price: price.amount, default=None)

    @property
    def highest(self) -> Money | None:
        prices = [row.base_price for row in self.offers if row.base_price is not None]
        return max(prices, key=lambda price: price.amount, default=None)

    @property
    def has_own_page(self) -> bool:
        """Whether it is a good of several vendors, so that the page of the good is the one to be known by."""
        return self.product_id is not None and len(self.offers) > 1


@dataclass(slots=True)
class ProductPage:
    """A product as its page shows it: its own words, and the offer whose photos and description stand for it.
    Without `good` a single offer is left, whose own page says all.
    """

    product: Product
    good: Good | None
    offer_id: int
    title: str  # in the reader's language where an offer gives one


def good(pk: int, *, order: Order = Order.PRICE, rules: Rules | None = None) -> Good | None:
    """An offer on sale with what belongs to it; None if it is unknown, withdrawn, hidden or of a hidden vendor. `order`
    is that of the vendors' table.
    """
    offer = (
        Offer.objects.on_sale()
        .select_related("vendor", "supply", "category")
        .prefetch_related("prices", "stock_levels__point", "vendor__pickup_points")
        .filter(pk=pk)
        .first()
    )
    if offer is None:
        return None
    rules = rules or Rules.now()
    group = group_of([offer])
    rates = current_rates()
    price = offer.price
    foreign = price.currency != settings.BASE_CURRENCY
    base = rates.to_base(price) if foreign else None
    description, is_html = _description(offer)
    facts, told = facts_of(offer)
    content = content_of(offer, known_rules())
    own = row_of(offer, rates, rules.of(offer), content=content, is_this=True)
    return Good(
        offer=offer,
        title=title_of(offer),
        description=description,
        description_is_html=is_html,
        photos=gallery(offer.photos),
        videos=[str(url) for url in offer.videos if str(url).startswith("https://")],
        facts=facts,
        told=told,
        price=price,
        old_price=offer.old_price,
        base_price=base,
        rate_day=rates.days.get(price.currency) if base else None,
        piece_price=_of_a_piece(offer),
        delivered_price=own.delivered,
        prices=[each for each in offer.prices.all() if not each.is_purchase],
        stock=list(offer.stock_levels.all()),
        history=price_history(group, rules=rules),
        freshness=rules.of(offer),
        path=category_path(offer.category),
        own=own,
        offers=offers_of_good(group, rules=rules, this=offer, content=content, order=order),
        order=order,
        product_id=offer.product_id,
        action=action_of(offer),
    )


def _of_a_piece(offer: Offer) -> Money | None:
    """As its vendor says the price: in its currency, without VAT where it is so."""
    price, unit, pack = offer.price, offer.unit, offer.pack_count
    if pieces_of(unit, pack) == 1:
        return None
    return Money.from_price(price_of_piece(offer.price_amount, unit=unit, pack_count=pack), price.currency)


def similar_offers(found: Good) -> list[Card]:
    """Goods of the same kind in its category, nearest by title first; none while the search is down."""
    words = _kind_words(found)
    shown = {row.offer.pk for row in found.offers} | {found.offer.pk}
    hits: dict[int, Hit] = {}
    for asked in dict.fromkeys((" ".join(words), words[0] if words else "")):
        if not asked and not found.offer.category_id:
            continue
        query = SearchQuery(
            words=asked,
            category_id=found.offer.category_id,
            page_size=SIMILAR + min(len(shown), MOST_PASSED_OVER),
            language=get_language() or "uk",
            with_facets=False,
        )
        try:
            results = search_services.search(query)
        except DomainError as error:
            logger.warning("storefront.similar_unavailable", code=error.code)
            return []
        hits |= {hit.offer_id: hit for hit in results.hits if hit.offer_id not in shown | hits.keys()}
        if len(hits) >= SIMILAR:
            break
    return cards(list(hits.values())[:SIMILAR])


def _kind_words(found: Good) -> list[str]:
    """The first words that say what a good is: not its brand, not its model's number."""
    brand = found.offer.brand.lower()
    words = [word.strip('.,;:()«»"') for word in found.title.split()]
    return [word for word in words if word.isalpha() and word.lower() not in brand][:TELLING_WORDS]


def leaving_url(pk: int) -> tuple[Offer, str] | None:
    """An offer on sale and the link that leads from it to its vendor's site, if there is one."""
    offer = Offer.objects.on_sale().select_related("vendor").filter(pk=pk).first()
    url = outbound_url(offer) if offer else ""
    return (offer, url) if offer and url else None


def product_page(pk: int, *, order: Order = Order.PRICE) -> ProductPage | None:
    """A good with all its offers on sale; None where it is gone or nobody sells it now."""
    product = Product.objects.filter(pk=pk).first()
    if product is None:
        return None
    # What it looks like is told by the offer that tells most; by the first ones, whatever the order of the table is.
    told = list(
        Offer.objects.on_sale()
        .filter(product=product)
        .select_related("supply", "category")
        .order_by("pk")[:TELLING_OFFERS]
    )
    if not told:
        return None
    rules = Rules.now()
    telling = max(
        told,
        key=lambda offer: (
            rules.of(offer).state != State.EXPIRED,
            len(offer.photos) > 0,
            len(offer.texts),
            len(offer.attributes),
            -offer.pk,
        ),
    )
    title = title_of_good([telling, *told], product)
    found = good(telling.pk, order=order, rules=rules)
    if found is None or not found.offers:
        return ProductPage(product, None, telling.pk, title)
    return ProductPage(product, found, telling.pk, title)


def _description(offer: Offer) -> tuple[str, bool]:
    own = get_language() or ""
    texts = [offer.texts.get(own), *(offer.texts.get(language) for language in ("uk", "ru", "en"))]
    for text in texts:
        written = text.get("description") if isinstance(text, dict) else ""
        if written and "<" in written and ">" in written:
            return nh3.clean(written, tags=_TAGS, attributes={}), True
        if written:
            return written, False
    return "", False
