"""What the demo's buyer watches: saved searches from the middle of the load, so that later lists bring news, and prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count
from django.urls import reverse

from accounts.models import User
from catalog.models import Offer
from core.money import Money
from search.query import SearchQuery
from search.saved import links
from search.saved.enums import Drop
from search.saved.models import PriceWatch, SavedSearch
from search.saved.services import save_search, set_watch, watch_price

#: Words and the highest price.
_SEARCHES: tuple[tuple[str, int | None], ...] = (
    ("папір А4", 250),
    ("миша бездротова", 1_000),
    ("кава в зернах", None),
)
_PRICES = 3


def save_searches(buyer: User) -> None:
    """Before the last lists come in."""
    if SavedSearch.objects.filter(user=buyer).exists():
        return
    for words, ceiling in _SEARCHES:
        asked: dict[str, Any] = {"q": words}
        limit = None
        if ceiling is not None:
            limit, asked["max_price"] = Money(Decimal(ceiling), settings.BASE_CURRENCY), ceiling
        what = links.seal(
            SearchQuery(words=words, max_price=limit),
            url=f"{reverse('storefront:search')}?{urlencode(asked)}",
            name=words,
        )
        save_search(user=buyer, what=what)


def watch_prices(buyer: User) -> None:
    """Of goods that several vendors sell; one at a wished price."""
    if PriceWatch.objects.filter(user=buyer).exists():
        return
    goods = (
        Offer.objects.on_sale()
        .exclude(gtin="")
        .values("gtin")
        .annotate(offers=Count("pk"))
        .order_by("-offers", "gtin")[:_PRICES]
    )
    for place, good in enumerate(goods):
        offer = Offer.objects.on_sale().filter(gtin=good["gtin"]).order_by("price_amount", "pk").first()
        if offer is None:
            continue
        watch = watch_price(user=buyer, offer_id=offer.pk, product_id=offer.product_id)
        if place == 0 and offer.price_currency == settings.BASE_CURRENCY:
            set_watch(
                user=buyer,
                pk=watch.pk,
                drop=Drop.ANY,
                target=Money(
                    (offer.price.amount * Decimal("0.8")).quantize(Decimal(1)), settings.BASE_CURRENCY
                ),
                in_stock_only=False,
                tells_back=True,
                only_offer=False,
            )
