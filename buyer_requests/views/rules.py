"""Bids by rules on the vendor's desk: the rules, a dry run, the switch, what was sent."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from buyer_requests.bidding import rules
from buyer_requests.bidding.automatic import dry_run
from buyer_requests.bidding.enums import RuleState
from buyer_requests.bidding.labels import REASONS
from buyer_requests.errors import RuleIncomplete
from buyer_requests.forms.rules import RuleForm
from buyer_requests.models import BiddingRule, RuleOutcome
from buyer_requests.selectors import lists
from core.limits import rate_limited
from vendors.access import DeskRequest, desk_view
from vendors.enums import Role

PAGE = 20


@require_GET
@desk_view()
def overview(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    outcomes = (
        RuleOutcome.objects.filter(vendor=request.vendor)
        .select_related("request", "rule")
        .order_by("-decided_at", "-pk")
    )
    held = list(request.vendor.bidding_rules.prefetch_related("categories"))
    context = {
        "rules": held,
        "any_live": any(rule.state == RuleState.LIVE for rule in held),
        "stop": rules.stop_of(request.vendor),
        "page": Paginator(outcomes, PAGE).get_page(request.GET.get("page")),
        "reasons": REASONS,
        "tab": "rules",
    }
    return render(request, "requests/rules.html", context)


@require_http_methods(["GET", "POST"])
@desk_view(min_role=Role.MANAGER)
def edit(request: DeskRequest, vendor_slug: str, rule_id: int | None = None) -> HttpResponse:
    """A new rule or one that is there; what was changed has to be tried before it bids."""
    assert isinstance(request.user, User)
    rule = rules.rule_of(request.vendor, rule_id) if rule_id else None
    tree = list(lists.category_tree())
    if request.method == "GET":
        form = RuleForm(initial=RuleForm.initial_of(rule), tree=tree)
        return render(request, "requests/rule.html", {"form": form, "rule": rule, "tab": "rules"})
    form = RuleForm(request.POST, tree=tree)
    if form.is_valid():
        try:
            saved = rules.save_rule(
                vendor=request.vendor,
                user=request.user,
                rule=rule,
                values=form.value(),
                category_ids=form.category_ids(),
            )
        except RuleIncomplete as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect("requests_desk:rule_try", request.vendor.slug, saved.pk)
    return render(request, "requests/rule.html", {"form": form, "rule": rule, "tab": "rules"}, status=422)


@require_GET
@desk_view(min_role=Role.MANAGER)
@rate_limited("requests.rule_try", "60/h", by="user", methods=("GET",))
def trial(request: DeskRequest, vendor_slug: str, rule_id: int) -> HttpResponse:
    """What the rule would have done with the last requests. Nothing is written: the press that starts it tells of it."""
    rule = rules.rule_of(request.vendor, rule_id)
    context = {
        "rule": rule,
        "run": dry_run(rule),
        "mark": rules.mark_of(rule),
        "reasons": REASONS,
        "tab": "rules",
    }
    return render(request, "requests/rule_trial.html", context)


@require_POST
@desk_view(min_role=Role.MANAGER)
def switch(request: DeskRequest, vendor_slug: str, rule_id: int) -> HttpResponse:
    """Live, paused or deleted, by the button that was pressed."""
    assert isinstance(request.user, User)
    rule = rules.rule_of(request.vendor, rule_id)
    if "delete" in request.POST:
        rules.delete_rule(vendor=request.vendor, rule=rule)
        messages.success(request, _("The rule is deleted. Bids that it sent stay."))
    elif "pause" in request.POST:
        rules.pause_rules(vendor=request.vendor, rule=rule)
        messages.success(request, _("Paused. Bids that it sent stay; you can withdraw them."))
    else:
        _start(request, request.user, rule)
    return redirect("requests_desk:rules", request.vendor.slug)


def _start(request: DeskRequest, user: User, rule: BiddingRule) -> None:
    try:
        rules.start_rule(vendor=request.vendor, user=user, rule=rule, seen=request.POST.get("seen", "")[:64])
    except RuleIncomplete as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The rule bids from now on. You get a message with each bid."))


@require_POST
@desk_view()
def stop_all(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """The switch for everything; any member may press it."""
    rules.pause_rules(vendor=request.vendor)
    messages.success(request, _("No rule bids any more."))
    return redirect("requests_desk:rules", request.vendor.slug)
