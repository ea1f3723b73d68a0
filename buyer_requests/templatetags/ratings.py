"""Which deals of a request are rated already."""

from __future__ import annotations

from django import template
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from buyer_requests.models import BuyerRequest
from buyer_requests.ratings import rated

register = template.Library()


@register.simple_tag
def rated_vendors(request: BuyerRequest, user: User | AnonymousUser, side: str) -> set[int]:
    """Ids of the vendors of whose deals this side has spoken; `side` is "buyer" or "vendor"."""
    return rated(request, user, side) if isinstance(user, User) else set()
