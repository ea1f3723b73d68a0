"""Unread messages for the bell in the header."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications.models import Notification


def unread(request: HttpRequest) -> dict[str, Any]:
    """`unread_count`: a lazy int; pages that never draw the bell ask nothing."""

    def count() -> int:
        if not getattr(request, "user", None) or not request.user.is_authenticated:
            return 0
        return Notification.objects.filter(user=request.user, read_at__isnull=True, shown=True).count()

    return {"unread_count": SimpleLazyObject(count)}
