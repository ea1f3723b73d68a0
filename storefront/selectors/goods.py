"""One good: an offer with everything its page shows, the other vendors' offers of it, and what is like it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import nh3
import structlog
from django.conf import settings
from django.utils.translation import get_language

from catalog.freshness import Freshness, Rules, State
from catalog.models import Category, Offer, OfferPrice, PriceChange, Product, StockLevel
from catalog.photos.pictures import Picture, gallery
from core.errors import DomainError
from core.money import Money
from core.rates import current_rates
from price_lists.joining.selectors import short_reasons
from search import services as search_services
from search.query import Hit, SearchQuery
from storefront.selectors.cards import Action, Card, action_of, cards, facts_of, outbound_url, title_of
from storefront.selectors.directory import category_path

logger = structlog.get_logger(__name__)

SIMILAR = 6
#: Words of a title that are asked for; the rest tells one of its kind from another.
TELLING_WORDS = 2
MAX_OTHERS = 50
MAX_READ = 1_000  # of one good: all are compared before the best are shown
MAX_CHANGES = 12
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
class OtherOffer:
    """The same good of another vendor (or this one, marked): a row of the comparison."""

    offer: Offer
    price: Money
    base_price: Money | None  # in the row's currency; None without a rate
    action: Action
    is_this: bool
    freshness: Freshness
    is_best: bool = False
    why: str = ""  # it is one good with the others


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
    changes: list[PriceChange]
    freshness: Freshness
    path: list[Category]
    offers: list[OtherOffer]
    action: Action
    product_id: int | None = None

    @property
    def lowest(self) -> Money | None:
        """The lowest price of all its offers in the row's currency."""
        return self.offers[0].base_price if self.offers else None


@dataclass(slots=True)
class ProductPage:
    """A product as its page shows it: its own words, and the offer whose photos and description stand for it.
    Without `good` a single offer is left, whose own page says all.
    """

    product: Product
    good: Good | None
    offer_id: int


def good(pk: int) -> Good | None:
    """An offer on sale with what belongs to it; None if it is unknown, withdrawn, hidden or of a hidden vendor."""
    offer = (
        Offer.objects.on_sale()
        .select_related("vendor", "supply", "category")
        .prefetch_related("prices", "stock_levels__point", "vendor__pickup_points")
        .filter(pk=pk)
        .first()
    )
    if offer is None:
        return None
    rates = current_rates()
    price = offer.price
    foreign = price.currency != settings.BASE_CURRENCY
    base = rates.to_base(price) if foreign else None
    description, is_html = _description(offer)
    facts, told = facts_of(offer)
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
        piece_price=Money(price.amount / offer.pack_count, price.currency) if offer.pack_count > 1 else None,
        delivered_price=_delivered(offer, base or price),
        prices=list(offer.prices.all()),
        stock=list(offer.stock_levels.all()),
        changes=list(PriceChange.objects.filter(offer=offer).order_by("-changed_at")[:MAX_CHANGES]),
        freshness=Rules.now().of(offer),
        path=category_path(offer.category),
        offers=offers_of_good([offer], this=offer),
        product_id=offer.product_id,
        action=action_of(offer),
    )


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
            page_size=SIMILAR + len(shown),
            language=get_language() or "uk",
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


def offers_of_good(offers: Sequence[Offer], *, this: Offer | None = None) -> list[OtherOffer]:
    """The offers of the goods that these are of, cheapest first; nothing where there is only one. Of those that are
    past their days only this one is among them, last.
    """
    rates, rules = current_rates(), Rules.now()
    same = Offer.objects.on_sale().in_groups_of(offers)
    same = same.select_related("vendor", "supply", "category")[:MAX_READ]
    reasons = short_reasons([one.pk for one in same if one.product_id])
    rows = [
        OtherOffer(
            one,
            one.price,
            rates.to_base(one.price),
            action_of(one),
            is_this=this is not None and one.pk == this.pk,
            freshness=rules.of(one),
            why=reasons.get(one.pk, ""),
        )
        for one in same
    ]
    rows = [row for row in rows if row.is_this or row.freshness.state != State.EXPIRED]
    if len(rows) < 2:
        return []
    # What has no rate cannot be compared and stands last.
    rows.sort(
        key=lambda row: (
            row.freshness.state == State.EXPIRED,
            row.base_price is None,
            row.base_price.amount if row.base_price else 0,
            row.offer.pk,
        )
    )
    rows[0].is_best = rows[0].base_price is not None
    return rows[:MAX_OTHERS]


def product_page(pk: int) -> ProductPage | None:
    """A good with all its offers on sale; None where it is gone or nobody sells it now."""
    product = Product.objects.filter(pk=pk).first()
    if product is None:
        return None
    rows = offers_of_good(list(Offer.objects.on_sale().filter(product=product).order_by("pk")[:1]))
    if not rows:
        alone = Offer.objects.on_sale().filter(product=product).first()
        return ProductPage(product, None, alone.pk) if alone else None
    # What it looks like is told by the offer that tells most.
    told = max(
        rows,
        key=lambda row: (
            len(row.offer.photos) > 0,
            len(row.offer.texts),
            len(row.offer.attributes),
            -row.offer.pk,
        ),
    )
    found = good(told.offer.pk)
    return ProductPage(product, found, told.offer.pk) if found else None


def _delivered(offer: Offer, price: Money) -> Money | None:
    """One unit with flat delivery, where the vendor told its cost and the price is in the row's currency."""
    vendor = offer.vendor
    if price.currency != settings.BASE_CURRENCY or not vendor.delivery_price:
        return None
    if vendor.free_delivery_from is not None and price.to_price() >= vendor.free_delivery_from:
        return price
    return Money(price.amount + Decimal(vendor.delivery_price) / 10_000, price.currency)


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
