"""Pages of sealed requests: the log, receipts, what was opened, and the page that checks them."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from buyer_requests.errors import UnknownRequest
from buyer_requests.models import BuyerRequest
from buyer_requests.sealing import pages
from buyer_requests.sealing.forms import VerifyForm
from buyer_requests.sealing.holding import HeldBid, terms_for
from buyer_requests.sealing.verifying import require_records
from buyer_requests.sealing.verifying import verify as verified
from buyer_requests.selectors.visibility import own_request, visible_to
from buyer_requests.views.buyer import BuyerHttpRequest
from core.limits import rate_limited
from vendors.access import DeskRequest, desk_view

#: Lists and objects of a file, counted before it is parsed: empty ones take twenty times their bytes.
MOST_PARTS = 50_000


@login_required
@require_GET
def buyer_log(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """The log as the buyer may see it now."""
    found = _of_buyer(request, public_id)
    links = {
        "back": reverse("requests:detail", args=[public_id]),
        "log_url": reverse("requests:sealed_log_file", args=[public_id]),
        "opened_url": reverse("requests:sealed_opened", args=[public_id]),
    }
    return render(request, "requests/sealed/log.html", _log_context(found) | links)


@login_required
@require_GET
def buyer_log_file(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    found = _of_buyer(request, public_id)
    return _saved(pages.log_file(found), f"log-{found.pseudonym}")


@login_required
@require_GET
def buyer_opened_file(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """Contents and nonces of all bids, with names; once they are opened."""
    found = _of_buyer(request, public_id)
    return _saved(pages.opened_file(found, named=True), f"bids-{found.pseudonym}")


@require_GET
@desk_view()
def own(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """The vendor's own sealed bids with their receipts."""
    request.is_confidential = True  # type: ignore[attr-defined]  # core.trail looks for it
    context = {"bids": pages.own_bids(request.vendor), "tab": "bids"}
    return render(request, "requests/sealed/own.html", context)


@require_GET
@desk_view()
def desk_log(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    """The log as a bidder may see it now, beside its own receipts."""
    found, held = _of_vendor(request, public_id)
    here = [vendor_slug, public_id]
    links = {
        "back": reverse("requests_desk:detail", args=here),
        "log_url": reverse("requests_desk:sealed_log_file", args=here),
        "opened_url": reverse("requests_desk:sealed_opened", args=here)
        if held and pages.seal_of(found).shows_all  # type: ignore[union-attr]  # `_of_vendor` found its seal
        else "",
        "held": held,
        "own_bidder": held.revisions[0].form["bidder"] if held and held.revisions else "",
    }
    return render(request, "requests/sealed/desk_log.html", _log_context(found) | links)


@require_GET
@desk_view()
def desk_log_file(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    found, _held = _of_vendor(request, public_id)
    return _saved(pages.log_file(found), f"log-{found.pseudonym}")


@require_GET
@desk_view()
def desk_opened_file(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    """What others bid, without their names: for bidders, where the buyer chose so at publishing."""
    found, held = _of_vendor(request, public_id)
    seal = pages.seal_of(found)
    if seal is None or held is None or not held.revisions or not seal.shows_all:
        raise UnknownRequest("unknown_request")
    return _saved(pages.opened_file(found, named=False), f"bids-{found.pseudonym}")


@require_GET
@desk_view()
def receipt(request: DeskRequest, vendor_slug: str, public_id: UUID, head: str) -> HttpResponse:
    """One receipt, to be kept: contents, nonce, commitment and the log's head."""
    found, held = _of_vendor(request, public_id)
    for revision in held.revisions if held else ():
        if revision.head == head:
            return _saved(pages.receipt_of(found, revision), f"receipt-{found.pseudonym}-{head[:8]}")
    raise UnknownRequest("unknown_receipt")


@require_http_methods(["GET", "POST"])
@rate_limited("requests.verify", "60/h")
def verify(request: HttpRequest) -> HttpResponse:
    """Checks a log, a receipt and opened bids against each other; nothing is stored."""
    form = VerifyForm(request.POST or None, request.FILES or None)
    findings = []
    if request.method == "POST" and form.is_valid():
        try:
            log = _read(form.cleaned_data["log"])
            require_records(log)  # before the next file takes memory
            findings = verified(log, *(_read(form.cleaned_data[name]) for name in ("receipt", "opened")))
        except (ValueError, RecursionError):
            form.add_error(None, _("These are not the files that this site gives out. Download them anew."))
    status = 422 if request.method == "POST" and not findings else 200
    context = {
        "form": form,
        "findings": findings,
        "is_good": bool(findings) and all(finding.is_good for finding in findings),
    }
    return render(request, "requests/sealed/verify.html", context, status=status)


def _read(file: Any) -> Any:
    """Raises ValueError for what is no JSON, with numbers that no file of ours has too."""
    if file is None:
        return None
    content = file.read()
    if content.count(b"[") + content.count(b"{") > MOST_PARTS:
        raise ValueError("too many parts")
    return json.loads(content.decode(), parse_float=_refuse, parse_constant=_refuse)


def _refuse(text: str) -> Any:
    raise ValueError(text)


def _log_context(found: BuyerRequest) -> dict[str, object]:
    is_shown = pages.may_see_log(found)
    return {
        "buyer_request": found,
        "seal": pages.seal_of(found),
        "is_shown": is_shown,
        "records": pages.visible_records(found) if is_shown else [],
        "known": [] if is_shown else pages.known_records(found),
    }


def _of_buyer(request: BuyerHttpRequest, public_id: UUID) -> BuyerRequest:
    found = own_request(request.user, public_id)
    terms = terms_for(found)
    if terms is None or not terms.key_id:
        raise UnknownRequest("not_sealed")
    return found


def _of_vendor(request: DeskRequest, public_id: UUID) -> tuple[BuyerRequest, HeldBid | None]:
    """The request and the vendor's own bid on it; who bid sees it whatever became of it."""
    found = BuyerRequest.objects.filter(public_id=public_id).select_related("sealing", "buyer").first()
    terms = terms_for(found) if found else None
    if found is None or terms is None or not terms.key_id:
        raise UnknownRequest("unknown_request")
    held = pages.own_held(found, request.vendor)
    if not (held and held.revisions) and not visible_to(request.vendor).filter(pk=found.pk).exists():
        raise UnknownRequest("unknown_request")
    pages.keep_quiet(request, found)
    return found, held


def _saved(content: dict[str, Any], name: str) -> HttpResponse:
    response = HttpResponse(
        json.dumps(content, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
