"""The vendors that a person works for, for the account menu."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from vendors.models import Vendor


def desks(request: HttpRequest) -> dict[str, Any]:
    """`my_vendors`: lazy list, empty for visitors."""

    def mine() -> list[Vendor]:
        if not getattr(request, "user", None) or not request.user.is_authenticated:
            return []
        return list(Vendor.objects.filter(memberships__user=request.user).order_by("name"))

    return {"my_vendors": SimpleLazyObject(mine)}
