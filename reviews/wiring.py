"""This room's entries in the registries: kinds of messages, the desk's navigation, personal data."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import personal_data
from accounts.models import User
from buyer_requests import known_buyers, ratings
from reviews import messages, selectors
from reviews.models import Review
from vendors import desk


def connect() -> None:
    """Called once when the application starts."""
    messages.register_kinds()
    personal_data.register("reviews", export=_export, erase=_erase)
    known_buyers.register("reviews", selectors.told_of_buyer)
    ratings.register(selectors.rated_vendors)
    desk.add_entry(key="reviews", label=_("Reviews"), icon="star", url_name="reviews_desk:list", order=60)


def _export(user: User) -> dict[str, Any]:
    return {
        "reviews": [
            {"about": review.vendor.name, "stars": review.stars, "text": review.text, "at": review.created_at.isoformat()}
            for review in Review.objects.filter(author=user).select_related("vendor").order_by("pk")
        ]
    }  # fmt: skip


def _erase(user: User) -> None:
    """What was said stays, without its author: others decide by it, and it names nobody."""
    Review.objects.filter(author=user).update(author=None)
