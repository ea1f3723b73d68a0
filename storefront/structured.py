"""What machines read of our pages: goods, lists, ways and the row itself in the terms of schema.org, as JSON-LD.

Builders give plain dictionaries of text; `as_script` alone writes them into a page. Vendors' words may hold anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django.conf import settings
from django.utils.html import strip_tags

from catalog.enums import Availability
from catalog.unit_prices import with_vat
from core.json_ld import as_script
from core.money import Money
from core.templatetags.ui import decimal_point
from storefront.selectors.offers import OtherOffer

__all__ = ["as_script", "breadcrumbs", "item_list", "organization", "product", "site"]

Absolute = Callable[[str], str]
Node = dict[str, Any]

#: Offers that are told one by one; of more the range alone.
MOST_OFFERS: Final = 20
MOST_FACTS: Final = 30
_DESCRIPTION: Final = 5_000
_AVAILABILITY: Final = {
    Availability.IN_STOCK: "InStock",
    Availability.TO_ORDER: "BackOrder",
    Availability.NONE: "OutOfStock",
    Availability.UNKNOWN: "LimitedAvailability",
}


def breadcrumbs(steps: Iterable[tuple[str, str]]) -> Node | None:
    """Of (name, absolute address) from the top down; the last may be without an address: the page itself."""
    items = []
    for position, (name, url) in enumerate(steps, 1):
        item: Node = {"@type": "ListItem", "position": position, "name": str(name)}
        if url:
            item["item"] = url
        items.append(item)
    return {"@type": "BreadcrumbList", "itemListElement": items} if items else None


def item_list(urls: Sequence[str]) -> Node | None:
    """A list of goods by their absolute addresses; what each is, its own page says."""
    if not urls:
        return None
    return {
        "@type": "ItemList",
        "numberOfItems": len(urls),
        "itemListElement": [
            {"@type": "ListItem", "position": position, "url": url} for position, url in enumerate(urls, 1)
        ],
    }


def site(absolute: Absolute, *, home: str, search: str) -> Node:
    """The row itself and its search. `home` and `search` are paths."""
    own = absolute(home)
    return {
        "@graph": [
            {
                "@type": "Organization",
                "@id": f"{own}#organization",
                "name": settings.SITE_NAME,
                "url": own,
            },
            {
                "@type": "WebSite",
                "@id": f"{own}#website",
                "name": settings.SITE_NAME,
                "url": own,
                "publisher": {"@id": f"{own}#organization"},
                "potentialAction": {
                    "@type": "SearchAction",
                    "target": {
                        "@type": "EntryPoint",
                        "urlTemplate": f"{absolute(search)}?q={{search_term_string}}",
                    },
                    "query-input": "required name=search_term_string",
                },
            },
        ]
    }


def organization(vendor: Any, *, url: str, logo: str = "") -> Node:
    """A vendor. `logo` is an absolute address."""
    told: Node = {"@type": "Organization", "name": vendor.name, "url": url}
    pairs = {
        "legalName": vendor.legal_name,
        "description": vendor.description,
        "telephone": vendor.phone,
        "email": vendor.email,
        "sameAs": vendor.site_url,
        "logo": logo,
    }
    told |= {name: value for name, value in pairs.items() if value}
    if vendor.city:
        told["address"] = {
            "@type": "PostalAddress",
            "addressLocality": vendor.city,
            "addressCountry": "UA",
        }
    return told


def product(
    *,
    title: str,
    url: str,
    absolute: Absolute,
    offers: Sequence[OtherOffer],
    offer_url: Callable[[OtherOffer], str],
    description: str = "",
    images: Iterable[str] = (),
    brand: str = "",
    sku: str = "",
    mpn: str = "",
    gtin: str = "",
    category: Sequence[str] = (),
    facts: Iterable[tuple[str, str]] = (),
    maker: str = "",
) -> Node:
    """A good with what is asked for it: one offer as Offer, several as AggregateOffer."""
    told: Node = {"@type": "Product", "name": title, "url": url}
    # Without the blank, the last word of a paragraph and the first of the next would be one.
    plain = " ".join(strip_tags(description.replace("<", " <")).split())[:_DESCRIPTION]
    pairs: Node = {
        "description": plain,
        "image": [absolute(image) for image in images if image and not image.endswith(".svg")],
        "brand": {"@type": "Brand", "name": brand} if brand else None,
        "manufacturer": {"@type": "Organization", "name": maker} if maker else None,
        "sku": sku,
        "mpn": mpn,
        "gtin": gtin,
        "category": " > ".join(category),
        "additionalProperty": [
            {"@type": "PropertyValue", "name": name, "value": value}
            for name, value in list(facts)[:MOST_FACTS]
        ],
    }
    told |= {name: value for name, value in pairs.items() if value}
    # A price that cannot be told in one currency with the others would make the range wrong.
    sold = [row for row in offers if row.base_price is not None] if len(offers) > 1 else list(offers)
    if len(sold) == 1:
        told["offers"] = _offer(sold[0], absolute(offer_url(sold[0])))
    elif sold:
        prices = sorted(row.base_price.amount for row in sold if row.base_price is not None)
        told["offers"] = {
            "@type": "AggregateOffer",
            "priceCurrency": settings.BASE_CURRENCY,
            "lowPrice": _amount(Money(prices[0], settings.BASE_CURRENCY)),
            "highPrice": _amount(Money(prices[-1], settings.BASE_CURRENCY)),
            "offerCount": len(sold),
            "offers": [_offer(row, absolute(offer_url(row))) for row in sold[:MOST_OFFERS]],
        }
    return told


def _offer(row: OtherOffer, url: str) -> Node:
    # As a buyer pays it: what reads this knows of no prices without VAT.
    price = with_vat(row.offer.price_amount, row.offer.vat, row.offer.vat_percent)
    return {
        "@type": "Offer",
        "url": url,
        "price": _amount(Money.from_price(price, row.price.currency)),
        "priceCurrency": row.price.currency,
        "availability": f"https://schema.org/{_AVAILABILITY.get(row.offer.availability, 'LimitedAvailability')}",
        "seller": {"@type": "Organization", "name": row.offer.vendor.name},
    }


def _amount(price: Money) -> str:
    """With a point, to four places: as exact as unit prices are stored."""
    return decimal_point(Money.from_price(price.to_price(), price.currency))
