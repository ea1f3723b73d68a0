"""Pages of what a person watches. A visitor's press is kept in the session until the visitor has signed in."""

from __future__ import annotations

import time
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.errors import DomainError
from core.ids import id_of
from core.limits import limit, rate_limited
from core.visits import is_navigation
from notifications.mailing import path_for
from search.saved import links, selectors, services
from search.saved.errors import TargetNotBelow, UnknownWatch
from search.saved.forms import NameForm, WatchForm
from search.saved.models import PriceWatch, SavedSearch

_PENDING: Final = "watching"
#: Whoever signs in later than that has forgotten what for.
_PENDING_SECONDS: Final = 3600
#: A session is no store: a search of usual size takes some 300.
_LONGEST: Final = 4_000
_STOP: Final = "watching.stop"


class PersonsRequest(HttpRequest):
    """What a view behind `login_required` receives; for annotations only."""

    user: User


@login_required
@never_cache
@require_safe
def home(request: PersonsRequest) -> HttpResponse:
    """Both lists; what a visitor pressed before signing in is saved now."""
    _take_up(request)
    language = get_language() or "uk"
    context = {
        "searches": selectors.searches_of(request.user),
        "watches": selectors.watches_of(request.user, language=language),
    }
    return render(request, "search/saved/list.html", context)


def _take_up(request: PersonsRequest) -> None:
    pending = request.session.pop(_PENDING, None)
    if not pending or pending["at"] < time.time() - _PENDING_SECONDS:
        return
    try:
        thing = _done(request.user, pending["values"])
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _said(thing))


def _done(user: User, values: dict[str, str]) -> SavedSearch | PriceWatch:
    """What the two buttons do. Raises what the services raise."""
    if "what" in values:
        return services.save_search(user=user, what=values["what"], name=values.get("name", ""))
    product = values.get("product", "")
    return services.watch_price(
        user=user, offer_id=_number(values.get("offer", "")), product_id=_number(product) if product else None
    )


def _number(text: str) -> int:
    number = id_of(text)
    if number is None:
        raise UnknownWatch("unknown_offer")
    return number


def _said(thing: SavedSearch | PriceWatch) -> str:
    if isinstance(thing, SavedSearch):
        return _("“%(name)s” is saved. You are told when something new fits.") % {"name": thing.name}
    return _("You watch the price. You are told when it falls.")


@never_cache
@require_http_methods(["GET", "POST"])
@rate_limited("watching.save", "120/h", by="user", methods=("GET", "POST"))
def save(request: HttpRequest) -> HttpResponse:
    """The button “Save this search”."""
    return _pressed(request, ("what", "name"))


@never_cache
@require_http_methods(["GET", "POST"])
@rate_limited("watching.watch", "120/h", by="user", methods=("GET", "POST"))
def watch(request: HttpRequest) -> HttpResponse:
    """The button “Watch the price”."""
    return _pressed(request, ("offer", "product"))


def _pressed(request: HttpRequest, names: tuple[str, ...]) -> HttpResponse:
    """A visitor is led to sign in and finds it done afterwards; a link that was followed signed in asks for the press."""
    given: QueryDict = request.POST if request.method == "POST" else request.GET
    values = {name: str(given[name])[:_LONGEST] for name in names if name in given}
    user: Any = request.user
    if not user.is_authenticated:
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            # No button of ours was pressed: whoever signs in is asked for the press.
            return redirect_to_login(
                request.get_full_path() if request.method == "GET" else reverse("watching:list")
            )
        if values:
            request.session[_PENDING] = {"values": values, "at": time.time()}
        return redirect_to_login(reverse("watching:list"))
    if request.method == "GET":
        name = links.unseal(values.get("what", "")).name if "what" in names else ""
        return render(request, "search/saved/press.html", {"values": values, "name": name})
    is_htmx = bool(getattr(request, "htmx", False))
    try:
        thing = _done(user, values)
    except DomainError as error:
        if not is_htmx:
            raise
        return render(request, "search/saved/_pressed.html", {"error": error})
    if is_htmx:
        return render(request, "search/saved/_pressed.html", {"thing": thing, "is_search": "what" in values})
    messages.success(request, _said(thing))
    return redirect("watching:list")


