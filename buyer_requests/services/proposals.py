"""Asking the optimiser whom to award: at once where the question is small, else in a job."""

from __future__ import annotations

import datetime as dt

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from buyer_requests.auctioning.enums import UNDECIDED
from buyer_requests.deciding.plans import plan_of
from buyer_requests.enums import BidState, RequestState
from buyer_requests.errors import RequestNotOpen, UnknownRequest
from buyer_requests.models import BuyerRequest, Proposal
from buyer_requests.selectors.comparison import comparison_of
from buyer_requests.selectors.proposals import Wishes, problem_of
from core import clock
from core.assignment import Problem
from core.assignment.apart import SolverFailed, solve_apart
from core.assignment.transport import answer_as_dict, digest_of
from core.jobs.services import start_job
from core.models import Job, JobState

logger = structlog.get_logger(__name__)

#: Quotes up to which an answer takes well under a second.
SMALL = 150
SECONDS, EXPLAIN_SECONDS = 20.0, 8.0
QUICK_SECONDS, QUICK_EXPLAIN_SECONDS = 0.6, 0.4
#: For the other aims side by side.
OTHERS_SECONDS, QUICK_OTHERS_SECONDS = 15.0, 0.8
RECENT = dt.timedelta(hours=1)


def propose(*, buyer: User, request: BuyerRequest, wishes: Wishes) -> Proposal:
    """A proposal that is answered, or one with a job. No lock is held while it is worked out.

    Raises UnknownRequest for another's, RequestNotOpen where nothing is to be decided.
    """
    if request.buyer_id != buyer.pk:
        raise UnknownRequest("unknown_request")
    if request.state not in {RequestState.OPEN, RequestState.CLOSED}:
        raise RequestNotOpen("not_open")
    return _proposed(request, wishes, owner=f"user:{buyer.pk}")


def propose_for_closed() -> int:
    """The cheapest for requests that closed lately and have none yet; how many were begun."""
    since = clock.now() - RECENT
    closed = BuyerRequest.objects.filter(
        Q(closed_at__gt=since) | Q(auction__ended_at__gt=since),
        state=RequestState.CLOSED,
        bids__state=BidState.SENT,
        proposals=None,
        pool__isnull=True,  # decided by the rule that it states
    ).exclude(auction__state__in=UNDECIDED)  # its prices are still being named
    found = list(closed.distinct().order_by("pk")[:50])
    begun = 0
    for request in found:
        try:
            _proposed(request, Wishes(), owner=f"user:{request.buyer_id}", at_once=False)
            begun += 1
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # one request that cannot be compared keeps no other waiting
            logger.exception("requests.not_proposed", request=request.pk)
    return begun


def _proposed(request: BuyerRequest, wishes: Wishes, *, owner: str, at_once: bool = True) -> Proposal:
    problem = problem_of(comparison_of(request), wishes, plan_of(request))
    is_small = at_once and len(problem.quotes) <= SMALL and not wishes.split
    with transaction.atomic():
        proposal, is_new = Proposal.objects.get_or_create(
            request=request, digest=digest_of(problem), defaults={"wishes": wishes.as_dict()}
        )
        if proposal.answer is not None:
            proposal.save(update_fields=["made_at"])  # the newest is the one that is shown
            return proposal
        if not is_small and (is_new or proposal.failed or not _is_under_way(proposal)):
            proposal.job = start_job(
                kind="buyer_requests.propose",
                task="buyer_requests.propose",
                kwargs={"proposal": proposal.pk},
                owner=owner,
                subject=f"buyer_request:{request.pk}",
            ).pk
            proposal.failed = False
            proposal.save(update_fields=["job", "failed", "made_at"])
    if is_small:
        _answer(proposal, problem, (QUICK_SECONDS, QUICK_EXPLAIN_SECONDS, QUICK_OTHERS_SECONDS))
    return proposal


def _is_under_way(proposal: Proposal) -> bool:
    """A job that broke off or was stopped leaves its proposal without an answer: the next press begins another."""
    if proposal.job is None:
        return False
    return Job.objects.filter(pk=proposal.job, state__in=[JobState.WAITING, JobState.RUNNING]).exists()


def work_out(*, proposal_id: int) -> None:
    """What the job does. A question that changed meanwhile is left: the page asks anew."""
    proposal = Proposal.objects.select_related("request").filter(pk=proposal_id, answer__isnull=True).first()
    if proposal is None:
        return
    request = proposal.request
    problem = problem_of(comparison_of(request), Wishes.from_dict(proposal.wishes), plan_of(request))
    if digest_of(problem) != proposal.digest:
        Proposal.objects.filter(pk=proposal.pk).update(failed=True)
        return
    _answer(proposal, problem, (SECONDS, EXPLAIN_SECONDS, OTHERS_SECONDS))


def _answer(proposal: Proposal, problem: Problem, times: tuple[float, float, float]) -> None:
    seconds, explain, others = times
    try:
        answer = solve_apart(problem, seconds=seconds, explain_seconds=explain, others_seconds=others)
    except SolverFailed:
        proposal.failed = True
        proposal.save(update_fields=["failed", "made_at"])
        return
    proposal.answer, proposal.failed = answer_as_dict(answer), False
    proposal.save(update_fields=["answer", "failed", "made_at"])
