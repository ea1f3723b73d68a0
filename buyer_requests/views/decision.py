"""The buyer's pages once a request is published: bids side by side, questions, the award, contacts."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from buyer_requests import services
from buyer_requests.deciding.plans import plan_of
from buyer_requests.deciding.records import grounds_of
from buyer_requests.enums import RequestState
from buyer_requests.errors import UnknownRequest
from buyer_requests.forms import AnswerForm, DeadlineForm
from buyer_requests.forms.criteria import CriteriaForm
from buyer_requests.forms.decision import AIMS, WAYS, AwardForm, LimitForm, WishesForm
from buyer_requests.models import BuyerRequest, Question
from buyer_requests.pooling.guards import is_pooled
from buyer_requests.sealing.pages import seal_of
from buyer_requests.selectors import lists, proposals
from buyer_requests.selectors.cells import pieces_of
from buyer_requests.selectors.comparison import Comparison, Share, Way, comparison_of, way_of
from buyer_requests.selectors.visibility import own_request, request_for
from buyer_requests.selectors.weighing import labels_of, weighed_bids
from buyer_requests.services.awards import ANSWER_DAYS
from buyer_requests.standing.selectors import round_of, standing_of
from buyer_requests.views.buyer import BuyerHttpRequest
from buyer_requests.views.choosing import (
    COLUMNS,
    LISTED,
    Picked,
    Table,
    filled_in,
    picked,
    table_of,
    told,
)
from buyer_requests.views.planning import limits_told
from core.errors import DomainError
from core.limits import rate_limited
from core.models import Job
from vendors.access import DeskRequest, desk_view


@login_required
@require_GET
def detail(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """A published request as its buyer sees it; `way` fills another way to choose in, `with` adds bids to the table."""
    found = own_request(request.user, public_id)
    if found.state == RequestState.DRAFT:
        return redirect("requests:edit", found.public_id)
    return _page(request, found, comparison_of(found))


def _page(
    request: BuyerHttpRequest, found: BuyerRequest, comparison: Comparison, given: Picked | None = None
) -> HttpResponse:
    may_award = found.state in {RequestState.OPEN, RequestState.CLOSED}
    standing = standing_of(found)
    stands = standing is not None and standing.stands
    may_choose = (
        may_award and not stands and not is_pooled(found)
    )  # the rule that was stated to participants decides
    context = {
        "buyer_request": found,
        "comparison": comparison,
        "reach": lists.reach_of(found),
        "questions": found.questions.all(),
        "awarded": lists.awards_by_vendor(found) if comparison.has_awards else [],
        "seal": seal_of(found),
        "standing": standing,
        "round": None if standing else round_of(found),
        "deadline_form": DeadlineForm(),
        "answer_form": AnswerForm(),
        "may_award": may_choose,
        "may_cancel": may_award and not comparison.holds,
        "decided": found.decisions.last() if comparison.has_awards else None,
    }
    chosen = None
    if may_choose and comparison.columns:
        choosing = _choosing(comparison, request.GET.get("way", ""), given)
        context |= choosing
        chosen = choosing["way"]
    wanted = frozenset(request.GET.getlist("with")[:6])
    table = table_of(comparison, chosen if isinstance(chosen, Way) else None, wanted)
    context |= {
        "table": table,
        "rest": Paginator(table.others, LISTED).get_page(request.GET.get("rest")) if table.others else None,
    }
    if may_choose and comparison.columns:
        context |= _filled(context, table, given)
    return render(request, "requests/detail.html", context)


def _choosing(comparison: Comparison, kind: str, given: Picked | None) -> dict[str, object]:
    """What is filled in: what was ticked, the proposal that answers the bids as they are, or each line's best price."""
    plan = plan_of(comparison.request)
    shown, running = proposals.newest_proposals(comparison, plan, kind)
    way = shown.way if shown else comparison.best_per_line
    if given is not None:
        way = way_of(given.choice, comparison.columns, held=comparison.held)
    bids = {column.bid.pk: column.bid.vendor.name for column in comparison.columns}
    weighed, labels = (weighed_bids(comparison, plan) if plan.criteria else []), labels_of(plan)
    return {
        "plan": plan,
        "shown": shown,
        "job": Job.objects.filter(pk=running.job).first() if running and running.job else None,
        "wishes": shown.wishes if shown else proposals.Wishes(),
        "aims": AIMS,
        "ways": WAYS,
        "way": way,
        "limits": limits_told(comparison, plan.limits),
        "limit_form": LimitForm(
            bids=bids, lines={row.line.pk: row.line.text[:80] for row in comparison.rows}
        ),
        "criteria_form": CriteriaForm(
            initial=CriteriaForm.initial_from(plan.criteria, is_stated=plan.is_stated)
        ),
        "weighed": [(each, list(zip(labels, each.counts, strict=True))) for each in weighed[:COLUMNS]],
        "weighed_labels": labels,
    }


def _filled(context: dict[str, object], table: Table, given: Picked | None) -> dict[str, object]:
    way = context["way"]
    assert isinstance(way, Way)
    ticks, typed = filled_in(way, table)
    drawn = {column.bid.pk: column.bid for column in table.columns}
    bids = drawn | {column.bid.pk: column.bid for column in table.others}
    return {
        "ticks": {line: told(share, bids) for line, share in ticks.items()},
        "splits": {
            line: [part for part in way.parts if part.line.pk == line]
            for line, share in ticks.items()
            if not {bid for bid, _quantity, _which in pieces_of(share)} <= drawn.keys()
            or (not isinstance(share, int) and len(share) > 1)
        },
        "typed": {**typed, **(given.typed if given else {})},
        "problems": given.problems if given else [],
    }


