"""Who may enter a vendor's desk: the one gate that every desk view of every room passes through."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import structlog
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts.models import User
from core.errors import NotFound
from vendors.care.deeds import about
from vendors.care.models import DeskVisit
from vendors.care.selectors import visit_now
from vendors.care.tracing import trace_deed
from vendors.care.visiting import may_visit
from vendors.enums import Role, VendorState
from vendors.errors import DeskClosed
from vendors.models import Membership, Vendor

logger = structlog.get_logger(__name__)
P = ParamSpec("P")

_RANK = {Role.ASSISTANT: 1, Role.MANAGER: 2, Role.OWNER: 3}


class DeskRequest(HttpRequest):
    """What a desk view receives; for annotations only, never made."""

    vendor: Vendor
    membership: Membership
    visit: DeskVisit | None


def has_role(membership: Membership, min_role: Role) -> bool:
    """Whether the member's role is `min_role` or stands above it."""
    return _RANK[Role(membership.role)] >= _RANK[min_role]


def _page_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _visiting(request: HttpRequest, vendor_slug: str) -> tuple[DeskVisit | None, Membership | None]:
    """An operator's visit, who then stands here as an assistant who is on no list: its membership has no row."""
    assert isinstance(request.user, User)
    visit = visit_now(request.user, vendor_slug)
    if visit is None or not may_visit(_page_of(request), changes=request.method not in {"GET", "HEAD"}):
        return None, None
    return visit, Membership(vendor=visit.vendor, user=request.user, role=Role.ASSISTANT)


def desk_view(
    min_role: Role = Role.ASSISTANT, *, states: Collection[VendorState] = (VendorState.APPROVED,)
) -> Callable[
    [Callable[Concatenate[Any, str, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, str, P], HttpResponseBase],
]:
    """Opens `view(request, vendor_slug, ...)` to members of the vendor in the address, with at least `min_role`.

    Visitors are sent to sign in. To everybody else (another vendor's people, too low a role, operators without a visit) the
    page does not exist: 404, exactly as for an unknown vendor. An operator on a visit stands here as an assistant, where
    `vendors.care.visiting` allows it; what it changes is traced first. `request.vendor`, `request.membership` and
    `request.visit` (None for members) are set. A vendor in a state outside `states` gets the page that says so instead of what it asked for, and every
    change is refused with `DeskClosed`.
    """

    def decorate(
        view: Callable[Concatenate[Any, str, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]:
        @wraps(view)
        def guarded(
            request: HttpRequest, vendor_slug: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            membership = (
                Membership.objects.select_related("vendor")
                .filter(vendor__slug=vendor_slug, user=request.user)
                .first()
            )
            visit = None
            if membership is None:
                visit, membership = _visiting(request, vendor_slug)
            if membership is None or not has_role(membership, min_role):
                logger.warning("vendors.desk_refused", actor=f"user:{request.user.pk}", vendor=vendor_slug)
                raise NotFound("unknown_vendor")
            request.vendor, request.membership = membership.vendor, membership  # type: ignore[attr-defined]  # DeskRequest
            request.visit = visit  # type: ignore[attr-defined]  # DeskRequest
            if membership.vendor.state not in states:
                if request.method not in {"GET", "HEAD"}:
                    raise DeskClosed("desk_closed")
                return render(request, "desk/state.html", {"vendor": membership.vendor})
            if visit is not None and request.method not in {"GET", "HEAD"}:
                trace_deed(visit=visit, page=_page_of(request), about=about(kwargs))
            return view(request, vendor_slug, *args, **kwargs)

        guarded.desk_min_role = min_role  # type: ignore[attr-defined]  # the rights matrix reads it
        return guarded

    return decorate
