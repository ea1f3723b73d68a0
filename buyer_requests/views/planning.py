"""Criteria, points and limits on the page of the decision: each is stored by a press of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from buyer_requests.deciding.planning import set_criteria, set_limits, set_points
from buyer_requests.deciding.plans import Limits, plan_of
from buyer_requests.forms.criteria import CriteriaForm
from buyer_requests.forms.decision import LimitForm
from buyer_requests.models import BuyerRequest
from buyer_requests.selectors.comparison import Comparison, comparison_of
from buyer_requests.selectors.visibility import own_request
from buyer_requests.views.buyer import BuyerHttpRequest


@dataclass(frozen=True, slots=True)
class LimitTold:
    """A limit in a sentence, and what the button that takes it back sends."""

    text: str
    value: str


def limits_told(comparison: Comparison, limits: Limits) -> list[LimitTold]:
    bids = {column.bid.pk: column.bid.vendor.name for column in comparison.columns}
    lines = {row.line.pk: row.line.text[:80] for row in comparison.rows}
    told = [
        LimitTold(_("%(vendor)s gets nothing") % {"vendor": bids[bid]}, f"never:{bid}")
        for bid in sorted(limits.never)
        if bid in bids
    ]
    told += [
        LimitTold(
            _("%(line)s: only from %(vendor)s") % {"line": lines[line], "vendor": bids[bid]}, f"only:{line}"
        )
        for line, bid in limits.only.items()
        if line in lines and bid in bids
    ]
    told += [
        LimitTold(
            _("%(line)s: never from %(vendor)s") % {"line": lines[line], "vendor": bids[bid]},
            f"barred:{line}:{bid}",
        )
        for line, barred in limits.barred.items()
        for bid in sorted(barred)
        if line in lines and bid in bids
    ]
    told += [
        LimitTold(_("%(line)s: not shared") % {"line": lines[line]}, f"whole:{line}")
        for line in sorted(limits.whole)
        if line in lines
    ]
    return told


@login_required
@require_POST
def limit(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """Adds a limit, or takes one back (`drop`)."""
    found = own_request(request.user, public_id)
    limits = plan_of(found).limits
    if "drop" in request.POST:
        set_limits(buyer=request.user, request=found, limits=_without(limits, request.POST["drop"]))
        return _back(found)
    comparison = comparison_of(found)
    form = LimitForm(
        request.POST,
        bids={column.bid.pk: column.bid.vendor.name for column in comparison.columns},
        lines={row.line.pk: row.line.text for row in comparison.rows},
    )
    if form.is_valid():
        set_limits(buyer=request.user, request=found, limits=form.added_to(limits))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return _back(found)


def _without(limits: Limits, value: str) -> Limits:
    rule, *ids = value.split(":")
    numbers = [int(each) for each in ids if each.isascii() and each.isdigit() and len(each) <= 18]
    if not numbers:
        return limits
    first, last = numbers[0], numbers[-1]
    if rule == "barred":
        barred = {**limits.barred, first: limits.barred.get(first, frozenset()) - {last}}
        return replace(limits, barred=barred)
    if rule == "only":
        return replace(limits, only={line: bid for line, bid in limits.only.items() if line != first})
    if rule == "whole":
        return replace(limits, whole=limits.whole - {first})
    return replace(limits, never=limits.never - {first}) if rule == "never" else limits


@login_required
@require_POST
def criteria(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """Stores what counts besides the price, and the points that stand beside."""
    found = own_request(request.user, public_id)
    form = CriteriaForm(request.POST)
    if form.is_valid():
        changed = set_criteria(
            buyer=request.user,
            request=found,
            criteria=form.value(),
            is_stated=form.cleaned_data["is_stated"],
        )
        set_points(buyer=request.user, request=found, points=_points(request.POST))
        if changed and form.cleaned_data["is_stated"]:
            messages.success(request, _("Saved. Bidders are told of changed weights."))
        else:
            messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Choose the weights from the lists."))
    return _back(found, "criteria")


def _points(data: QueryDict) -> dict[tuple[int, int], int | None]:
    """Of fields `points-<criterion>-<bid>`; what is no whole number from 0 to 10 is left as it is."""
    found: dict[tuple[int, int], int | None] = {}
    for name in data:
        kind, *ids = name.split("-")
        if kind != "points" or len(ids) != 2 or not all(_is_number(each, 18) for each in ids):
            continue
        text = data.get(name, "").strip()
        key = int(ids[0]), int(ids[1])
        if not text:
            found[key] = None
        elif _is_number(text, 2) and int(text) <= 10:
            found[key] = int(text)
    return found


def _is_number(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= most


def _back(found: BuyerRequest, place: str = "choice") -> HttpResponse:
    return redirect(f"{reverse('requests:detail', args=[found.public_id])}#{place}")