@login_required
@require_POST
@rate_limited("requests.propose", "240/h", by="user")
def propose(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """Works out a choice, at once or in a job whose progress the page shows; nothing is decided by it."""
    found = own_request(request.user, public_id)
    form = WishesForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what matters most, and whole numbers within the limits."))
        return redirect("requests:detail", found.public_id)
    proposal = services.propose(buyer=request.user, request=found, wishes=form.wishes())
    if proposal.failed:
        messages.error(request, _("No choice could be worked out now. Try again, or choose by hand."))
    return redirect(f"{reverse('requests:detail', args=[found.public_id])}#choice")


@login_required
@require_POST
def weigh(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """What is ticked and typed: its total, vendors and what it leaves open, as a fragment or in the whole page."""
    found = own_request(request.user, public_id)
    if found.state == RequestState.DRAFT:
        raise UnknownRequest("unknown_request")
    comparison = comparison_of(found)
    given = picked(request.POST, comparison)
    if "HX-Request" not in request.headers and "whole" in request.POST:
        return _page(request, found, comparison, given)
    way = way_of(given.choice, comparison.columns, held=comparison.held)
    return render(
        request,
        "requests/_running.html",
        {"way": way, "comparison": comparison, "buyer_request": found, "problems": given.problems},
    )


@login_required
@require_POST
def award(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """First shows what the choice costs, then awards it: the second press is the decision."""
    found = own_request(request.user, public_id)
    comparison = comparison_of(found)
    given = picked(request.POST, comparison)
    if given.problems:
        return _page(request, found, comparison, given)
    if not given.choice:
        messages.error(request, _("Choose a bid for at least one line."))
        return redirect("requests:detail", found.public_id)
    if "confirm" not in request.POST:
        return render(request, "requests/award.html", _award_context(comparison, given.choice))
    form = AwardForm(request.POST)
    values = form.cleaned_data if form.is_valid() else {}
    plan = plan_of(found)
    way = way_of(given.choice, comparison.columns, held=comparison.held)
    shown, _running = proposals.newest_proposals(comparison, plan, request.POST.get("way", ""))
    try:
        services.award_request(
            buyer=request.user,
            request=found,
            choice=given.choice,
            answer_days=values.get("answer_days") or ANSWER_DAYS,
            passes_on="passes_on" in request.POST,
            below_least="below_least" in request.POST,
            reason=request.POST.get("reason", "")[:1000],
            grounds=grounds_of(comparison, plan, way, shown),
        )
    except DomainError as error:
        if error.status == 404:
            raise
        context = _award_context(comparison_of(found), given.choice) | {"problem": error}
        return render(request, "requests/award.html", context, status=error.status)
    messages.success(request, _("Awarded. The vendors are told, and you have each other's contacts."))
    return redirect("requests:detail", found.public_id)


def _award_context(comparison: Comparison, choice: dict[int, Share]) -> dict[str, object]:
    way = way_of(choice, comparison.columns, held=comparison.held)
    parts = [
        (column, [part for part in way.parts if part.column is column], way.deliveries[column.bid.pk])
        for column in comparison.columns
        if column.bid.pk in way.deliveries
    ]
    bids = {column.bid.pk: column.bid for column in comparison.columns}
    left = [
        row.line
        for row in comparison.rows
        if row.line.pk in comparison.free and row.line.pk not in way.choice
    ]
    return {
        "buyer_request": comparison.request,
        "way": way,
        "parts": parts,
        "left": left,
        "ticks": {line: told(share, bids) for line, share in way.choice.items()},
        "form": AwardForm(),
    }


@login_required
@require_POST
def answer(request: BuyerHttpRequest, public_id: UUID, question_id: int) -> HttpResponse:
    found = own_request(request.user, public_id)
    question = Question.objects.filter(request=found, pk=question_id).first()
    if question is None:
        raise UnknownRequest("unknown_question")
    form = AnswerForm(request.POST)
    if form.is_valid():
        services.answer_question(buyer=request.user, question=question, text=form.cleaned_data["text"])
        messages.success(request, _("Answered. All vendors who see the request can read it."))
    else:
        messages.error(request, _("Write an answer of at most 2,000 characters."))
    return redirect("requests:detail", found.public_id)


@require_POST
@desk_view()
def answer_award(request: DeskRequest, vendor_slug: str, public_id: UUID) -> HttpResponse:
    """The vendor accepts or declines all that it was given and has not answered."""
    found = request_for(request.vendor, public_id)
    accepts = request.POST.get("answer") == "accept"
    if not accepts and request.POST.get("answer") != "decline":
        messages.error(request, _("Accept or decline."))
    else:
        assert isinstance(request.user, User)  # the desk is for people who signed in
        services.answer_award(vendor=request.vendor, user=request.user, request=found, accepts=accepts)
        messages.success(
            request, _("Accepted. The buyer is told.") if accepts else _("Declined. The buyer is told.")
        )
    return redirect("requests_desk:detail", request.vendor.slug, found.public_id)
