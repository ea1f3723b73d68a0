"""What watching keeps of people. It joins `accounts.personal_data`."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from search.saved.models import PriceWatch, SavedSearch


def export(user: User) -> dict[str, Any]:
    """The person's saved searches and watched prices."""
    return {
        "saved_searches": [
            {
                "name": search.name,
                "search": search.query,
                "address": search.url,
                "state": search.state,
                "created_at": search.created_at.isoformat(),
                "looked_at": search.looked_at.isoformat(),
                "told_at": search.told_at.isoformat() if search.told_at else None,
            }
            for search in SavedSearch.objects.filter(user=user).order_by("pk")
        ],
        "watched_prices": [
            {
                "offer": watch.offer_id,
                "title": watch.offer.title,
                "state": watch.state,
                "drop_percent": watch.drop_percent,
                "wished_price": watch.target_amount,
                "created_at": watch.created_at.isoformat(),
                "told_at": watch.told_at.isoformat() if watch.told_at else None,
            }
            for watch in PriceWatch.objects.filter(user=user).select_related("offer").order_by("pk")
        ],
    }


def erase(user: User) -> None:
    """Nobody else has a use for them."""
    SavedSearch.objects.filter(user=user).delete()
    PriceWatch.objects.filter(user=user).delete()
