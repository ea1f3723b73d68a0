"""Endpoints and their log: the same pages on a vendor's desk and in a person's profile."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from api.webhooks import catalogue, endpoints, reads
from api.webhooks.enums import DeliveryState
from api.webhooks.errors import AddressNotTaken, NoEvents, TooManyEndpoints
from api.webhooks.forms import EndpointForm
from api.webhooks.models import WebhookEndpoint
from api.webhooks.owners import Owner
from core.errors import NotFound
from core.limits import limit
from vendors.access import desk_view
from vendors.enums import Role

PAGE: Final = 25
_TESTS: Final = "20/h"
_RESENT: Final = "60/h"

View = Callable[..., HttpResponse]


def of_vendor(view: View) -> Callable[..., HttpResponseBase]:
    """The page on a desk, for those who set its terms: a secret is on it."""

    @never_cache
    @desk_view(min_role=Role.MANAGER)
    @wraps(view)
    def shown(request: Any, vendor_slug: str, **names: Any) -> HttpResponse:
        return view(request, Owner(vendor=request.vendor), **names)

    return shown


def of_person(view: View) -> Callable[..., HttpResponseBase]:
    """The page in the profile."""

    @never_cache
    @login_required
    @wraps(view)
    def shown(request: Any, **names: Any) -> HttpResponse:
        return view(request, Owner(user=request.user), **names)

    return shown


def _page(
    request: HttpRequest, owner: Owner, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    shared = {"owner": owner, "base": owner.base, "desk_active": "webhooks"}
    return render(request, f"webhooks/{name}.html", shared | context, status=status)


@require_GET
def overview(request: HttpRequest, owner: Owner) -> HttpResponse:
    held = list(reads.endpoints_of(owner))
    return _page(request, owner, "list", {"endpoints": held, "most": endpoints.MOST})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, owner: Owner) -> HttpResponse:
    chosen = {"events": [event.type for event in owner.events]}
    form = EndpointForm(_posted(request), known=owner.events, initial=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            endpoint, secret = endpoints.add(owner=owner, by=_user(request), **form.cleaned_data)
        except (AddressNotTaken, NoEvents) as error:
            form.add_error(error.field, str(error))
        except TooManyEndpoints as error:
            form.add_error(None, str(error))
        else:
            return _page(request, owner, "secret", {"endpoint": endpoint, "secret": secret})
    return _page(request, owner, "form", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, owner: Owner, endpoint_id: int) -> HttpResponse:
    endpoint = owner.endpoint(endpoint_id)
    form = EndpointForm(_posted(request), known=owner.events, initial=EndpointForm.initial_of(endpoint))
    if request.method == "POST" and form.is_valid():
        try:
            endpoints.change(owner=owner, by=_user(request), endpoint=endpoint, **form.cleaned_data)
        except (AddressNotTaken, NoEvents) as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(owner.url("endpoint", endpoint.pk))
    context = {"form": form, "endpoint": endpoint}
    return _page(request, owner, "form", context, status=422 if form.errors else 200)


@require_GET
def endpoint(request: HttpRequest, owner: Owner, endpoint_id: int) -> HttpResponse:
    """The endpoint and the log of what was sent to it."""
    found = owner.endpoint(endpoint_id)
    state, event_type = request.GET.get("state", ""), request.GET.get("type", "")[:60]
    log = reads.log_of(found, state=state, event_type=event_type)
    labels = {event.type: event.label for event in owner.events}
    context = {
        "endpoint": found,
        "chosen": [(each, labels.get(each, each)) for each in found.events],
        "page": Paginator(log, PAGE).get_page(request.GET.get("page")),
        "states": DeliveryState.choices,
        "types": [*found.events, catalogue.TEST],
        "state": state,
        "type": event_type,
    }
    return _page(request, owner, "endpoint", context)


@require_POST
def act(request: HttpRequest, owner: Owner, endpoint_id: int) -> HttpResponse:
    """What the buttons of an endpoint do, by the pressed button's `act`."""
    found = owner.endpoint(endpoint_id)
    pressed = request.POST.get("act", "")
    if pressed == "rotate":
        secret = endpoints.rotate(endpoint=found)
        return _page(request, owner, "secret", {"endpoint": found, "secret": secret, "is_changed": True})
    if pressed == "delete":
        endpoints.delete(endpoint=found)
        messages.success(request, _("The webhook and its log are deleted."))
        return redirect(owner.url("list"))
    _switch(found, pressed, request, owner)
    return redirect(owner.url("endpoint", found.pk))


def _switch(found: WebhookEndpoint, pressed: str, request: HttpRequest, owner: Owner) -> None:
    if pressed == "pause":
        endpoints.pause(endpoint=found)
    elif pressed == "resume":
        endpoints.resume(endpoint=found)
    elif pressed == "test":
        # By its owner, not by the row: a webhook that is deleted and added anew has no fresh allowance.
        limit(f"api.webhook_tests:{owner.key}", _TESTS)
        endpoints.send_test(endpoint=found)
        messages.success(request, _("A test event is on its way. The log shows what your server answers."))
    else:
        raise NotFound("unknown_act")


@require_GET
def delivery(request: HttpRequest, owner: Owner, endpoint_id: int, delivery_id: int) -> HttpResponse:
    found = owner.delivery(endpoint_id, delivery_id)
    context = {
        "delivery": found,
        "endpoint": found.endpoint,
        "body": reads.pretty(found.body),
        "attempts": reads.attempts_of(found),
    }
    return _page(request, owner, "delivery", context)


@require_POST
def resend(request: HttpRequest, owner: Owner, endpoint_id: int, delivery_id: int) -> HttpResponse:
    found = owner.delivery(endpoint_id, delivery_id)
    limit(f"api.webhook_resent:{owner.key}", _RESENT)
    endpoints.send_again(delivery=found)
    messages.success(request, _("The event is sent again, with the same id."))
    return redirect(owner.url("delivery", endpoint_id, found.pk))


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _user(request: HttpRequest) -> Any:
    return request.user
