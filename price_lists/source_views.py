"""The vendor's sources: where price lists come from, how they are getting on, and keys for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import DomainError, InvalidInput
from core.limits import limit
from price_lists import selectors
from price_lists.models import ImportRun, Source
from price_lists.services import begin
from price_lists.sources import reads, registering
from price_lists.sources.conversion import take_as_partial
from price_lists.sources.enums import Every, Precedence, Role
from price_lists.sources.forgetting import stop_counting
from price_lists.sources.forms import NewSourceForm, SourceForm
from price_lists.sources.removing import remove_source
from vendors.access import DeskRequest, desk_view

if TYPE_CHECKING:
    from accounts.models import User

_SYNCS = "12/h"


@desk_view()
@require_GET
def source_list(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """Every source with how fresh it is and what comes next."""
    return render(request, "price_lists/sources.html", {"sources": reads.sources_of(vendor=request.vendor)})


@desk_view()
@require_http_methods(["GET", "POST"])
def source_new(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """A further source."""
    form = NewSourceForm(request.POST if request.method == "POST" else None, vendor=request.vendor)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        limit(f"price_lists.sources:{request.vendor.pk}", "30/h")
        try:
            source = registering.add_source(
                vendor=request.vendor,
                name=said["name"],
                role=Role(said["role"]),
                precedence=Precedence(said["precedence"]),
                target=said.get("target"),
                url=said["url"],
                every=Every(int(said["every"])),
                user=said["user"],
                password=said["password"],
                by=cast("User", request.user),
            )
        except DomainError as error:
            _add_error(form, error)
        else:
            messages.success(request, _("“%(name)s” is set up.") % {"name": source.name})
            return redirect("price_lists:source", vendor_slug, source.pk)
    return render(request, "price_lists/source_form.html", {"form": form}, status=422 if form.errors else 200)


@desk_view()
@require_GET
@never_cache
def source(request: DeskRequest, vendor_slug: str, source_id: int) -> HttpResponse:
    """One source: its link, its looks, its imports, its keys."""
    return _page(request, reads.source_of(vendor=request.vendor, source_id=source_id))


@desk_view()
@require_http_methods(["GET", "POST"])
def source_edit(request: DeskRequest, vendor_slug: str, source_id: int) -> HttpResponse:
    """Name, precedence, and of a link where, when and with what password."""
    found = reads.source_of(vendor=request.vendor, source_id=source_id)
    feed = reads.feed_of(found)
    initial: dict[str, Any] = {"name": found.name, "precedence": found.precedence}
    if feed is not None:
        initial |= {"url": feed.url, "every": feed.every, "user": feed.user}
    form = SourceForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        has_link=feed is not None,
        knows_password=bool(feed and feed.password),
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if feed is not None:  # saving has it asked at once
            limit(f"price_lists.sync:{found.pk}", _SYNCS)
        try:
            registering.change_source(
                source=found,
                name=said["name"],
                precedence=Precedence(said["precedence"]),
                url=said.get("url", ""),
                every=Every(int(said.get("every") or Every.SIX_HOURS)),
                user=said.get("user", ""),
                password=said.get("password", ""),
                by=cast("User", request.user),
            )
        except DomainError as error:
            _add_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("price_lists:source", vendor_slug, found.pk)
    return render(
        request,
        "price_lists/source_form.html",
        {"form": form, "source": found},
        status=422 if form.errors else 200,
    )


@desk_view()
@require_POST
def source_sync(request: DeskRequest, vendor_slug: str, source_id: int) -> HttpResponse:
    """The link is asked now."""
    found = reads.source_of(vendor=request.vendor, source_id=source_id)
    limit(f"price_lists.sync:{found.pk}", _SYNCS)
    registering.fetch_now(source=found, by=cast("User", request.user))
    messages.success(request, _("The link is being asked. Reload the page in a moment."))
    return redirect("price_lists:source", vendor_slug, found.pk)


@desk_view()
@require_POST
def source_pause(request: DeskRequest, vendor_slug: str, source_id: int) -> HttpResponse:
    """The schedule stops, or goes on."""
    found = reads.source_of(vendor=request.vendor, source_id=source_id)
    if "resume" in request.POST:
        limit(f"price_lists.sync:{found.pk}", _SYNCS)
    registering.pause(source=found, is_on="resume" in request.POST, by=cast("User", request.user))
    return redirect("price_lists:source", vendor_slug, found.pk)


@desk_view()
@require_POST
def source_forget(request: DeskRequest, vendor_slug: str, source_id: int) -> HttpResponse:
    """A source of prices or stock no longer counts."""
    found = reads.source_of(vendor=request.vendor, source_id=source_id)
    count = stop_counting(source=found, user=cast("User", request.user))
    messages.success(
        request,
        ngettext(
            "What it said of %(number)d offer no longer counts: the next price list brings its own values.",
            "What it said of %(number)d offers no longer counts: the next price list brings its own values.",
            count,
        )
        % {"number": count},
    )
    return redirect("price_lists:source", vendor_slug, found.pk)


@desk_view()
@require_POST
def source_remove(request: DeskRequest, vendor_slug: str, source_id: int) -> HttpResponse:
    """A source that never brought anything goes."""
    found = reads.source_of(vendor=request.vendor, source_id=source_id)
    remove_source(source=found)
    messages.success(request, _("“%(name)s” was removed.") % {"name": found.name})
    return redirect("price_lists:sources", vendor_slug)


@desk_view()
@require_POST
@never_cache
def source_key(request: DeskRequest, vendor_slug: str, source_id: int) -> HttpResponse:
    """A new key, shown this once."""
    found = reads.source_of(vendor=request.vendor, source_id=source_id)
    limit(f"price_lists.keys:{found.pk}", "20/h")
    key, secret = registering.give_key(source=found, user=cast("User", request.user))
    return _page(request, found, new_key=key, secret=secret)


@desk_view()
@require_POST
def source_key_back(request: DeskRequest, vendor_slug: str, source_id: int, key_id: int) -> HttpResponse:
    """A key opens nothing any more."""
    found = reads.source_of(vendor=request.vendor, source_id=source_id)
    registering.take_key_back(source=found, key_id=key_id)
    messages.success(request, _("The key opens nothing any more."))
    return redirect("price_lists:source", vendor_slug, found.pk)


@desk_view()
@require_POST
def as_partial(request: DeskRequest, vendor_slug: str, run_id: int) -> HttpResponse:
    """A sent file without names is taken as the prices or stock of a list."""
    found: ImportRun = selectors.run_of(vendor=request.vendor, run_id=run_id)
    chosen = request.POST.get("target", "")
    if chosen and not chosen.isdecimal():
        raise InvalidInput("unknown_source", field="target")
    target: Source | None = None
    if chosen:
        target = reads.source_of(vendor=request.vendor, source_id=int(chosen[:18]))
    run = take_as_partial(run=found, target=target)
    begin(run=run)
    return redirect("price_lists:run", vendor_slug, run.pk)


def _page(request: HttpRequest, found: Source, **more: Any) -> HttpResponse:
    address = request.build_absolute_uri(f"/desk-api/price-lists/{found.pk}/")
    context = {**reads.page_of(found), "address": address, **more}
    return render(request, "price_lists/source.html", context)


def _add_error(form: Any, error: DomainError) -> None:
    field = getattr(error, "field", "")
    remedy = getattr(error, "remedy", "")
    form.add_error(field if field in form.fields else None, f"{error} {remedy}".strip())