# One saved search -------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_safe
def search(request: PersonsRequest, pk: int) -> HttpResponse:
    """What it found, what is new marked; with that it is seen."""
    saved = services.own_search(user=request.user, pk=pk)
    context = {
        "saved": saved,
        "news": selectors.news_of(saved),
        "form": NameForm(initial={"name": saved.name}),
    }
    response = render(request, "search/saved/search.html", context)
    if is_navigation(request):
        services.look_at_search(user=request.user, pk=pk)
    return response


@login_required
@never_cache
@require_safe
def open_search(request: PersonsRequest, pk: int) -> HttpResponse:
    """The page that it was saved on, in the reader's language."""
    saved = services.own_search(user=request.user, pk=pk)
    if is_navigation(request):
        services.look_at_search(user=request.user, pk=pk)
    return redirect(path_for(saved.url, get_language() or request.user.language))


@login_required
@require_POST
def rename(request: PersonsRequest, pk: int) -> HttpResponse:
    services.rename_search(user=request.user, pk=pk, name=request.POST.get("name", ""))
    messages.success(request, _("Saved."))
    return redirect("watching:search", pk)


@login_required
@require_POST
def pause_search(request: PersonsRequest, pk: int) -> HttpResponse:
    services.pause_search(user=request.user, pk=pk)
    return redirect("watching:list")


@login_required
@require_POST
def resume_search(request: PersonsRequest, pk: int) -> HttpResponse:
    services.resume_search(user=request.user, pk=pk)
    return redirect("watching:list")


@login_required
@require_POST
def delete_search(request: PersonsRequest, pk: int) -> HttpResponse:
    services.delete_search(user=request.user, pk=pk)
    messages.success(request, _("The saved search is deleted."))
    return redirect("watching:list")


# One watched price ------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def price(request: PersonsRequest, pk: int) -> HttpResponse:
    """What is worth a message, and how the price stands."""
    watched = services.own_watch(user=request.user, pk=pk)
    form = WatchForm.of(watched, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.set_watch(
                user=request.user,
                pk=pk,
                drop=data["drop"],
                target=form.wished,
                in_stock_only=data["in_stock_only"],
                tells_back=data["tells_back"],
                only_offer=data["only_offer"],
            )
        except TargetNotBelow as error:
            form.add_error("target", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("watching:list")
    row = selectors.row_of(watched, language=get_language() or "uk")
    return render(
        request, "search/saved/price.html", {"row": row, "form": form}, status=422 if form.errors else 200
    )


@login_required
@require_POST
def pause_watch(request: PersonsRequest, pk: int) -> HttpResponse:
    services.pause_watch(user=request.user, pk=pk)
    return redirect("watching:list")


@login_required
@require_POST
def resume_watch(request: PersonsRequest, pk: int) -> HttpResponse:
    services.resume_watch(user=request.user, pk=pk)
    return redirect("watching:list")


@login_required
@require_POST
def delete_watch(request: PersonsRequest, pk: int) -> HttpResponse:
    services.delete_watch(user=request.user, pk=pk)
    messages.success(request, _("You do not watch this price any more."))
    return redirect("watching:list")


# From a letter ----------------------------------------------------------------------------------------------


@csrf_exempt  # mail programs send the press of "unsubscribe" by themselves (RFC 8058); the sealed link is the right
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Programs that check letters follow links, so looking at it changes nothing: the press does.

    Presses are counted by link: those of many people come from the few addresses of their mail providers.
    """
    opened = links.open_stop(token)
    if opened is None:
        return render(request, "search/saved/stop.html", {}, status=410)
    is_done = request.method == "POST"
    if is_done:
        if rate := settings.RATE_LIMITS.get(_STOP, "20/h"):
            limit(f"{_STOP}:{token}", rate)
        services.stop_by_link(*opened)
    return render(request, "search/saved/stop.html", {"opened": opened, "is_done": is_done})
