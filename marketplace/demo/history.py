"""What the demo's goods cost over the year before: a row that opened today would have nothing to draw."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from catalog.models import Offer, PriceChange
from marketplace.demo.catalogue import chance

#: The first price stands so many days back, and so often at most it changed since.
_DAYS = 330
_CHANGES = 7
_STEP = 1_000  # prices end with tens of kopecks


def add_price_history() -> None:
    """Earlier prices of all offers that have none; from the same goods always the same."""
    changed = set(
        PriceChange.objects.filter(changed_at__lt=timezone.now() - dt.timedelta(days=2)).values_list(
            "offer_id", flat=True
        )
    )
    offers = Offer.objects.exclude(pk__in=changed).values_list(
        "pk", "title", "vendor__slug", "price_amount", "price_currency"
    )
    rows = []
    for pk, title, vendor, amount, currency in offers:
        for day, price in _prices(f"{vendor} {title}", amount):
            at = timezone.now() - dt.timedelta(days=day, minutes=int(chance(title, vendor, day) * 600))
            rows.append(PriceChange(offer_id=pk, amount=price, currency=currency, changed_at=at))
    PriceChange.objects.bulk_create(rows, batch_size=1_000)


def _prices(key: str, now: int) -> list[tuple[int, int]]:
    """(days ago, price), the oldest first: a slow rise with a sale here and there."""
    count = 2 + int(chance(key, "changes") * _CHANGES)
    days = sorted({5 + int(chance(key, "day", n) * _DAYS) for n in range(count)}, reverse=True)
    found = []
    for place, day in enumerate(days):
        age = 1 - 0.16 * (len(days) - place) / len(days)
        luck = chance(key, "price", place)
        price = now * (age + 0.08 * (luck - 0.5) - (0.12 if luck > 0.85 else 0))
        rounded = max(_STEP, round(price / _STEP) * _STEP) if now >= 10 * _STEP else now
        if not found or found[-1][1] != rounded:
            found.append((day, rounded))
    return found
