"""Changing a published request: the table, what it changes and for whom, the press that publishes it; its versions; the vendor's word."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from buyer_requests.bidding.look_alikes import sender_of
from buyer_requests.changing import reading, services
from buyer_requests.changing.content import content_of
from buyer_requests.changing.errors import ChangeOutdated, ChangeRefused
from buyer_requests.changing.models import DraftedChange
from buyer_requests.errors import RequestIncomplete, UnknownRequest
from buyer_requests.forms import category_names
from buyer_requests.forms.changing import (
    ChangedLineForm,
    ChangedLineFormSet,
    ChangedTermsForm,
    PublishChangeForm,
    changed_content,
)
from buyer_requests.models import BuyerRequest
from buyer_requests.sealing.holding import is_sealed
from buyer_requests.selectors.visibility import own_request, request_for
from buyer_requests.views.buyer import BuyerHttpRequest
from core.errors import Conflict, DomainError, InvalidInput
from core.ids import id_of
from core.limits import rate_limited
from vendors.access import DeskRequest, desk_view


@login_required
@require_http_methods(["GET", "POST"])
@rate_limited("requests.change", "120/h", by="user")
def change(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """The table of a published request: what is saved here nobody sees before it is published."""
    found = _changeable(request, public_id)
    if found is None:
        return redirect("requests:detail", public_id)
    names = category_names()
    by_name = {name.lower(): pk for pk, name in names.items()}
    content = reading.drafted_content(found)
    stored = [ChangedLineForm.initial_of(line, names) for line in reading.lines_of(content)]
    kwargs = {"initial": stored, "prefix": "lines", "form_kwargs": {"categories": by_name}}
    if request.method == "GET":
        lines: Any = ChangedLineFormSet(**kwargs)  # type: ignore[arg-type]  # keywords of one call
        lines.extra = 2
        terms = ChangedTermsForm(initial=ChangedTermsForm.initial_of(content))
        return _change_page(request, found, terms, lines, names)
    terms = ChangedTermsForm(request.POST)
    lines = ChangedLineFormSet(request.POST, **kwargs)  # type: ignore[arg-type]  # keywords of one call
    if terms.is_valid() and lines.is_valid():
        try:
            services.save_change(
                buyer=request.user,
                request=found,
                content=changed_content(lines, terms, content_of(found)),
                base=id_of(request.POST.get("base", "")),
            )
        except ChangeOutdated as error:
            messages.error(request, str(error))
            return redirect("requests:change", public_id)
        except (RequestIncomplete, ChangeRefused) as error:
            terms.add_error(None, str(error))
        else:
            return redirect(
                "requests:change" if "more" in request.POST else "requests:change_check", public_id
            )
    return _change_page(request, found, terms, lines, names, status=422)


def _changeable(request: BuyerHttpRequest, public_id: UUID) -> BuyerRequest | None:
    """The own request while it takes bids; else None, and the page says why."""
    found = own_request(request.user, public_id)
    if found.state == "draft":
        raise UnknownRequest("unknown_request")
    if not found.takes_bids:
        messages.error(request, _("Only a request that is open for bids can be changed."))
        return None
    if (refused := services.refusal(found)) is not None:
        messages.error(request, str(refused))
        return None
    return found


def _change_page(
    request: HttpRequest,
    found: BuyerRequest,
    terms: ChangedTermsForm,
    lines: Any,
    names: dict[int, str],
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "buyer_request": found,
        "form": terms,
        "lines": lines,
        "categories": sorted(set(names.values())),
        # What is sent again after a mistake was still written against the version that it began from.
        "base": id_of(request.POST.get("base", "")) or found.version,
        "is_sealed": is_sealed(found),
        "is_drafted": DraftedChange.objects.filter(request=found, base=found.version).exists(),
    }
    return render(request, "requests/change.html", context, status=status)


@login_required
@require_GET
def check(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """Before publishing: what changes, and whom it concerns."""
    found = _changeable(request, public_id)
    if found is None:
        return redirect("requests:detail", public_id)
    return _check_page(request, found)


def _check_page(request: HttpRequest, found: BuyerRequest, problem: Any = None) -> HttpResponse:
    concerned = reading.concerned_by(found, reading.drafted_content(found))
    if problem is None and concerned.changes.is_empty:
        messages.info(request, _("Nothing is changed yet."))
        return redirect("requests:change", found.public_id)
    if problem is None:
        problem = services.refusal(found, concerned.changes)
    suggested = concerned.least_deadline if concerned.needs_time else None
    context = {
        "buyer_request": found,
        "concerned": concerned,
        "form": PublishChangeForm(initial=PublishChangeForm.initial_of(found.version, suggested)),
        "problem": problem,
    }
    return render(request, "requests/change_check.html", context, status=409 if problem else 200)


@login_required
@require_POST
@rate_limited("requests.change_publish", "20/h", by="user")
def publish(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """The change in force. A second press finds nothing to publish and says so."""
    found = _changeable(request, public_id)
    if found is None:
        return redirect("requests:detail", public_id)
    form = PublishChangeForm(request.POST)
    if not form.is_valid():
        return _check_page(request, found, _("Choose the new day of the deadline."))
    try:
        version = services.publish_change(
            buyer=request.user, request=found, base=form.cleaned_data["base"], deadline_at=form.moment()
        )
    except (Conflict, InvalidInput) as error:
        found.refresh_from_db()
        if found.takes_bids and DraftedChange.objects.filter(request=found, base=found.version).exists():
            return _check_page(request, found, error)
        messages.error(request, str(error))
        return redirect("requests:detail", public_id)
    messages.success(
        request, _("Version %(number)s is published. Bidders are being told.") % {"number": version.number}
    )
    return redirect("requests:detail", public_id)


@login_required
@require_POST
def drop(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    services.drop_change(buyer=request.user, request=own_request(request.user, public_id))
    messages.success(request, _("The change is thrown away. The request is as it was."))
    return redirect("requests:detail", public_id)


@login_required
@require_GET
def versions(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    found = own_request(request.user, public_id)
    if found.state == "draft":
        raise UnknownRequest("unknown_request")
    return _versions(request, found, "requests/versions.html")


@require_GET
@desk_view()
def versions_at_desk(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    found = request_for(request.vendor, public_id)
    return _versions(request, found, "requests/desk_versions.html")


def _versions(request: HttpRequest, found: BuyerRequest, template: str) -> HttpResponse:
    """Any two versions held against each other; both sides see the same."""
    before, after = (id_of(request.GET.get(name, "")) for name in ("before", "after"))
    context = {"buyer_request": found, "compared": reading.compared(found, before, after)}
    return render(request, template, context)


@require_POST
@desk_view()
@rate_limited("requests.bid", "120/h", by="user")
def confirm(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    """The vendor's word that its prices hold."""
    assert isinstance(request.user, User)
    found = request_for(request.vendor, public_id)
    try:
        is_new = services.confirm_bid(
            vendor=request.vendor,
            user=request.user,
            request=found,
            seen=id_of(request.POST.get("version", "")) or 1,
            sender=sender_of(request),
        )
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("Confirmed: the bid holds for the request as it is now.")
            if is_new
            else _("The bid was confirmed already."),
        )
    return redirect("requests_desk:detail", request.vendor.slug, public_id)
